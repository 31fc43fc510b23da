package import MailTypes

/// A message as it lies in a queue, with its envelope.
package struct QueuedMessage: Sendable {
    package var id: QueueID
    /// Where it lies, in the mail server's own word: `deferred`, `hold`, `input`.
    package var place: String
    /// It stays until somebody lets it go: Postfix's hold, Exim's frozen.
    package var isHeld: Bool
    package var arrival: Timestamp
    /// The reverse-path; empty for bounces.
    package var sender: String
    package var recipients: [Recipient]
    package var origin: Origin
    /// Header and body as they go out, lines ending in LF as queues keep them.
    package var content: [UInt8]

    package struct Recipient: Hashable, Sendable {
        package var address: String
        /// It was delivered already (or given up), and is not tried again.
        package var isDone: Bool

        package init(_ address: String, isDone: Bool = false) {
            self.address = address
            self.isDone = isDone
        }
    }

    /// Who put it there, as the mail server noted itself: nothing here comes from the message's header.
    package struct Origin: Hashable, Sendable {
        /// The login.
        package var account: String?
        /// The client's address.
        package var client: String?
        /// The local user, for messages that a program on this host submitted.
        package var user: String?

        package init(account: String? = nil, client: String? = nil, user: String? = nil) {
            self.account = account
            self.client = client
            self.user = user
        }
    }

    package init(
        id: QueueID, place: String, isHeld: Bool, arrival: Timestamp, sender: String, recipients: [Recipient],
        origin: Origin, content: [UInt8]
    ) {
        self.id = id
        self.place = place
        self.isHeld = isHeld
        self.arrival = arrival
        self.sender = sender
        self.recipients = recipients
        self.origin = origin
        self.content = content
    }

    /// Recipients that are still tried.
    package var left: [String] { recipients.filter { !$0.isDone }.map(\.address) }
}
