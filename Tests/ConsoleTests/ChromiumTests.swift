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
        try console.control.keepDamage(try console.damage(), of: id)
        try await console.serve { console in
            let port = console.port.withLockedValue { $0 }
            let facts = [
                "url": "http://127.0.0.1:\(port)" + console.path(id, token), "report": file, "evil": evil,
                "shots": console.pictures,
            ]
            let path = console.directory + "/facts.json"
            try JSONSerialization.data(withJSONObject: facts).write(to: URL(fileURLWithPath: path))
            let (status, output) = try await PythonScript.run(
                "check_pages.py", [path, "39500"], output: console.directory + "/out")
            #expect(status == 0, "\(output)")
        }
    }

    /// The operator's pages likewise.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/chromedriver")))
    func theOperatorsConsoleWorksWithoutScripts() async throws {
        let console = try TestConsole()
        console.requireChecks()
        let id = try console.makeCase(evidence: ["sent 40 times what it sends on other days"])
        let sample = CaseSample(
            id: SubmissionID(rawValue: 1 << 40), time: console.now,
            header: Array("From: Joe <joe@acme.example>\r\nSubject: You have won\r\n".utf8),
            text: Array("<script>document.title='x'</script>\r\n".utf8))
        _ = try console.control.apply([.sampled(sample)], to: id, author: "daemon", at: console.now)
        try console.control.keepDamage(try console.damage(), of: id)
        for account in ["ann", "bob"] { _ = try console.quietCase(account) }
        let held = try await console.hold(4, in: id)
        try await console.serve { console in
            let port = console.port.withLockedValue { $0 }
            let facts: [String: Any] = [
                "url": "http://127.0.0.1:\(port)/operator", "token": try #require(console.tokens[.admin]).text,
                "case": id.description, "held": held.map(\.description), "shots": console.pictures,
            ]
            let path = console.directory + "/operator.json"
            try JSONSerialization.data(withJSONObject: facts).write(to: URL(fileURLWithPath: path))
            let (status, output) = try await PythonScript.run(
                "check_operator.py", [path, "39600"], output: console.directory + "/operator.out")
            #expect(status == 0, "\(output)")
        }
    }
}

extension TestConsole {
    /// Where pictures go: to be looked at, if somebody says where.
    var pictures: String { ProcessInfo.processInfo.environment["CONSOLE_SCREENSHOTS"] ?? directory }

    /// What got out of an incident.
    func damage() throws -> CaseDamage {
        var damage = CaseDamage(counted: now)
        (damage.first, damage.last) = (now - .seconds(3600), now)
        (damage.messages, damage.suspect, damage.delivered, damage.refused) = (212, 180, 190, 14)
        (damage.unknown, damage.complaints) = (6, 2)
        for name in ["victim.example", "mail.example.org"] {
            var receiver = CaseDamage.Receiver(try #require(DomainName(name)))
            (receiver.delivered, receiver.refused, receiver.complaints) = (95, 7, 1)
            damage.receivers.append(receiver)
        }
        return damage
    }
}
