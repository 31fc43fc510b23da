import ArgumentParser
import MTAControl
import MailTypes
import QueueCleanup
import SluiceConfiguration

/// Which queue is meant, and where the clean-up keeps its files.
struct QueueOptions: ParsableArguments {
    @Option(
        help: "The mail server: postfix, exim, opensmtpd, sendmail or sluice. Left out: the one that is installed.")
    var mta: String?
    @Option(help: "Another program than the system's (exim, sendmail, smtpctl).", completion: .file())
    var program: String?
    @Option(
        help: ArgumentHelp(
            """
            The mail server's configuration: Postfix's folder with main.cf, Exim's file, sendmail.cf, OpenSMTPD's spool folder, \
            Sluice's sluice.yaml. Left out: its own.
            """,
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
            case .opensmtpd: try OpenSMTPDQueue(program: program, folder: configuration)
            case .sendmail: try SendmailQueue(program: program, configuration: configuration)
            case .sluice: try sluice(configuration)
            }
        }
    }

    private static func sluice(_ configuration: String?) throws -> SluiceQueue {
        let option = try ConfigurationOption.parse(configuration.map { ["--config", $0] } ?? [])
        return try SluiceQueue(
            folder: option.load().stateDirectory, author: "person:" + Terminal.author, clock: { State.now })
    }

    func kind() throws -> MTAKind {
        if let mta {
            guard let kind = MTAKind(rawValue: mta.lowercased()) else {
                throw CommandFailure.input("--mta is postfix, exim, opensmtpd, sendmail or sluice")
            }
            return kind
        }
        guard program == nil else { throw CommandFailure.input("--program needs --mta") }
        let found = Self.installed
        guard let kind = found.first else { throw CommandFailure.input("no mail server found here: say --mta") }
        guard found.count == 1 else {
            let names = found.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure.input("several mail servers are here (\(names)): say which with --mta")
        }
        return kind
    }

    private static var installed: [MTAKind] {
        var found: [MTAKind] = []
        if Program("/usr/sbin/postsuper").isThere { found.append(.postfix) }
        if Program.first(["/usr/sbin/exim4", "/usr/sbin/exim"]) != nil { found.append(.exim) }
        if Program.first(OpenSMTPDQueue.programs) != nil { found.append(.opensmtpd) }
        // `/usr/sbin/sendmail` is any server's; the others are Sendmail's own.
        if Program.first(SendmailQueue.programs.dropLast()) != nil { found.append(.sendmail) }
        return found
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
