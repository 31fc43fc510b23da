import Forensics
import Foundation
import MailTypes
import Testing

/// A real Postfix and a real Dovecot, attacked; their own log files tell who, since when and from where.
@Suite(.serialized, .enabled(if: RealMailServer.isInstalled))
struct RealServerTests {
    /// Ten ordinary days before now, as Postfix and Dovecot log them.
    private func past(_ account: String, _ address: String, now: Int64) -> String {
        var lines: [(Int64, String)] = []
        for day in 1...10 {
            for hour in 0..<6 {
                let at = now - Int64(day) * 86_400 + Int64(hour) * 1200
                let id = "4A\(day)B\(hour)CDEF"
                lines.append(
                    (
                        at,
                        "mx postfix/smtpd[1]: \(id): client=unknown[\(address)], sasl_method=PLAIN, sasl_username=\(account)"
                    ))
                lines.append((at + 1, "mx postfix/qmgr[1]: \(id): from=<\(account)>, size=900, nrcpt=1 (queue active)"))
                lines.append(
                    (
                        at + 2,
                        "mx postfix/smtp[1]: \(id): to=<r@far.example>, relay=mx[198.51.100.7]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 Ok)"
                    ))
                lines.append((at + 3, "mx postfix/qmgr[1]: \(id): removed"))
            }
        }
        return lines.sorted { $0.0 < $1.0 }.map { "\(RealServerTests.localStamp($0.0)) \($0.1)\n" }.joined()
    }

    /// As this machine's syslog writes time.
    private static func localStamp(_ at: Int64) -> String {
        Story.stamp(at + Int64(TimeZone.current.secondsFromGMT(for: Date(timeIntervalSince1970: Double(at)))))
    }

    @Test func anAttackOnRealServersIsToldToTheMinute() throws {
        let server = try RealMailServer(accounts: [("ann@shop.example", "right"), ("bob@shop.example", "also")])
        defer { server.stop() }
        let now = Int64(Date().timeIntervalSince1970)
        let home = "203.0.113.20"
        try (past("ann@shop.example", home, now: now) + "").write(
            toFile: server.folder + "/mail.log.1", atomically: false, encoding: .utf8)

        for (name, password) in [("ann@shop.example", "right"), ("bob@shop.example", "also")] {
            let client = try SMTPClient(port: server.port, from: home)
            #expect(try client.login(name, password))
            try client.message(from: name, to: ["friend@far.example"])
            client.quit()
        }
        let thief = "45.9.8.7"
        for _ in 0..<5 {
            let client = try SMTPClient(port: server.port, from: thief)
            for attempt in 0..<6 { #expect(try !client.login("ann@shop.example", "guess\(attempt)")) }
            client.quit()
        }
        let entered = Int64(Date().timeIntervalSince1970)
        let client = try SMTPClient(port: server.port, from: thief)
        #expect(try client.login("ann@shop.example", "right"))
        for index in 0..<80 {
            try client.message(
                from: "ann@shop.example",
                to: ["a\(index)@far.example", "b\(index)@far.example", "c\(index)@bad.example"])
        }
        client.quit()
        #expect(server.awaitLog("status=bounced", count: 80))
        #expect(server.awaitLog("a79@far.example>, relay=", count: 1))

        let paths = ["mail.log.1", "mail.log", "dovecot.log"].map { server.folder + "/" + $0 }
        let set = LogSet(try LogFile.find(paths, now: now + 3600), timeZone: TimeZone.current, now: now + 3600)
        let report = LogAnalyser(set: set, now: now + 3600, seed: 3).run(options: AnalysisOptions())
        #expect(report.totals.unparsed == 0, "\(report.unparsedText)")
        let finding = try #require(report.finding("ann@shop.example"))
        #expect(
            finding.kind == .compromisedAccount && finding.confidence == .high, "\(finding.score) \(finding.signals)")
        #expect(abs(Int64(finding.start) - entered) <= 60)
        #expect(finding.addresses.map(\.address.description) == [thief])
        #expect(finding.number("failures-before") == 30)
        #expect(finding.number("recipients") == 240)
        #expect(finding.number("unknown-recipients") == 80)
        #expect(finding.evidence.contains { $0.text.contains(thief) })
        #expect(report.finding(thief, .bruteForce) != nil)
        #expect(report.finding("bob@shop.example") == nil)
    }
}
