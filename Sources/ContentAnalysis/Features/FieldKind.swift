/// How a header field is looked at.
enum FieldKind {
    case subject, messageID, date, references, received, address
    /// Fields whose whole value is a name of software or form: Content-Type, User-Agent.
    case form
    case other
    /// Not looked at: what transports, lists and scanners add tells where a training mail was collected and not what
    /// it is, and in outbound mail it is absent or the attacker's to choose.
    case skipped

    init(_ name: UnsafeBufferPointer<UInt8>) {
        let hash = FeatureHash.extend(FeatureHash.basis, lowercased: name)
        for entry in Self.named where hash == entry.hash {
            self = entry.kind
            return
        }
        for prefix in Self.skippedPrefixes where prefix.first == name.first && name.starts(with: prefix) {
            self = .skipped
            return
        }
        self = .other
    }

    private static let names: [(StaticString, FieldKind)] = [
        ("subject", .subject), ("message-id", .messageID), ("date", .date), ("references", .references),
        ("in-reply-to", .references), ("received", .received), ("from", .address), ("to", .address),
        ("cc", .address), ("reply-to", .address), ("sender", .address), ("content-type", .form),
        ("mime-version", .form), ("content-transfer-encoding", .form), ("x-mailer", .form), ("user-agent", .form),
        ("x-mimeole", .form),
    ]
    private static let named = names.map { (hash: FeatureHash.namespace($0.0), kind: $0.1) }

    private static let skippedPrefixes: [[UInt8]] = [
        "list-", "x-spam", "x-mailman", "x-virus", "dkim", "arc-", "authentication", "x-url", "x-loop", "x-been",
        "errors-to", "precedence", "mailing", "x-mailing", "x-list", "delivered", "x-x", "status", "x-habeas",
        "x-image-url", "received", "x-sluice", "return-path", "x-original-", "x-authenticated", "x-php",
    ].map { Array($0.utf8) }
}
