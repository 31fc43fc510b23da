import ControlStore
import Foundation
import MailTypes
import NIOConcurrencyHelpers
import TLSContexts
import Testing

@testable import Console

/// TLS on the listener itself.
@Suite(.timeLimit(.minutes(5)))
struct EncryptedServerTests {
    /// A certificate of its own, by Debian's openssl.
    private static func make(_ name: String, in directory: String) async throws -> CertificateFiles {
        let (key, chain) = ("\(directory)/\(name).key", "\(directory)/\(name).pem")
        let (status, output) = try await PythonScript.run(
            command: [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout",
                key, "-out", chain, "-days", "30", "-subj", "/CN=\(name).example",
            ], output: directory + "/openssl.out")
        try #require(status == 0, "\(output)")
        chmod(key, 0o600)
        return CertificateFiles(chain: chain, key: key)
    }

    /// The answer to a request, and whose certificate was shown.
    private static func ask(_ console: TestConsole, _ path: String) async throws -> (TestConsole.Answer, String) {
        let answer = console.directory + "/answer"
        let (status, output) = try await PythonScript.run(
            command: [
                "curl", "--silent", "--insecure", "--include", "--http1.1", "--max-time", "120", "--write-out",
                "\n%{certs}", "https://127.0.0.1:\(console.port.withLockedValue { $0 })\(path)",
            ], output: answer)
        try #require(status == 0, "\(output)")
        return (try TestConsole.parse(output), output)
    }

    @Test func pagesComeByTLSAndARenewedCertificateIsUsed() async throws {
        let console = try TestConsole()
        let id = try console.makeCase()
        let token = try console.link(id)
        let old = try await Self.make("old", in: console.directory)
        let context = try ServerTLSContext(files: old, now: Timestamp(seconds: 0))
        let new = try await Self.make("new", in: console.directory)
        try await console.serve(tls: HTTPCertificate { context.current }) { console in
            let (page, first) = try await Self.ask(console, console.path(id, token))
            #expect(page.status == 200 && page.fields["strict-transport-security"] == "max-age=31536000")
            #expect(first.contains("old.example") && !first.contains("new.example"))
            guard case .replaced = context.use(new, now: Timestamp(seconds: 0)) else {
                Issue.record("the certificate was not replaced")
                return
            }
            let (again, second) = try await Self.ask(console, console.path(id, token))
            #expect(again.status == 200 && second.contains("new.example"))
            // Plain HTTP gets nothing at all.
            let plain = try? await console.exchange(
                Array("GET \(console.path(id, token)) HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
            ) { _ in false }
            #expect(plain?.contains("HTTP/1.1") != true)
        }
    }

    @Test func sessionsOfATLSListenerAreForTLSOnly() async throws {
        let console = try TestConsole()
        let files = try await Self.make("desk", in: console.directory)
        let context = try ServerTLSContext(files: files, now: Timestamp(seconds: 0))
        try await console.serve(tls: HTTPCertificate { context.current }) { console in
            let code = FormGuard(key: Array(repeating: 7, count: 32)).code(for: "", act: "login")
            let token = try #require(console.tokens[.read]).text
            let (_, output) = try await PythonScript.run(
                command: [
                    "curl", "--silent", "--insecure", "--include", "--http1.1", "--max-time", "120", "--data",
                    "form=\(code)&token=\(token)",
                    "https://127.0.0.1:\(console.port.withLockedValue { $0 })/operator/login",
                ], output: console.directory + "/login")
            #expect(try TestConsole.parse(output).fields["set-cookie"]?.hasSuffix("; Secure") == true, "\(output)")
        }
    }
}
