/// How a header field is looked at.
enum FieldKind {
    case subject, messageID, date, references, received, address
    /// Fields whose whole value is a name of software or form: Content-Type, User-Agent.
    case form
    case other
    /// Not looked at: what transports, lists and scanners add tells where a training mail was collected and not what
    /// it is, and in outbound mail it is absent or the attacker's to choose.
    case skipped

    init(_ name: borrowing Span<UInt8>) {
        for entry in Self.named where Self.equal(name, entry.name) {
            self = entry.kind
            return
        }
        for prefix in Self.skippedPrefixes where Self.hasPrefix(name, prefix) {
            self = .skipped
            return
        }
        self = .other
    }

    private static let kinds: [(name: String, kind: FieldKind)] = [
        ("subject", .subject), ("message-id", .messageID), ("date", .date), ("references", .references),
        ("in-reply-to", .references), ("received", .received), ("from", .address), ("to", .address),
        ("cc", .address), ("reply-to", .address), ("sender", .address), ("content-type", .form),
        ("mime-version", .form), ("content-transfer-encoding", .form), ("x-mailer", .form), ("user-agent", .form),
        ("x-mimeole", .form),
    ]
    private static let named = kinds.map { (name: Array($0.name.utf8), kind: $0.kind) }

    private static let skippedPrefixes: [[UInt8]] = [
        "list-", "x-spam", "x-mailman", "x-virus", "dkim", "arc-", "authentication", "x-url", "x-loop", "x-been",
        "errors-to", "precedence", "mailing", "x-mailing", "x-list", "delivered", "x-x", "status", "x-habeas",
        "x-image-url", "received", "x-sluice", "return-path", "x-original-", "x-authenticated", "x-php",
    ].map { Array($0.utf8) }

    private static func equal(_ name: borrowing Span<UInt8>, _ other: [UInt8]) -> Bool {
        name.count == other.count && hasPrefix(name, other)
    }

    private static func hasPrefix(_ name: borrowing Span<UInt8>, _ prefix: [UInt8]) -> Bool {
        guard name.count >= prefix.count else { return false }
        for i in 0..<prefix.count where name[i] != prefix[i] { return false }
        return true
    }
}
