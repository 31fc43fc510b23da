import MailTypes
import Posture
import Testing

@Suite struct ReportTests {
    static let hostile = "<script>\"&'\u{1b}[31m\n\u{202e}"

    func report(_ results: [CheckResult], waivers: [Waiver] = []) -> PostureReport {
        let findings = results.map { Finding(.strangerRelay, target: "mail.test", $0, evidence: [Self.hostile]) }
        return PostureReport(findings, waivers: waivers, time: "2026-11-25T12:00:00Z")
    }

    @Test(arguments: [
        ([CheckResult.pass], 0), ([.pass, .fail(.low)], 1), ([.pass, .unknown("x")], 2),
        ([.unknown("x"), .fail(.low)], 1),
        ([], 2),
    ]) func endsWithItsStatus(results: [CheckResult], status: Int) {
        #expect(report(results).exitStatus == Int32(status))
    }

    @Test func waivesUntilTheDay() throws {
        let waivers = try Waiver.read("# ours\nRELAY-01 mail.test ann 2026-11-25 a test host\n")
        #expect(report([.fail(.high)], waivers: waivers).exitStatus == 0)
        let over = try Waiver.read("relay-01 * ann 2026-11-24 it was\r\n")
        #expect(report([.fail(.high)], waivers: over).exitStatus == 1)
        let other = try Waiver.read("RELAY-02 mail.test ann 2027-01-01 another")
        #expect(report([.fail(.high)], waivers: other).exitStatus == 1)
        #expect(report([.unknown("x")], waivers: waivers).exitStatus == 2)
    }

    @Test(arguments: [
        "RELAY-01 * ann", "RELAY-1 * ann 2026-01-01 x", "RELAY-01 * ann 2026-13-01 x", "RELAY-01 * ann soon x",
    ])
    func refusesAWrongWaiver(line: String) {
        #expect(throws: PostureError.self) { try Waiver.read("\n" + line) }
        do {
            _ = try Waiver.read("\n" + line)
        } catch {
            #expect(error.line == 2)
        }
    }

    @Test func isSafeToShow() {
        let report = report([.fail(.high), .unknown(Self.hostile), .pass])
        for text in [report.text(details: true), report.json, report.junit, report.html] {
            #expect(!text.contains("\u{1b}") && !text.contains("\u{202e}"))
        }
        #expect(!report.html.contains("<script>") && report.html.contains("&lt;script&gt;&quot;&amp;&#39;"))
        #expect(!report.junit.contains("<script>"))
        #expect(report.json.contains("<script>\\\"&'?[31m??"))
    }

    @Test func countsInJUnit() {
        let text = report([.fail(.high), .unknown("x"), .pass]).junit
        #expect(text.contains("tests=\"3\" failures=\"1\" errors=\"1\" skipped=\"0\""))
    }

    @Test func explainsEachCheck() {
        #expect(Set(Check.all.map(\.id)).count == Check.all.count)
        for check in Check.all {
            #expect(
                !check.remedies.isEmpty && !check.why.isEmpty && !check.verified.isEmpty && !check.reference.isEmpty)
            #expect(CheckID(check.id.description) == check.id)
            #expect(check.explanation.contains(check.title))
        }
        #expect(CheckID("relay-01") == .strangerRelay)
        for bad in ["", "RELAY", "RELAY-1", "RELAY-001", "R-01", "RELAY 01", "RELAY-0x"] {
            #expect(CheckID(bad) == nil)
        }
    }

    @Test func cutsEvidenceWithoutDetails() {
        let lines = (1...50).map { "line \($0)" }
        let findings = [
            Finding(.strangerRelay, target: "a", .fail(.high), evidence: lines),
            Finding(.guessedPasswords, target: "a", .pass, evidence: ["des: 3 guesses", "more"]),
        ]
        let report = PostureReport(findings, time: "2026-11-25T12:00:00Z")
        let short = report.text()
        #expect(short.contains("line 20\n") && !short.contains("line 21\n") && short.contains("30 more lines"))
        #expect(short.contains("des: 3 guesses") && !short.contains("      more\n"))
        #expect(report.text(details: true).contains("line 50\n"))
    }

    /// One screen after many parts.
    @Test func fitsOnAScreen() {
        let missing = Check.all(.logs).map { Finding($0.id, target: "a", .unknown("the logs")) }
        let failed = Check.all(.relay).map {
            Finding($0.id, target: Self.hostile, .fail(.high), evidence: ["x", "y", "z"])
        }
        let screen = PostureReport(missing + failed, time: "2026-11-25T12:00:00Z").screen()
        #expect(screen.split(separator: "\n").count < 90)
        #expect(screen.contains("log       unknown") && screen.contains("relay     FAIL"))
        #expect(screen.count(of: "missing: the logs") <= 1 && screen.contains("… 1 more lines"))
        #expect(!screen.contains("\u{1b}") && !screen.contains("\u{202e}"))
    }
}

extension String {
    fileprivate func count(of part: String) -> Int { ranges(of: part).count }

    @Test func tellsRemediesOfWhatIsThere() {
        func remedies(_ target: String, _ systems: Set<String>) -> [String] {
            let finding = Finding(.mtaStrangers, target: target, .fail(.critical))
            return PostureReport([finding], time: "2026-11-25T12:00:00Z", systems: systems).remedies(finding).map(
                \.system)
        }
        #expect(remedies("host", []) == ["Postfix", "Exim", "OpenSMTPD", "Sendmail"])
        #expect(remedies("host", ["Exim", "iptables"]) == ["Exim"])
        #expect(remedies("host (Postfix)", ["Exim", "Postfix"]) == ["Postfix"])
        // None is known to be for it: better all than none.
        #expect(remedies("host", ["Exchange"]) == ["Postfix", "Exim", "OpenSMTPD", "Sendmail"])
        let text = PostureReport(
            [Finding(.mtaStrangers, target: "host (Postfix)", .fail(.critical))], time: "2026-11-25T12:00:00Z"
        ).text()
        #expect(text.contains("remedy (Postfix)") && !text.contains("remedy (Exim)"))
    }

    @Test func tellsOnceWhatAWholePartMisses() {
        let findings = (1...5).map {
            Finding(CheckID(.relay, $0), target: "host", .unknown("a connection"))
        }
        let report = PostureReport(findings, time: "2026-11-25T12:00:00Z")
        #expect(report.text().split(separator: "\n").count == 4)
        #expect(report.text().contains("and so: RELAY-02, RELAY-03, RELAY-04, RELAY-05"))
        #expect(report.text(details: true).split(separator: "\n").count == 11)
    }
}
