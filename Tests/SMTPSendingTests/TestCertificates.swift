import Foundation
import MailTypes
import TLSContexts
import TestSupport
import Testing

/// A self-signed certificate for `localhost`, made by `openssl` in a directory of its own.
struct TestCertificates {
    let directory: URL
    let files: CertificateFiles

    static var isPossible: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl") }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("smtp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        files = CertificateFiles(
            chain: directory.appendingPathComponent("chain.pem").path,
            key: directory.appendingPathComponent("key.pem").path)
        let arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", files.key, "-out",
            files.chain,
        ]
        try #require(ChildProcess.run("/usr/bin/openssl", arguments))
    }

    func server() throws -> ServerTLSContext {
        try ServerTLSContext(files: files, now: Timestamp(seconds: Int64(Date().timeIntervalSince1970)))
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }
}
