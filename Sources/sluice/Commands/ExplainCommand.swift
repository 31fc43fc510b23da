import ArgumentParser
import ControlStore
import Detection
import Enforcement
import Gateway
import Journal
import MailTypes
import Replay
import SluiceConfiguration

/// `sluice explain`
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Why a message was judged as it was, or what a source or a case has shown: the evidence, summed.",
        discussion: """
            Goes through the journal again with the configured policy, and tells what it finds: each piece of evidence in a \
            sentence with its log-odds, what became of the message, and for sources what left before the stop. Of the \
            journal only the time around it is read: --history days before, for what was usual then, and a week after. It \
            only reads, also beside a running gateway.

              sluice explain 06s3k1hbm4000             a message, by the number in its reply
              sluice explain account:acme/joe          a source
              sluice explain case-17                   a case

            Exit status: 0 told, 1 the journal has nothing of it, 2 an argument or input that cannot be used.
            """)

    @OptionGroup var config: ConfigurationOption
    @Argument(help: "A message's number, a source (scope:customer/name), or a case.") var subject: String
    @Option(help: "Another journal than the gateway's.", completion: .directory) var journal: String?
    @Option(help: "Days before the message or the incident from which the journal is read.") var history = 45
    @Flag(help: "As JSON.") var json = false

    /// What receivers say of a message comes within a week: the queue's lifetime and some days.
    private static let later: Duration = .seconds(7 * 86_400)

    func validate() throws {
        if !(0...3650).contains(history) { throw ValidationError("--history takes 0 to 3650 days") }
    }

    func run() throws {
        let configuration = try config.load()
        let (asked, began, ended) = try subject(configuration)
        let since = began - .seconds(Int64(history) * 86_400)
        var explainer = Explainer(asked, policy: DetectionPolicy(configuration), label: "as configured")
        explainer.history = since
        var line = ProgressLine("reading the journal")
        do {
            try JournalReader(directory: journal ?? configuration.stateDirectory + "/journal")
                .forEach(since: since, until: ended, progress: { line.show($0) }) { explainer.take($0) }
        } catch {
            line.end()
            throw CommandFailure.input(error.description)
        }
        line.end()
        guard let explanation = explainer.result else {
            throw CommandFailure.cannot(
                "the journal has nothing of \(SafeText.printable(subject)) since \(since.iso8601): it may be longer ago (--history)"
            )
        }
        if json { return try JSONOutput.print(explanation) }
        Terminal.line(explanation.text)
    }

    /// What is to be explained, when it began, and until when something may be known of it.
    private func subject(
        _ configuration: Configuration
    ) throws -> (Explainer.Subject, began: Timestamp, ended: Timestamp) {
        if let id = CaseID(subject) {
            let control = try State.control(configuration)
            guard let incident = try control.incident(id) else { throw CommandFailure.input("there is no \(id)") }
            let stops = try control.register(at: State.now).all.filter { $0.caseID == id }
            let from = incident.first - .seconds(86_400)
            let ended = incident.ended.map { $0 + Self.later } ?? .distantFuture
            return (.sources(incident.sources, from: from, stopped: stops.map(\.since).min()), from, ended)
        }
        if let source = SourceID(subject) {
            return (.sources([source], from: .distantPast, stopped: nil), State.now, .distantFuture)
        }
        if let id = SubmissionID(subject) { return (.message(id), id.arrival, id.arrival + Self.later) }
        throw CommandFailure.input(
            "'\(SafeText.printable(subject))' is no message (06s3k1hbm4000), source (account:acme/joe) or case (case-17)"
        )
    }
}
