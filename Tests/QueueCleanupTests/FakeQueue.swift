import MTAControl
import MailTypes

/// A queue in memory: what the acts do when things happen that a real mail server does rarely.
final class FakeQueue: MailQueue, @unchecked Sendable {
    let kind = MTAKind.postfix
    let name = "fake"
    let mayReuseIDs = true
    var messages: [QueueID: QueuedMessage] = [:]
    var problems: [String] = []
    /// Called before each act with its name.
    var before: (String) -> Void = { _ in }
    /// Cannot be held: being delivered.
    var busy: Set<QueueID> = []
    private(set) var deleted: [QueueID] = []
    private(set) var released: [QueueID] = []

    func list() -> QueueListing {
        var listing = QueueListing()
        listing.problems = problems
        for message in messages.values {
            listing.entries[message.id] = QueueEntry(id: message.id, place: message.place, path: "")
        }
        return listing
    }

    func read(_ entry: QueueEntry) -> QueueReading { messages[entry.id].map { .message($0) } ?? .gone }
    func isHeld(_ entry: QueueEntry) -> Bool? { messages[entry.id]?.isHeld }

    func hold(_ ids: [QueueID]) {
        before("hold")
        for id in ids where !busy.contains(id) { messages[id]?.isHeld = true }
    }

    func release(_ ids: [QueueID]) {
        before("release")
        released += ids
        for id in ids { messages[id]?.isHeld = false }
    }

    func deleteHeld(_ ids: [QueueID]) {
        before("delete")
        for id in ids where messages[id]?.isHeld == true {
            messages[id] = nil
            deleted.append(id)
        }
    }

    var submission: (program: Program, arguments: [String])? { (Program("/bin/false"), []) }

    @discardableResult
    func add(
        _ number: Int, _ text: String, sender: String = "a@b.example", arrival: Int64 = 1000, account: String? = nil
    )
        -> QueueID?
    {
        guard let id = QueueID("QUEUE\(10_000 + number)") else { return nil }
        messages[id] = QueuedMessage(
            id: id, place: "deferred", isHeld: false, arrival: Timestamp(seconds: arrival + Int64(number)),
            sender: sender,
            recipients: [.init("r\(number)@x.example"), .init("done@x.example", isDone: true)],
            origin: .init(account: account), content: Array(text.utf8))
        return id
    }

    func target(_ id: QueueID) -> [QueuedMessage] { messages[id].map { [$0] } ?? [] }
}
