import MailTypes

/// A message in memory. Used on the relay's event loop only.
final class ActiveMessage {
    var message: RelayMessage
    /// The bytes, as long as they are kept.
    var body: [[UInt8]]?
    /// Transactions and writes under way: while any is, the spool's state may be behind this one's.
    var pins = 0
    let cost: Int
    fileprivate(set) var isCached = false
    fileprivate var older: ActiveMessage?
    fileprivate weak var newer: ActiveMessage?

    init(_ message: RelayMessage, body: [[UInt8]]?) {
        self.message = message
        self.body = body
        let recipients = message.envelope.recipients.count
        cost = (body?.reduce(0) { $0 + $1.count } ?? 0) + 512 + 256 * recipients
    }
}

/// The messages in memory: fresh ones within a budget, the oldest given up first, and those that are in use.
///
/// What is given up is read from the spool again when its turn comes: that is the fate of mail to slow destinations, and it
/// leaves the memory to mail that is on its way out.
struct MessageCache {
    private var messages: [SubmissionID: ActiveMessage] = [:]
    private var newest: ActiveMessage?
    private weak var oldest: ActiveMessage?
    private(set) var bytes = 0
    let budget: Int

    init(budget: ByteCount) { self.budget = budget.bytes }

    var count: Int { messages.count }

    subscript(id: SubmissionID) -> ActiveMessage? { messages[id] }

    /// Keeps a fresh message, giving up older ones where needed.
    mutating func keep(_ message: ActiveMessage) {
        guard messages[message.message.id] == nil, message.cost <= budget else { return }
        messages[message.message.id] = message
        message.isCached = true
        message.older = newest
        newest?.newer = message
        newest = message
        if oldest == nil { oldest = message }
        bytes += message.cost
        while bytes > budget, let oldest { giveUp(oldest) }
    }

    /// Takes part in a message's handling: it stays in memory until the matching `unpin`.
    mutating func pin(_ message: ActiveMessage) {
        message.pins += 1
        if messages[message.message.id] == nil { messages[message.message.id] = message }
    }

    mutating func unpin(_ message: ActiveMessage) {
        message.pins -= 1
        if message.pins == 0, !message.isCached { messages[message.message.id] = nil }
    }

    /// The message will not be needed soon: put off, or settled.
    mutating func giveUp(_ message: ActiveMessage) {
        if message.isCached {
            message.isCached = false
            bytes -= message.cost
            let (older, newer) = (message.older, message.newer)
            if let newer { newer.older = older } else { newest = older }
            if let older { older.newer = newer } else { oldest = newer }
            message.older = nil
            message.newer = nil
        }
        if message.pins == 0 { messages[message.message.id] = nil }
    }
}
