import Foundation

/// A real Dovecot on loopback that serves IMAP and POP3 with the settings of one test.
final class TestDovecot {
    let imap: Int
    let pop3: Int
    let directory: String
    private let process: ServerProcess

    /// Of “kV9-tram-olive”, by crypt(3).
    static let hash =
        "$6$sluicetest$5kGYLPV6WtOOd0iZ0LCy5Gx2fp3yet1tPpfYHrKMLo3ak69Ip7zmOrsH38FklTJdFSLtKfJVDWwjS4XAgoasz1"

    static var isInstalled: Bool {
        ["/usr/sbin/dovecot", "/usr/lib/dovecot/imap-login", "/usr/lib/dovecot/pop3-login"].allSatisfy(
            FileManager.default.isExecutableFile)
    }

    /// - Parameters:
    ///   - passdb: the source of passwords; `USERS` stands for a file with ann's.
    ///   - settings: lines behind ours.
    init(passdb: String, settings: String) async throws {
        directory = try UnpackedServer.directory()
        imap = try TestPostfix.freePort()
        pop3 = try TestPostfix.freePort()
        for folder in ["run", "state"] {
            try FileManager.default.createDirectory(atPath: "\(directory)/\(folder)", withIntermediateDirectories: true)
        }
        try await UnpackedServer.makeCertificate(in: directory)
        try "ann:{SHA512-CRYPT}\(Self.hash)::::::\n".write(
            toFile: directory + "/users", atomically: false, encoding: .utf8)
        try """
        base_dir = \(directory)/run
        state_dir = \(directory)/state
        log_path = \(directory)/log
        protocols = imap pop3
        listen = 127.0.0.1
        ssl_cert = <\(directory)/cert.pem
        ssl_key = <\(directory)/key.pem
        userdb {
          driver = static
          args = uid=65534 gid=65534 home=/nonexistent
        }
        service imap-login {
          inet_listener imap {
            port = \(imap)
          }
          inet_listener imaps {
            port = 0
          }
        }
        service pop3-login {
          inet_listener pop3 {
            port = \(pop3)
          }
          inet_listener pop3s {
            port = 0
          }
        }
        \(passdb.replacing("USERS", with: directory + "/users"))
        \(settings)

        """.write(toFile: directory + "/dovecot.conf", atomically: false, encoding: .utf8)
        let log = directory + "/output"
        process = try ServerProcess(["/usr/sbin/dovecot", "-F", "-c", directory + "/dovecot.conf"], log: log)
        do {
            try await process.wait(for: imap, log: log)
            try await process.wait(for: pop3, log: log)
        } catch {
            await stop()
            throw error
        }
    }

    func stop() async {
        await process.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }
}

/// Lines to a server on loopback, and all that it answers; blocking, on a thread of its own.
enum LineDialogue {
    /// - Parameters:
    ///   - source: the last byte of the client's address. Dovecot trusts a client that has the server's own address.
    ///   - end: what the answer to the last line contains.
    static func run(port: Int, source: UInt8, lines: [String], until end: String) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try talk(port, source, lines, end) })
            }
        }
    }

    private static func talk(_ port: Int, _ source: UInt8, _ lines: [String], _ end: String) throws -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw HarnessError("socket: \(errno)") }
        defer { close(descriptor) }
        var timeout = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        func with(_ host: UInt32, _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = host.bigEndian
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        // The port of a client is the system's to choose.
        guard with(0x7f00_0000 | UInt32(source), 0, { bind(descriptor, $0, $1) }) == 0,
            with(0x7f00_0001, port, { connect(descriptor, $0, $1) }) == 0
        else { throw HarnessError("no connection to port \(port): \(errno)") }
        var text = ""
        func read(until end: String) throws {
            var seen = ""
            var buffer = [UInt8](repeating: 0, count: 4096)
            while !seen.contains(end) {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else {
                    text += seen
                    throw HarnessError("the server ended after: \(text)")
                }
                seen += String(decoding: buffer.prefix(count), as: UTF8.self)
                guard seen.utf8.count < 100_000 else { throw HarnessError("too long an answer") }
            }
            text += seen
        }
        try read(until: "\n")
        for line in lines {
            let bytes = Array((line + "\r\n").utf8)
            _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
        try read(until: end)
        return text
    }
}
