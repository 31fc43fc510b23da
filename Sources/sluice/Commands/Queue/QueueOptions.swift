import ArgumentParser
import MTAControl
import MailTypes
import QueueCleanup

/// Which queue is meant, and where the clean-up keeps its files.
struct QueueOptions: ParsableArguments {
    @Option(help: "The mail server: postfix or exim. Left out: the one that is installed.") var mta: String?
    @Option(help: "Another program than the system's (exim).", completion: .file()) var program: String?
    @Option(
        help: ArgumentHelp(
            "The mail server's configuration: Postfix's folder with main.cf, Exim's file. Left out: its own.",
            valueName: "path"), completion: .file())
    var mailConfig: String?
    @Option(
        help: ArgumentHelp("Where scans, journals and archives are kept.", valueName: "folder"),
        completion: .directory)
    var work = WorkFolder.standard

    /// Opens the queue that the options name.
    func queue() throws -> any MailQueue { try Self.queue(kind(), program, mailConfig) }

    static func queue(_ kind: MTAKind, _ program: String?, _ configuration: String?) throws -> any MailQueue {
        try QueueFailures.told {
            switch kind {
            case .postfix: try PostfixQueue(configuration: configuration)
            case .exim: try EximQueue(program: program, configuration: configuration)
            case .opensmtpd, .sendmail:
                throw CommandFailure.input("the queue of \(kind.rawValue) is not supported")
            }
        }
    }

    func kind() throws -> MTAKind {
        if let mta {
            guard let kind = MTAKind(rawValue: mta.lowercased()) else {
                throw CommandFailure.input("--mta is postfix or exim")
            }
            return kind
        }
        let postfix = Program("/usr/sbin/postsuper").isThere
        let exim = program != nil || Program.first(["/usr/sbin/exim4", "/usr/sbin/exim"]) != nil
        guard postfix != exim else {
            throw CommandFailure.input(
                postfix
                    ? "Postfix and Exim are both here: say --mta postfix or --mta exim" : "no mail server found here")
        }
        return postfix ? .postfix : .exim
    }

    func workFolder() throws -> WorkFolder { try QueueFailures.told { try WorkFolder(work) } }
}

/// Errors of the libraries as the command tells them.
enum QueueFailures {
    static func told<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as MTAError {
            let hint = error.code == .forbidden ? " (reading a queue needs root)" : ""
            throw CommandFailure.cannot(SafeText.printable(error.description, limit: 1000) + hint)
        } catch let error as CleanupError {
            let message = SafeText.printable(error.description, limit: 1000)
            throw error.code == .usage ? CommandFailure.input(message) : CommandFailure.cannot(message)
        }
    }
}
