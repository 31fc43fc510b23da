/// A message's header: the fields in their order, and what the known ones say.
///
/// Values are worked out when asked for; the reader itself only unfolds and decodes.
package struct MessageHeader: Sendable {
    /// At most `ReadingBounds.fields` and `ReadingBounds.headerBytes`.
    package var fields: [HeaderField]
    /// Fields in all, also those not kept.
    package var fieldCount: Int

    package init(fields: [HeaderField] = [], fieldCount: Int = 0) {
        self.fields = fields
        self.fieldCount = fieldCount
    }

    /// The topmost field of that name (lower case).
    package func first(_ name: StaticString) -> HeaderField? { fields.first { Bytes.equal($0.name, name) } }

    /// How often the field occurs among those kept.
    package func count(_ name: StaticString) -> Int { fields.count { Bytes.equal($0.name, name) } }

    /// Decoded to UTF-8; empty if there is none.
    package var subject: [UInt8] { first("subject")?.decoded ?? [] }
    package var from: [Mailbox] { mailboxes("from") }
    package var to: [Mailbox] { mailboxes("to") }
    package var cc: [Mailbox] { mailboxes("cc") }
    package var replyTo: [Mailbox] { mailboxes("reply-to") }
    package var sender: [Mailbox] { mailboxes("sender") }

    /// The mailboxes of the topmost field of that name; groups are flattened. At most `ReadingBounds.mailboxes`.
    package func mailboxes(_ name: StaticString) -> [Mailbox] {
        first(name).map { AddressListReader.mailboxes($0.value) } ?? []
    }

    /// With its angle brackets removed; empty if there is none.
    package var messageID: [UInt8] { first("message-id").flatMap { Self.ids($0.value).first } ?? [] }
    package var inReplyTo: [[UInt8]] { first("in-reply-to").map { Self.ids($0.value) } ?? [] }
    /// At most `ReadingBounds.references`, oldest first.
    package var references: [[UInt8]] { first("references").map { Self.ids($0.value) } ?? [] }
    /// The text of Date; it is the client's word.
    package var date: [UInt8] { first("date")?.value ?? [] }
    package var hasListUnsubscribe: Bool { first("list-unsubscribe") != nil }
    /// RFC 8058: one-click unsubscription is offered.
    package var hasOneClickUnsubscribe: Bool {
        guard hasListUnsubscribe, let post = first("list-unsubscribe-post") else { return false }
        return Bytes.equalIgnoringCase(Bytes.withoutSpace(post.value), "list-unsubscribe=one-click")
    }
    /// The `Received` fields: hops so far.
    package var hops: Int { count("received") }

    private static func ids(_ value: [UInt8]) -> [[UInt8]] {
        var ids: [[UInt8]] = []
        var rest = value[...]
        while ids.count < ReadingBounds.references, let open = rest.firstIndex(of: UInt8(ascii: "<")),
            let close = rest[open...].firstIndex(of: UInt8(ascii: ">"))
        {
            ids.append(Array(rest[(open + 1)..<close]))
            rest = rest[(close + 1)...]
        }
        if ids.isEmpty, !value.isEmpty { ids.append(value) }
        return ids
    }
}
