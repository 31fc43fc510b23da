import ArgumentParser
import MTAControl
import MailTypes
import QueueCleanup

struct QueueRestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Gives archived messages back to the mail server, with the envelope they had.",
        discussion: """
            Header and body go back byte by byte; the mail server adds its Received line on top, as to every message. Recipients
            that had the message already do not get it again.
            """)
    @OptionGroup var options: QueueOptions
    @Option(help: "The archive.", completion: .directory) var archive: String
    @Option(help: "The archived messages of this group.") var group: [String] = []
    @Option(help: "The archived message with this queue id.") var id: [String] = []
    @Flag(help: "Everything in the archive.") var all = false
    @Option(
        help: ArgumentHelp(
            "Over SMTP to this address (127.0.0.1:25). Left out: through the mail server's sendmail.",
            valueName: "address:port"))
    var smtp: String?
    @Flag(help: "Do it; without, it is only told what would be done.") var yes = false
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        guard all != !(group.isEmpty && id.isEmpty) else {
            throw CommandFailure.input("choose by --group, --id or --all")
        }
        if let smtp { _ = try Self.endpoint(smtp) }
        let folder = try options.workFolder()
        try QueueRun.refuseInterrupted(folder)
        let (_, chosen) = try ArchiveChoice.choose(archive, groups: group, ids: id)
        guard yes else {
            let recipients = chosen.reduce(0) { $0 + $1.recipients.count }
            return Terminal.line(
                "would restore \(chosen.count) messages to \(recipients) recipients; nothing was sent (--yes does it)")
        }
        let plan = RunJournal.Plan(
            act: .restore, began: State.now.iso8601, mta: try options.kind(), program: options.program,
            configuration: options.mailConfig, archive: archive, smtp: smtp, targets: chosen.map(ActTarget.init))
        try QueueRun.begin(plan, folder, json: json)
    }

    static func endpoint(_ text: String) throws -> (IPAddress, UInt16) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0,
            let address = IPAddress(text[..<colon].filter { $0 != "[" && $0 != "]" })
        else { throw CommandFailure.input("--smtp takes an address and a port, as 127.0.0.1:25 or [::1]:25") }
        return (address, port)
    }
}
