import ControlStore
import Enforcement
import Foundation
import MailTypes
import NIOConcurrencyHelpers
import ReportSigning
import Testing

@testable import Console

@Suite(.timeLimit(.minutes(10)))
struct ChromiumTests {
    /// The page in a real browser without JavaScript: looked at, filled in, sent.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/chromedriver")))
    func theCasePageWorksWithoutScripts() async throws {
        let console = try TestConsole()
        console.requireChecks()
        let id = try console.makeCase(evidence: [
            "sent 40 times what it sends on other days", "most recipients are new",
        ])
        let evil = "<script>document.title='x'</script><img src=http://evil.example/a.png>"
        let sample = CaseSample(
            id: SubmissionID(rawValue: 1 << 40), time: console.now,
            header: Array("From: Joe <joe@acme.example>\r\nSubject: You have won\r\n".utf8),
            text: Array("Dear friend,\r\n\(evil)\r\n".utf8))
        _ = try console.control.apply([.sampled(sample)], to: id, author: "daemon", at: console.now)
        let token = try console.link(id)
        let report = SignedReport(
            producer: "sluice 1", host: "mail.acme.example", time: String(console.now.iso8601.prefix(19)) + "Z",
            nonce: "00112233445566778899aabbccddeeff", caseID: id.description, origin: "host",
            items: [.init(check: "LOG-01", target: "logs", result: "pass", evidence: ["no alien login"])])
        let file = console.directory + "/report.json"
        try Data(report.signed(token: Array(token.text.utf8)).utf8).write(to: URL(fileURLWithPath: file))
        let picture = ProcessInfo.processInfo.environment["CONSOLE_SCREENSHOT"] ?? console.directory + "/page.png"
        try await console.serve { console in
            let port = console.port.withLockedValue { $0 }
            let facts = [
                "url": "http://127.0.0.1:\(port)" + console.path(id, token), "report": file, "evil": evil,
                "shot": picture,
            ]
            let path = console.directory + "/facts.json"
            try JSONSerialization.data(withJSONObject: facts).write(to: URL(fileURLWithPath: path))
            let (status, output) = try await PythonScript.run(
                "check_pages.py", [path, "39500"], output: console.directory + "/out")
            #expect(status == 0, "\(output)")
        }
    }
}
