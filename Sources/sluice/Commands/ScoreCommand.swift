import ArgumentParser
import ContentTraining

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score", abstract: "What the content model says of messages, and why.",
        discussion: """
            Log-odds: positive speaks for spam, 0 says nothing, +3 is 95 %. Files, mboxes and directories are taken; `-` is
            standard input. Exit status 0 whatever the verdict.
            """)
    @OptionGroup var model: ModelOption
    @Argument(help: "Files, mboxes or directories; - for standard input.", completion: .file()) var files: [String]
    @Option(help: "Reasons shown, the strongest first.") var reasons = 8
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        let model = try model.load()
        var scores: [MessageScore] = []
        func score(_ name: String, _ message: [UInt8]) {
            let score = MessageScore(name, message, by: model, reasons: max(0, min(reasons, 100)))
            if json { scores.append(score) } else { Terminal.line(score.description) }
        }
        for file in files {
            if file == "-" {
                score("standard input", Terminal.input(limit: MailCollection.messageBytes))
                continue
            }
            do throws(TrainingError) {
                try MailCollection(file).forEach { name, message in
                    score(files.count > 1 || name != file ? name : file, message)
                    return true
                }
            } catch {
                throw CommandFailure.input(error.message)
            }
        }
        if json { try JSONOutput.print(scores) }
    }
}
