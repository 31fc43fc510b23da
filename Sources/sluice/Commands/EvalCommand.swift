import ArgumentParser
import ContentAnalysis
import ContentTraining

struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "How well a content model tells spam from ham, on labelled mail.",
        discussion: """
            Measure on mail that the model has not learnt. With --train-list (or --train-ham and --train-spam) a model is made
            of that mail first, in memory:
              sluice eval --train-list A60.list --list A40.list --directory clean
            """)
    @OptionGroup var model: ModelOption
    @OptionGroup var mail: LabelledMail
    @Option(help: "Train on this list first; its messages are in --directory, too.") var trainList: String?
    @Option(help: "Train on this ordinary mail first.") var trainHam: [String] = []
    @Option(help: "Train on this spam first.") var trainSpam: [String] = []
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        var evaluation = ModelEvaluation(try trained() ?? model.load())
        try mail.each {
            try evaluation.add($0, isSpam: $1)
        } list: {
            try evaluation.add($0)
        }
        do {
            let result = try evaluation.result()
            if json { return try JSONOutput.print(result) }
            Terminal.line(result.description)
        } catch let error as TrainingError {
            throw CommandFailure.input(error.message)
        }
    }

    /// A model of the training mail, if any is named.
    private func trained() throws -> ContentModel? {
        guard trainList != nil || !trainHam.isEmpty || !trainSpam.isEmpty else { return nil }
        guard model.model == nil else { throw CommandFailure.input("give --model or training mail, not both") }
        var training = ModelTraining()
        do {
            if let trainList {
                guard let directory = mail.directory else {
                    throw CommandFailure.input("--train-list needs --directory")
                }
                try training.add(try LabelledList(trainList, directory: directory))
            }
            for path in trainHam { try training.add(try MailCollection(path), isSpam: false) }
            for path in trainSpam { try training.add(try MailCollection(path), isSpam: true) }
            var progress = ProgressLine("training")
            defer { progress.end() }
            return try training.model(createdBy: "sluice eval \(Version.text)") { progress.show($0) }
        } catch let error as TrainingError {
            throw CommandFailure.input(error.message)
        }
    }
}
