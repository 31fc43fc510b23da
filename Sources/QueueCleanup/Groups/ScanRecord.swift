import MTAControl

/// What a scan leaves for the next command: which message was in which group, and a person's marks.
package struct ScanRecord: Codable, Sendable {
    package struct Entry: Codable, Sendable {
        var id: QueueID
        var sha256: String
        var group: String
    }

    static let version = 1

    var version = ScanRecord.version
    package var queue: String
    var nextNumber: Int
    package var marks: [String: MessageGroup.Verdict]
    private var messages: [Entry]

    var nameByMessage: [QueueID: Entry] {
        Dictionary(messages.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package init(_ scan: QueueScan, queue: String, after record: ScanRecord?) {
        self.queue = queue
        marks = record?.marks ?? [:]
        messages = []
        for group in scan.groups {
            for message in scan.messages(of: group) {
                messages.append(Entry(id: message.id, sha256: message.identity.sha256, group: group.name))
            }
        }
        let numbers = scan.groups.compactMap { Int($0.name.dropFirst()) }
        nextNumber = max(record?.nextNumber ?? 1, (numbers.max() ?? 0) + 1)
    }
}
