import ArgumentParser
import MailTypes
import QueueCleanup

/// Which messages are meant. Nothing chosen is an error; everything is said twice.
struct QueueSelectionOptions: ParsableArguments {
    @Option(help: "This group of the scan (g1, other-spam). May be given several times, as all of these.")
    var group: [String] = []
    @Flag(help: "All groups that are marked as spam in `review`, or surely spam where no mark says otherwise.")
    var spam = false
    @Option(help: "The message with this queue id.") var id: [String] = []
    @Option(help: "Messages of this envelope sender; '<>' for bounces.") var sender: [String] = []
    @Option(help: "Messages of this login.") var account: [String] = []
    @Option(help: "Messages of this script, as X-PHP-Originating-Script names it.") var script: [String] = []
    @Option(help: "Messages from this client address.") var client: [String] = []
    @Option(help: "Messages of this local user.") var user: [String] = []
    @Option(help: "Messages whose recipients are all in this domain.") var recipientDomain: [String] = []
    @Flag(help: "Everything in the queue; only together with --really-all.") var all = false
    @Flag(help: "Really everything in the queue.") var reallyAll = false

    /// Without --all and anything else: nothing.
    func selection() throws -> QueueSelection {
        var selection = QueueSelection()
        selection.groups = Set(group)
        if spam { selection.standings = [.spam] }
        selection.ids = Set(id)
        func lowered(_ values: [String]) -> Set<String> { Set(values.map { ASCII.lowercased($0) }) }
        selection.senders = lowered(sender)
        selection.accounts = lowered(account)
        selection.scripts = lowered(script)
        selection.clients = lowered(client)
        selection.users = lowered(user)
        selection.domains = lowered(recipientDomain)
        guard all == reallyAll else {
            throw CommandFailure.input("everything in the queue is meant only by --all --really-all together")
        }
        if all {
            guard selection.isEmpty else { throw CommandFailure.input("--all with other selectors makes no sense") }
            selection.everything = true
        }
        return selection
    }

    func required() throws -> QueueSelection {
        let selection = try selection()
        guard !selection.isEmpty else {
            throw CommandFailure.input(
                "choose messages: --group, --spam, --id, --sender, --account, --script, --client, --user, --recipient-domain"
            )
        }
        return selection
    }
}
