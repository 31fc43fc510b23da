import ArgumentParser
import ContentAnalysis
import Credentials
import Detection
import Foundation
import Gateway
import Journal
import MailTypes
import Replay
import SluiceConfiguration

/// `sluice replay`
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "What a policy would have done with recorded traffic.",
        discussion: """
            Reads a journal that `sluice serve` wrote, or a tape (a directory with events.ndjson and messages.tar, each \
            maybe with .xz), in order of time, and judges every submission with nothing but what came before it. The same \
            journal and policy give the same decisions each time.

              sluice replay --journal /var/lib/sluice/journal
              sluice replay --tape tape --decisions out.ndjson --html report.html
              sluice replay --journal journal --policy strict.yaml --against sluice.yaml
              sluice replay --journal journal --calibrate --false-stops-per-million 4

            Exit status: 0 done, 2 an input that cannot be read.
            """)

    @Option(help: "A journal's directory.", completion: .directory) var journal: String?
    @Option(help: "A tape's directory.", completion: .directory) var tape: String?
    @Option(help: "A configuration whose detection is used; left out: the default one.", completion: .file())
    var policy: String?
    @Option(help: "A second configuration to compare with.", completion: .file()) var against: String?
    @OptionGroup var model: ModelOption
    @Flag(help: "Of a tape: leave the messages' content out.") var withoutContent = false
    @Option(
        help: ArgumentHelp(
            "Evidence that is not to count, such as login,links: what it is good for.",
            discussion: "One of: \(Evidence.Kind.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "kinds"
        ),
        transform: Self.kinds)
    var without: Set<Evidence.Kind> = []
    @Option(help: "Write a line a submission: id, action, stop, p.", completion: .file()) var decisions: String?
    @Option(help: "Write the report as a page.", completion: .file()) var html: String?
    @Flag(help: "The report as JSON.") var json = false
    @Flag(help: "Find the stop threshold for a budget of false stops; the traffic is held to be clean.")
    var calibrate = false
    @Option(help: "The budget.") var falseStopsPerMillion = 4.0

    func validate() throws {
        if (journal == nil) == (tape == nil) { throw ValidationError("give --journal or --tape") }
        if !(0...1_000_000).contains(falseStopsPerMillion) {
            throw ValidationError("--false-stops-per-million is none")
        }
    }

    func run() throws {
        do {
            let first = try Self.policy(policy).without(without)
            if calibrate {
                let traits = try traits()
                let calibration = try StopCalibration(first, falseStopsPerMillion: falseStopsPerMillion) { body in
                    try feed(traits) { event, _ in body(event) }
                }
                return try tell(calibration)
            }
            var runs = [ReplayRun(policy: first, label: policy ?? "default")]
            if let against { runs.append(ReplayRun(policy: try Self.policy(against).without(without), label: against)) }
            let output = try decisions.map { try TextOutput($0) }
            try feed(try traits()) { event, name throws(ReplayError) in
                for index in runs.indices {
                    guard let verdict = runs[index].take(event), index == 0, let name else { continue }
                    try output?.write(Decision(name: name, verdict: verdict).line)
                }
            }
            try output?.flush()
            try tell(runs.map(\.report))
        } catch let error as ReplayError {
            throw CommandFailure.input(error.description)
        } catch let error as JournalError {
            throw CommandFailure.input(error.description)
        }
    }

    /// What a tape's messages show; read once.
    private func traits() throws -> Tape.Traits {
        guard let tape, !withoutContent else { return [:] }
        let scoring = try model.load()
        var line = ProgressLine("reading messages")
        defer { line.end() }
        return try Tape(directory: tape).traits(scoring: { _ in scoring }) { share in line.show(share) }
    }

    private func feed(
        _ traits: Tape.Traits, _ body: (DetectionEvent, String?) throws(ReplayError) -> Void
    ) throws {
        if let journal {
            var failure: ReplayError?
            var line = ProgressLine("replaying")
            try JournalReader(directory: journal).forEach(progress: { line.show($0) }) { event in
                guard failure == nil else { return }
                do throws(ReplayError) {
                    if case .submission(let submission) = event {
                        try body(event, submission.id.description)
                    } else {
                        try body(event, nil)
                    }
                } catch { failure = error }
            }
            line.end()
            if let failure { throw failure }
        }
        guard let tape else { return }
        var line = ProgressLine("replaying")
        try Tape(directory: tape).forEach(traits: traits, progress: { line.show($0) }, body)
        line.end()
    }

    @Sendable private static func kinds(_ text: String) throws -> Set<Evidence.Kind> {
        try Set(
            text.split(separator: ",").map { name in
                guard let kind = Evidence.Kind(rawValue: String(name)) else {
                    throw ValidationError("'\(SafeText.printable(String(name)))' is no kind of evidence")
                }
                return kind
            })
    }

    private static func policy(_ path: String?) throws -> DetectionPolicy {
        guard let path else { return DetectionPolicy() }
        let reading = Configuration.load(path, checkCredential: PasswordHash.problem)
        for problem in reading.problems { Terminal.error(problem.description, prefix: "") }
        guard let configuration = reading.configuration else {
            throw CommandFailure.input("\(reading.errors.count) errors in \(path)")
        }
        return DetectionPolicy(configuration)
    }

    private func tell(_ calibration: StopCalibration) throws {
        if json { return try JSONOutput.print(calibration) }
        Terminal.line(
            "stop-threshold: \(calibration.threshold)  (\(calibration.allowed) false stops allowed in \(calibration.submissions) submissions; \(calibration.stops) with it)"
        )
        Terminal.line("highest sums: \(calibration.highest.map { String(format: "%.1f", $0) }.joined(separator: " "))")
    }

    private func tell(_ reports: [ReplayReport]) throws {
        guard let first = reports.first else { return }
        let second = reports.dropFirst().first
        if let html {
            let output = try TextOutput(html)
            try output.write(first.html(against: second))
            try output.flush()
        }
        if json { return try JSONOutput.print(reports) }
        Terminal.line(first.text())
        if let second {
            Terminal.line(second.text())
            Terminal.line(first.difference(to: second))
        }
    }
}
