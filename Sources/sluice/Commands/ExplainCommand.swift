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
            sentence with its log-odds, what became of the message, and for sources what left before the stop. It only \
            reads, also beside a running gateway.

              sluice explain 06s3k1hbm4000             a message, by the number in its reply
              sluice explain account:acme/joe          a source
              sluice explain case-17                   a case

            Exit status: 0 told, 1 the journal has nothing of it, 2 an argument or input that cannot be used.
            """)

    @OptionGroup var config: ConfigurationOption
    @Argument(help: "A message's number, a source (scope:customer/name), or a case.") var subject: String
    @Option(help: "Another journal than the gateway's.", completion: .directory) var journal: String?
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        let configuration = try config.load()
        var explainer = Explainer(
            try subject(configuration), policy: DetectionPolicy(configuration), label: "as configured")
        var line = ProgressLine("reading the journal")
        do {
            try JournalReader(directory: journal ?? configuration.stateDirectory + "/journal")
                .forEach(progress: { line.show($0) }) { explainer.take($0) }
        } catch {
            line.end()
            throw CommandFailure.input(error.description)
        }
        line.end()
        guard let explanation = explainer.result else {
            throw CommandFailure.cannot(
                "the journal has nothing of \(SafeText.printable(self.subject)): it may be too long ago")
        }
        if json { return try JSONOutput.print(explanation) }
        Terminal.line(explanation.text)
    }

    private func subject(_ configuration: Configuration) throws -> Explainer.Subject {
        if let id = CaseID(subject) {
            let control = try State.control(configuration)
            guard let incident = try control.incident(id) else { throw CommandFailure.input("there is no \(id)") }
            let stops = try control.register(at: State.now).all.filter { $0.caseID == id }
            return .sources(
                incident.sources, from: incident.first - .seconds(86_400), stopped: stops.map(\.since).min())
        }
        if let source = SourceID(subject) { return .sources([source], from: .distantPast, stopped: nil) }
        if let id = SubmissionID(subject) { return .message(id) }
        throw CommandFailure.input(
            "'\(SafeText.printable(subject))' is no message (06s3k1hbm4000), source (account:acme/joe) or case (case-17)"
        )
    }
}
