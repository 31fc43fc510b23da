import Audit
import Foundation
import MailTypes
import Posture
import TestSupport
import Testing

/// MTA-STS' policy from a real web server over TLS, with an authority of the test's own.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
struct PolicyDownloadTests {
    static let policy = "version: STSv1\nmode: enforce\nmx: mail.good.example.org\nmax_age: 604800\n"

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var status = 200
        var type = "text/plain; charset=utf-8"
        var body = policy
        /// The certificate's name, days, and whether the client trusts who made it.
        var name = "mta-sts.good.example.org"
        var days = 2
        var isTrusted = true
        var expected: String
    }

    static let cases = [
        Case(testDescription: "a policy", expected: "fetched"),
        Case(testDescription: "nothing there", status: 404, expected: "wrong"),
        Case(testDescription: "a redirect", status: 301, expected: "wrong"),
        Case(testDescription: "a page", type: "text/html", expected: "wrong"),
        Case(testDescription: "too large", body: String(repeating: "x: y\n", count: 20_000), expected: "wrong"),
        Case(testDescription: "another name", name: "www.good.example.org", expected: "wrong"),
        Case(testDescription: "an unknown authority", isTrusted: false, expected: "wrong"),
        Case(testDescription: "a certificate that has ended", days: -1, expected: "wrong"),
    ]

    @Test(arguments: cases) func fetches(example: Case) async throws {
        let server = try await PolicyServer(example)
        defer { server.stop() }
        let policy = await server.download.fetch(try #require(DomainName("good.example.org")))
        switch (policy, example.expected) {
        case (.fetched(let bytes), "fetched"): #expect(String(decoding: bytes, as: UTF8.self) == Self.policy)
        case (.wrong, "wrong"): break
        default: Issue.record("\(policy)")
        }
    }

    @Test func noAnswerIsUnknown() async throws {
        let port = try TestPostfix.freePort()
        let download = PolicyDownload(options: ["--connect-to", "::127.0.0.1:\(port)"])
        guard case .failure = await download.fetch(try #require(DomainName("good.example.org"))) else {
            Issue.record("a closed port is no answer")
            return
        }
    }
}

/// One answer to every request, by Python's web server.
final class PolicyServer {
    let download: PolicyDownload
    private let directory: String
    private let process: ServerProcess

    private static let program = """
        import http.server, ssl, sys
        port, status, kind, directory = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
        body = open(directory + "/body", "rb").read()
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status if self.path == "/.well-known/mta-sts.txt" else 500)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if status == 301: self.send_header("Location", "https://mta-sts.good.example.org/other")
                self.end_headers()
                self.wfile.write(body)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(directory + "/cert.pem", directory + "/key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.serve_forever()
        """

    init(_ example: PolicyDownloadTests.Case) async throws {
        let directory = try UnpackedServer.directory()
        self.directory = directory
        try Self.program.write(toFile: directory + "/server.py", atomically: false, encoding: .utf8)
        try example.body.write(toFile: directory + "/body", atomically: false, encoding: .utf8)
        try "subjectAltName = DNS:\(example.name)\n".write(
            toFile: directory + "/names", atomically: false, encoding: .utf8)
        for words in [
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=authority", "-keyout",
                "ca.key", "-out", "ca.pem",
            ],
            [
                "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", "key.pem", "-out", "request.pem",
            ],
            [
                "x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                String(example.days), "-extfile", "names", "-out", "cert.pem",
            ],
        ] {
            let words = words.map {
                $0.hasSuffix(".pem") || $0.hasSuffix(".key") || $0 == "names" ? "\(directory)/\($0)" : $0
            }
            let output = try await HostCommand(["openssl"] + words).onThread()
            guard output.status == 0 else { throw HarnessError("openssl \(words): \(output.complaint)") }
        }
        let port = try TestPostfix.freePort()
        let log = directory + "/output"
        process = try ServerProcess(
            [
                "/usr/bin/python3", directory + "/server.py", String(port), String(example.status), example.type,
                directory,
            ],
            log: log)
        var options = ["--connect-to", "::127.0.0.1:\(port)"]
        if example.isTrusted { options += ["--cacert", directory + "/ca.pem"] }
        download = PolicyDownload(options: options)
        try await process.wait(for: port, log: log)
    }

    func stop() {
        process.kill()
        try? FileManager.default.removeItem(atPath: directory)
    }
}
