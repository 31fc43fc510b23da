import ContentAnalysis
import Detection
import Foundation
import Inspection
import MailTypes
import Testing

@testable import Replay

struct ReplayTests {
    @Test(arguments: [
        (#"{"t":1.5,"ev":"x","ok":true,"a":null,"rcpts":["a","b"]}"#, 5), ("{}", 0), (#"{ "a" : -1e3 }"#, 1),
        (#"{"a":"\u00e9\n\"\\ \ud83d\ude00"}"#, 1), (#"{"a":[]}"#, 1),
    ])
    func linesAreRead(line: String, count: Int) throws {
        let fields = try #require(FlatJSON.fields(Array(line.utf8)[...]))
        #expect(fields.count == count)
    }

    @Test func escapesMeanWhatTheySay() throws {
        let fields = try #require(FlatJSON.fields(Array(#"{"a":"\u00e9\t\ud83d\ude00x"}"#.utf8)[...]))
        #expect(fields.first?.value == .text("é\t😀x"))
    }

    @Test(arguments: [
        "", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1"#, #"{"a":{}}"#, #"{"a":"\u12"}"#, #"{"a":"\ud800x"}"#, #"{"a":tru}"#,
        #"{"a":1}}"#, #"["a"]"#, #"{"a":[1]}"#, #"{"a":1e999}"#, #"{"a":"\x"}"#,
    ])
    func whatIsNoLineIsRefused(line: String) {
        #expect(FlatJSON.fields(Array(line.utf8)[...]) == nil)
    }

    @Test(arguments: [
        (250, "2.0.0 OK", OutcomeEvent.Result.delivered), (550, "5.1.1 user unknown", .unknownRecipient),
        (550, "5.7.1 message rejected as spam", .policyRefusal), (421, "4.7.0 unusual rate of mail", .policyRefusal),
        (421, "4.7.0 try again later", .deferred), (452, "4.2.2 mailbox full", .deferred),
        (554, "5.3.4 too big", .otherFailure), (550, "no such user, unknown", .unknownRecipient),
    ])
    func answersAreSorted(code: Int, text: String, result: OutcomeEvent.Result) {
        #expect(TapeReading.result(code, text) == result)
    }

    private static func tape(packed: Bool) throws -> String {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("tape-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory + "/messages", withIntermediateDirectories: true)
        var lines: [String] = []
        for number in 0..<40 {
            let name = "messages/m\(number).eml"
            let text =
                "From: Joe <joe@acme.example>\nTo: a@b.example\nSubject: Offer\nDate: Mon, 5 Jan 2026 10:00:00 +0100\nMessage-ID: <\(number)@acme.example>\n\nCome and see the wonderful new garden furniture at http://shop\(number).example/ today\n"
            try text.write(toFile: directory + "/" + name, atomically: true, encoding: .utf8)
            lines.append(
                #"{"t":\#(1_767_000_000 + number * 60),"ev":"submit","id":"m\#(number)","customer":"acme","ip":"192.0.2.1","account":"joe","helo":"mail","from":"joe@acme.example","rcpts":["r\#(number)@b.example"],"msg":"\#(name)","truth":"ham"}"#
            )
            lines.append(
                #"{"t":\#(1_767_000_001 + number * 60),"ev":"outcome","id":"m\#(number)","rcpt":"x","code":550,"text":"5.1.1 user unknown"}"#
            )
        }
        lines.append(
            #"{"t":1767009000,"ev":"login","customer":"acme","account":"joe","ip":"198.51.100.1","ok":true}"#)
        lines.append(#"{"t":1767009001,"ev":"complaint","id":"m3","rcpt":"x"}"#)
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: directory + "/events.ndjson", atomically: true, encoding: .utf8)
        try run("tar", ["-C", directory, "-cf", directory + "/messages.tar", "messages"])
        if packed { try run("xz", [directory + "/messages.tar", directory + "/events.ndjson"]) }
        return directory
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let done = Pipe()
        process.standardOutput = done
        try process.run()
        _ = done.fileHandleForReading.readDataToEndOfFile()
        while process.isRunning { sched_yield() }
        #expect(process.terminationStatus == 0)
    }

    private struct Fixed: ContentScoring {
        func logOdds(_ sample: ContentSample) -> Double { 1 }
    }

    @Test(arguments: [false, true])
    func aTapeIsReplayedAlikeEachTime(packed: Bool) throws {
        func once() throws -> [String] {
            let tape = try Tape(directory: try Self.tape(packed: packed))
            let traits = try tape.traits(scoring: { _ in Fixed() })
            #expect(traits.count == 40)
            var run = ReplayRun(policy: DetectionPolicy())
            var lines: [String] = []
            try tape.forEach(traits: traits) { event, name in
                guard let verdict = run.take(event), let name else { return }
                lines.append(Decision(name: name, verdict: verdict).line)
            }
            #expect(run.report.submissions == 40 && run.report.events == 82)
            return lines
        }
        let lines = try once()
        #expect(lines.count == 40)
        #expect(lines.first?.hasPrefix(#"{"id":"m0","action":"deliver","stop":null,"p":"#) == true)
        #expect(try once() == lines)
    }

    @Test func whatIsNoTapeIsAnError() throws {
        #expect(throws: ReplayError.self) { try Tape(directory: "/nowhere") }
        let directory = try Self.tape(packed: false)
        try "not json\n".write(toFile: directory + "/events.ndjson", atomically: true, encoding: .utf8)
        #expect(throws: ReplayError.self) { try Tape(directory: directory).forEach(traits: [:]) { _, _ in } }
        try Data(repeating: 0x41, count: 3000).write(to: URL(fileURLWithPath: directory + "/messages.tar"))
        #expect(throws: ReplayError.self) { try Tape(directory: directory).traits(scoring: { _ in Fixed() }) }
    }

    @Test func decisionsAreValidJSONWhateverTheNames() throws {
        let customer = try #require(CustomerID("acme"))
        let server = try #require(IPAddress("192.0.2.1"))
        for source: SourceID? in [nil, .server(server, customer), .customer(customer)] {
            let line = Decision(name: "a\"\\\n\u{2028}", verdict: Verdict(.hold, logOdds: 3, stop: source)).line
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["id"] as? String == "a\"\\\n\u{2028}")
            let stop = object?["stop"] as? [String: Any]
            #expect(stop?["scope"] as? String == source?.scope.rawValue)
        }
    }

    @Test func theReportIsSafeToShow() throws {
        var report = ReplayReport(label: "<script>alert(1)</script>")
        report.stops = [
            ReplayReport.Stop(
                source: "account:acme/<b>", sender: "x", time: "t", seconds: 1, delivered: 2, reasons: ["a & b"])
        ]
        let page = report.html(against: report)
        #expect(!page.contains("<script") && !page.contains("<b>") && page.contains("a &amp; b"))
        #expect(report.text().contains("1 stops"))
        #expect(report.difference(to: ReplayReport(label: "other")).contains("only <script>"))
    }

    /// Honest traffic in which the text of some senders looks like spam, more for some than for others.
    private static func doubtful() throws -> [DetectionEvent] {
        let customer = try #require(CustomerID("acme"))
        let server = try #require(IPAddress("192.0.2.1"))
        var events: [DetectionEvent] = []
        for number in 0..<2000 {
            let identity = SubmissionIdentity(
                customer: customer, server: server, account: AccountName("user\(number % 40)"), evidence: .login)
            let time = Timestamp(seconds: 1_767_000_000 + Int64(number * 60))
            let event = SubmissionEvent(
                id: SubmissionID(rawValue: Int64(number)), time: time, identity: identity, contentLogOdds: 0,
                campaign: nil, recipients: [UInt64(number)], sender: 1, senderIsBound: true, helo: 1,
                size: ByteCount(1000), listed: Double(number % 40) / 6)
            events.append(.submission(event))
        }
        return events
    }

    @Test(arguments: [0.0, 500, 2000, 10_000, 20_000])
    func calibrationAllowsWhatItIsTold(perMillion: Double) throws {
        let events = try Self.doubtful()
        let calibration = try StopCalibration(DetectionPolicy(), falseStopsPerMillion: perMillion) { body in
            for event in events { body(event) }
        }
        #expect(calibration.submissions == 2000 && calibration.allowed == Int(perMillion * 2000 / 1e6))
        var policy = DetectionPolicy()
        policy.stop = calibration.threshold
        policy.ceiling = max(policy.ceiling, 2 * policy.stop)
        var run = ReplayRun(policy: policy)
        for event in events { _ = run.take(event) }
        #expect(run.report.stops.count <= calibration.allowed && run.report.stops.count == calibration.stops)
    }

    @Test func aLargerBudgetGivesALowerThreshold() throws {
        let events = try Self.doubtful()
        let thresholds = try [0.0, 2000, 20_000].map { budget in
            try StopCalibration(DetectionPolicy(), falseStopsPerMillion: budget) { body in
                for event in events { body(event) }
            }.threshold
        }
        #expect(thresholds == thresholds.sorted(by: >) && thresholds.first != thresholds.last)
    }
}
