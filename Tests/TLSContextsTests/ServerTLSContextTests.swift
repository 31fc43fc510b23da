import Foundation
import MailTypes
import TLSContexts
import TestSupport
import Testing

/// A directory with certificates made by `openssl`, removed at the end.
private struct Workshop {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    func files(_ name: String) -> CertificateFiles {
        CertificateFiles(
            chain: directory.appendingPathComponent(name + ".pem").path,
            key: directory.appendingPathComponent(name + ".key").path)
    }

    func make(_ name: String, days: Int = 365) throws -> CertificateFiles {
        let files = files(name)
        let arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "\(days)",
            "-subj", "/CN=localhost", "-keyout", files.key, "-out", files.chain,
        ]
        try #require(ChildProcess.run("/usr/bin/openssl", arguments))
        return files
    }

    func copy(_ from: String, _ to: String) throws {
        try Data(contentsOf: URL(fileURLWithPath: from)).write(to: URL(fileURLWithPath: to), options: .atomic)
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }
}

@Suite("TLS contexts", .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
struct ServerTLSContextTests {
    private let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))

    @Test("Loads, notices a change, replaces") func reload() throws {
        let workshop = try Workshop()
        defer { workshop.remove() }
        let files = try workshop.make("a")
        let other = try workshop.make("b")
        let context = try ServerTLSContext(files: files, now: now)
        #expect(context.warnings.isEmpty && context.notAfter > now)
        guard case .unchanged = context.reload(now: now) else {
            Issue.record("reloaded without a change")
            return
        }
        let first = context.current
        try workshop.copy(other.chain, files.chain)
        try workshop.copy(other.key, files.key)
        guard case .replaced = context.reload(now: now) else {
            Issue.record("not replaced")
            return
        }
        #expect(context.current !== first)
    }

    @Test("Other files are used from here on, and watched; bad ones change nothing") func otherFiles() throws {
        let workshop = try Workshop()
        defer { workshop.remove() }
        let files = try workshop.make("a")
        let other = try workshop.make("b")
        let context = try ServerTLSContext(files: files, now: now)
        let first = context.current
        guard case .kept = context.use(workshop.files("none"), now: now) else {
            Issue.record("files that are not there were taken")
            return
        }
        #expect(context.current === first && context.files == files)
        guard case .replaced = context.use(other, now: now) else {
            Issue.record("not replaced")
            return
        }
        #expect(context.current !== first && context.files == other)
        guard case .unchanged = context.reload(now: now) else {
            Issue.record("reloaded without a change")
            return
        }
    }

    @Test("Bad new files leave the old context", arguments: 0..<3) func kept(way: Int) throws {
        let workshop = try Workshop()
        defer { workshop.remove() }
        let files = try workshop.make("a")
        let other = try workshop.make("b")
        let context = try ServerTLSContext(files: files, now: now)
        let first = context.current
        let expected: TLSContextError.Code
        switch way {
        case 0:
            try Data("half a certif".utf8).write(to: URL(fileURLWithPath: files.chain))
            expected = .malformed
        case 1:
            try FileManager.default.removeItem(atPath: files.key)
            expected = .unreadable
        default:
            try workshop.copy(other.key, files.key)
            expected = .keyMismatch
        }
        guard case .kept(let error) = context.reload(now: now) else {
            Issue.record("bad files were taken")
            return
        }
        #expect(error.code == expected && error.description.contains("a."))
        #expect(context.current === first)
    }

    @Test("Warns of a key that all may read, and of the end") func warnings() throws {
        let workshop = try Workshop()
        defer { workshop.remove() }
        let files = try workshop.make("a", days: 3)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: files.key)
        let soon = try ServerTLSContext(files: files, now: now)
        #expect(soon.warnings == [.keyReadableByOthers(files.key), .expiresSoon(files.chain, soon.notAfter)])
        let late = try ServerTLSContext(files: files, now: now + .seconds(10 * 86_400))
        #expect(late.warnings.contains(.expired(files.chain, late.notAfter)))
    }

    @Test("A directory and a missing file are told clearly") func unreadable() throws {
        let workshop = try Workshop()
        defer { workshop.remove() }
        for path in [workshop.directory.path, workshop.directory.path + "/none"] {
            #expect {
                try ServerTLSContext(files: CertificateFiles(chain: path, key: path), now: now)
            } throws: {
                ($0 as? TLSContextError)?.code == .unreadable
            }
        }
    }

    @Test("Client contexts, with roots of a file") func client() throws {
        let workshop = try Workshop()
        defer { workshop.remove() }
        let files = try workshop.make("a")
        _ = try ClientTLSContexts(trustRoots: files.chain)
        _ = try ClientTLSContexts(trustRoots: files.chain, certificate: files)
        #expect(throws: TLSContextError.self) { try ClientTLSContexts(trustRoots: "/nonexistent/roots.pem") }
    }
}
