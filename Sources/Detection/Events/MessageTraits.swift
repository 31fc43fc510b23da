/// What a mail program shows of itself in a message: who steals a password rarely has the same one, set up alike.
package struct ClientTraits: Hashable, Sendable {
    /// A keyed hash of User-Agent or X-Mailer without its version; 0 if there is none.
    package var program: UInt64
    /// The Date field's offset from UTC in minutes; `nil` if there is none that can be read.
    package var zone: Int16?
    package var format: Format
    /// A keyed hash of the From address; 0 if there is none.
    package var from: UInt64
    /// A keyed hash of the name beside it; 0 if there is none.
    package var fromName: UInt64

    package init(
        program: UInt64 = 0, zone: Int16? = nil, format: Format = .unknown, from: UInt64 = 0, fromName: UInt64 = 0
    ) {
        self.program = program
        self.zone = zone
        self.format = format
        self.from = from
        self.fromName = fromName
    }

    /// How the text is laid out.
    package enum Format: UInt8, Hashable, Sendable, CaseIterable {
        case unknown, plain, html, alternative, attachments
    }
}

/// Where a message stands in a conversation, by keyed hashes of Message-IDs.
package struct ThreadTraits: Hashable, Sendable {
    /// Its own; 0 if it has none.
    package var id: UInt64
    /// In-Reply-To and the last References, each once; at most `limit`.
    package var repliesTo: [UInt64]

    package static let limit = 4

    package init(id: UInt64 = 0, repliesTo: [UInt64] = []) {
        self.id = id
        self.repliesTo = repliesTo
    }
}

/// How a message declares itself to be bulk mail.
package enum BulkMark: UInt8, Hashable, Sendable, CaseIterable {
    case none
    /// It has List-Unsubscribe (RFC 2369).
    case list
    /// It can be unsubscribed from by one click (RFC 8058).
    case oneClick
}
