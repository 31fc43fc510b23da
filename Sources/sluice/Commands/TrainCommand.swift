import ArgumentParser
import ContentAnalysis
import ContentTraining

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Makes a content model of your own mail.",
        discussion: """
            Example: sluice train --ham /var/mail/archive --spam spam.mbox --output /var/lib/sluice/content.model
            The file is replaced atomically; a running gateway reads it at SIGHUP. --continue goes on from a model instead
            of beginning anew.
            """)
    @OptionGroup var mail: LabelledMail
    @Option(help: "The model to write.", completion: .file()) var output: String
    @Option(
        name: .customLong("continue"), help: "Go on from this model; `seed` is the one that comes with Sluice.",
        completion: .file())
    var base: String?
    @Option(help: "Messages of each class at most.") var limit = ModelTraining.defaultLimit
    @Flag(help: "A tenth of the size, rounded weights: to be shipped, not to be continued.") var compact = false
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        guard limit > 0 else { throw CommandFailure.input("--limit takes a number above 0") }
        var option = ModelOption()
        option.model = base == "seed" ? nil : base
        var training = ModelTraining(continuing: base == nil ? ContentModel() : try option.load(), limit: limit)
        try mail.each {
            try training.add($0, isSpam: $1)
        } list: {
            try training.add($0)
        }
        do throws(TrainingError) {
            var progress = ProgressLine("training")
            let model = try training.model(createdBy: "sluice train \(Version.text)") { progress.show($0) }
            progress.end()
            try ModelFile.save(model, to: output, compact ? .compact : .full)
        } catch {
            throw CommandFailure(message: error.message, status: error.code == .tooFew ? 2 : 1)
        }
        if json {
            struct View: Encodable {
                var spam: Int
                var ham: Int
                var skipped: Int
                var output: String
            }
            return try JSONOutput.print(
                View(spam: training.spam, ham: training.ham, skipped: training.skipped, output: output))
        }
        Terminal.line("learnt \(training.spam) spam and \(training.ham) ham")
        if training.skipped > 0 {
            Terminal.error("\(training.skipped) messages were beyond --limit \(limit) and not learnt")
        }
    }
}
