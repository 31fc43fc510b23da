import ArgumentParser
import ContentAnalysis
import ContentTraining
import Detection
import Inspection
import Journal
import MailTypes
import SluiceConfiguration

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Makes a content model of your own mail.",
        discussion: """
            Example: sluice train --ham /var/mail/archive --spam spam.mbox --output /var/lib/sluice/content.model
            The file is replaced atomically; a running gateway reads it at SIGHUP. --continue goes on from a model instead
            of beginning anew.

              sluice train --learnt --continue seed --output /var/lib/sluice/content.model

            goes on from the model that comes with Sluice with what people and cases have said about this gateway's held
            mail, with complaints that were proven, and what the journal says of the same messages since.
            """)
    @OptionGroup var config: ConfigurationOption
    @Flag(help: "Take what the gateway has learnt from releases, confirmations, cases and complaints.") var learnt =
        false
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
        do throws(TrainingError) { try ModelFile.checkPlace(output) } catch {
            throw CommandFailure.cannot(error.message)
        }
        var option = ModelOption()
        option.model = base == "seed" ? nil : base
        var training = ModelTraining(continuing: base == nil ? ContentModel() : try option.load(), limit: limit)
        if learnt { try addLessons(to: &training) }
        if learnt, mail.isEmpty, training.spam + training.ham == 0 {
            throw CommandFailure.cannot("nothing was learnt yet: nobody has released or confirmed held mail here")
        }
        if !learnt || !mail.isEmpty {
            try mail.each {
                try training.add($0, isSpam: $1)
            } list: {
                try training.add($0)
            }
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

    /// Lessons from the state directory; the journal has the last word on each.
    private func addLessons(to training: inout ModelTraining) throws {
        let configuration = try config.load()
        let book = LessonBook(stateDirectory: configuration.stateDirectory)
        do {
            var said: [SubmissionID: Bool] = [:]
            try JournalReader(directory: configuration.stateDirectory + "/journal").forEach { event in
                guard case .feedback(let feedback) = event else { return }
                switch feedback.kind {
                case .foundGood: said[feedback.id] = false
                case .foundSpam, .complaint, .trap: said[feedback.id] = true
                case .bounce, .listing: break
                }
            }
            for lesson in try book.learnt().compactMap({ Lesson(decoding: $0) }) where lesson.teacher != .customer {
                training.add(lesson.features, isSpam: said[lesson.id] ?? lesson.isSpam)
            }
        } catch {
            throw CommandFailure.cannot(error.description)
        }
    }
}
