import MTAControl
import MailTypes

/// Which messages are meant. Kinds of selectors narrow each other, values of one kind add up; nothing chosen is nothing.
package struct QueueSelection: Sendable, Hashable {
    package var groups: Set<String> = []
    /// Groups that stand as this: by a person's mark, or else by the verdict.
    package var standings: Set<MessageGroup.Verdict> = []
    package var ids: Set<String> = []
    package var senders: Set<String> = []
    package var accounts: Set<String> = []
    package var scripts: Set<String> = []
    package var clients: Set<String> = []
    package var users: Set<String> = []
    /// A message is meant when all its recipients left are in these domains.
    package var domains: Set<String> = []
    /// Everything; the caller has asked twice.
    package var everything = false

    package init() {}

    package var isEmpty: Bool { self == QueueSelection() }

    package func contains(_ message: MessageSummary, in group: MessageGroup) -> Bool {
        guard !isEmpty else { return false }
        func fits(_ wanted: Set<String>, _ value: String?) -> Bool {
            wanted.isEmpty || value.map { wanted.contains(ASCII.lowercased($0)) } ?? false
        }
        return (groups.isEmpty || groups.contains(group.name))
            && (standings.isEmpty || standings.contains(group.standing))
            && (ids.isEmpty || ids.contains(message.id.description))
            && fits(senders, message.sender.isEmpty ? "<>" : message.sender)
            && fits(accounts, message.origin.account) && fits(scripts, message.origin.script)
            && fits(clients, message.origin.client) && fits(users, message.origin.user)
            && (domains.isEmpty || (!message.domains.isEmpty && message.domains.allSatisfy(domains.contains)))
    }

    /// Indices of the chosen messages in the scan's survey.
    package func chosen(from scan: QueueScan) -> [Int] {
        scan.survey.messages.indices.filter { index in
            contains(scan.survey.messages[index], in: scan.groups[scan.groupOf[index]])
        }
    }
}
