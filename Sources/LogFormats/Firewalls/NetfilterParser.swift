import MailTypes

/// Lines of iptables, nftables and ufw (`IN= OUT= SRC= DST= PROTO= SPT= DPT=`), from the kernel, ulogd or Proxmox.
enum NetfilterParser {
    static func looksLike(_ text: ByteSlice) -> Bool {
        let source = text.find("SRC=")
        return source >= 0 && text.find(" DST=", from: source) > 0
    }

    static func parse(_ text: ByteSlice) -> LogEvent? {
        guard let source = value(text, "SRC="), let destination = value(text, "DST="), let from = source.address,
            let to = destination.address
        else { return nil }
        guard let kind = value(text, "PROTO="), kind.equals("TCP") || kind.equals("6") else { return .nothing }
        var flow = Flow(source: from, destination: to, accepted: false)
        flow.sourcePort = value(text, "SPT=").flatMap { $0.number }.flatMap { UInt16(exactly: $0) } ?? 0
        flow.destinationPort = value(text, "DPT=").flatMap { $0.number }.flatMap { UInt16(exactly: $0) } ?? 0
        let input = value(text, "IN=") ?? .empty
        let output = value(text, "OUT=") ?? .empty
        flow.direction =
            input.isEmpty ? (output.isEmpty ? .unknown : .outgoing) : output.isEmpty ? .incoming : .forwarded
        let end = text.find("IN=")
        let prefix = end < 0 ? text : text.prefix(end)
        let dropped = drops.contains { prefix.containsIgnoringCase($0) }
        let passed = passes.contains { prefix.containsIgnoringCase($0) }
        // A rule that only logs says neither. What goes out is then let out; what comes in has proved nothing.
        flow.accepted = !dropped && (passed || flow.direction != .incoming)
        return .flow(flow)
    }

    private static let drops: [StaticString] = ["drop", "block", "reject", "deny", "denied", "invalid"]
    private static let passes: [StaticString] = ["accept", "allow", "pass", "permit", "audit"]

    /// The value of a key at the beginning or behind a space.
    private static func value(_ text: ByteSlice, _ key: StaticString) -> ByteSlice? {
        var at = text.find(key)
        while at > 0, text[at - 1] != Byte.space, text[at - 1] != Byte.colon, text[at - 1] != Byte.closeSquare {
            at = text.find(key, from: at + 1)
        }
        return at < 0 ? nil : text.from(at + key.utf8CodeUnitCount).upTo(Byte.space)
    }
}
