import ArgumentParser
import MailTypes
import QueueCleanup

struct QueueVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Reads an archive whole and tells what is damaged.",
        discussion:
            "Each message is unpacked and compared with its SHA-256. Exit status 1 when something is not as it was.")
    @Argument(help: "The archive's folder.", completion: .directory) var archive: String
    @Flag(help: "As JSON.") var json = false

    private struct Result: Encodable {
        var archive: String
        var queue: String
        var created: String
        var messages: Int
        var isFinished: Bool
        var damaged: [String]
    }

    func run() throws {
        let result = try QueueFailures.told {
            let archive = try QueueArchive(self.archive)
            return Result(
                archive: self.archive, queue: archive.head.queue, created: archive.head.created,
                messages: archive.messages.count, isFinished: archive.isWhole, damaged: try archive.damage())
        }
        if json {
            try JSONOutput.print(result)
        } else {
            let of =
                "\(result.messages) messages of \(SafeText.printable(result.queue)), \(SafeText.printable(result.created))"
            for id in result.damaged { Terminal.error("damaged: \(SafeText.printable(id))") }
            if !result.isFinished { Terminal.error("it was not finished: `sluice queue resume`") }
            Terminal.line(of + (result.damaged.isEmpty ? ": whole" : ": \(result.damaged.count) damaged"))
        }
        if !result.damaged.isEmpty || !result.isFinished { throw ExitCode(1) }
    }
}
