import Foundation
import NIOSSL

/// A certificate for 127.0.0.1 that openssl makes once a test run.
struct TestCertificate: Sendable {
    let server: NIOSSLContext
    let client: NIOSSLContext

    static let shared = Task { try await make() }

    private static func make() async throws -> TestCertificate {
        let folder = FileManager.default.temporaryDirectory.appending(path: "smtp-serving-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = (folder.appending(path: "c.pem").path, folder.appending(path: "k.pem").path)
        _ = try await Tool.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=relay.example.net", "-keyout", key, "-out", certificate,
            ])
        let chain = try NIOSSLCertificate.fromPEMFile(certificate)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        var ours = TLSConfiguration.makeClientConfiguration()
        ours.certificateVerification = .none
        return TestCertificate(
            server: try NIOSSLContext(configuration: configuration), client: try NIOSSLContext(configuration: ours))
    }
}
