/// The mail servers whose queues are known.
package enum MTAKind: String, CaseIterable, Sendable, Codable {
    case postfix, exim, opensmtpd, sendmail, sluice
}

/// Where a message was seen.
package struct QueueEntry: Hashable, Sendable {
    package var id: QueueID
    /// The mail server's word for the place.
    package var place: String
    /// Its file.
    package var path: String

    package init(id: QueueID, place: String, path: String) {
        self.id = id
        self.place = place
        self.path = path
    }
}

/// What is in the queue at one moment.
package struct QueueListing: Sendable {
    package var entries: [QueueID: QueueEntry] = [:]
    /// Places and files that could not be understood, for people: what is here may hide messages.
    package var problems: [String] = []

    package init() {}
}

/// What reading one message gave.
package enum QueueReading: Sendable {
    case message(QueuedMessage)
    /// No longer where it was seen: delivered, deleted, or moved.
    case gone
    /// Still being received; not in the queue yet.
    case arriving
    case unreadable(String)
}

/// One mail server's queue: listed and read as files, changed only by the server's own programs, while it runs.
///
/// All of it blocks. The acts take many ids at once and say nothing about each: what became of each is looked up afterwards by
/// listing again, which needs no trust in the wording of any program.
package protocol MailQueue: Sendable {
    var kind: MTAKind { get }
    /// For people and journals: `Postfix, /etc/postfix`.
    var name: String { get }
    /// Queues of the same mail server that are not looked at here: what has to be given as its configuration for them.
    var others: [String] { get }
    func list() throws(MTAError) -> QueueListing
    func read(_ entry: QueueEntry) -> QueueReading
    /// Keeps messages from being delivered.
    func hold(_ ids: [QueueID]) throws(MTAError)
    /// Lets held messages go.
    func release(_ ids: [QueueID]) throws(MTAError)
    /// Whether a queue id may be given to another message once its message is gone.
    var mayReuseIDs: Bool { get }
    /// Deletes messages; where ids may be used again, only those that are held. What is being delivered stays.
    func deleteHeld(_ ids: [QueueID]) throws(MTAError)
    /// Whether the entry is where held messages lie; `nil`: only reading tells.
    func isHeld(_ entry: QueueEntry) -> Bool?
    /// The program that takes a message on standard input, with the arguments that stand before `-f`; `nil` where only SMTP does.
    var submission: (program: Program, arguments: [String])? { get }
}

extension MailQueue {
    package var others: [String] { [] }
}

/// Bounds that hold for every queue.
package enum QueueBounds {
    package static let messages = 2_000_000
    /// A queue file that is read: above what any mail server accepts by default.
    package static let fileBytes = 256 * 1024 * 1024
    package static let recipients = 100_000
    /// Ids in one call of a program.
    package static let batch = 2_000
}
