import ArgumentParser
import ContentAnalysis
import ContentTraining

/// `--model`, which the commands that judge content share.
struct ModelOption: ParsableArguments {
    @Option(
        help: "The content model. Left out: the one that comes with Sluice.", completion: .file(extensions: ["model"]))
    var model: String?

    func load() throws -> ContentModel {
        do {
            guard let model else { return try ContentModel.seed() }
            return try ModelFile.load(model)
        } catch let error as TrainingError {
            throw CommandFailure.input(error.message)
        }
    }
}

/// Labelled mail, as the commands that train and measure take it.
struct LabelledMail: ParsableArguments {
    @Option(help: "Ordinary mail: a directory, a Maildir, an mbox or one message. May be given several times.")
    var ham: [String] = []
    @Option(help: "Spam, likewise.") var spam: [String] = []
    @Option(help: "A list of `id label` lines (1 or spam, 0 or ham); with --directory.") var list: String?
    @Option(help: "Where the list's messages are: files `id` or `id.eml`.") var directory: String?

    func validate() throws {
        if (list == nil) != (directory == nil) { throw ValidationError("--list and --directory go together") }
    }

    var isEmpty: Bool { ham.isEmpty && spam.isEmpty && list == nil }

    /// Hands all of it on.
    func each(
        _ collection: (MailCollection, Bool) throws -> Void, list labelled: (LabelledList) throws -> Void
    ) throws {
        if list == nil, ham.isEmpty || spam.isEmpty {
            throw CommandFailure.input("give --ham and --spam, or --list with --directory")
        }
        if let both = ham.first(where: spam.contains) {
            throw CommandFailure.input("\(both) is given as ordinary mail and as spam")
        }
        do {
            for path in ham { try collection(try MailCollection(path), false) }
            for path in spam { try collection(try MailCollection(path), true) }
            if let list, let directory { try labelled(try LabelledList(list, directory: directory)) }
        } catch let error as TrainingError {
            throw CommandFailure.input(error.message)
        }
    }
}
