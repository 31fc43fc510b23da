package import MailTypes

/// pf: pfSense's and OPNsense's filterlog CSV, and tcpdump's text of pflog.
enum FilterlogParser {
    /// `53,,,1000000301,em0,match,block,in,4,0x0,,64,420,0,none,6,tcp,460,192.0.2.2,198.51.100.15,53742,25,…`
    static func parse(_ message: ByteSlice) -> LogEvent? {
        let fields = FieldCursor.split(message, by: Byte.comma, limit: 24)
        guard fields.count >= 9, let version = fields[8].number else { return nil }
        let accepted = fields[6].equals("pass")
        guard version == 4 || version == 6 else { return nil }
        let name = version == 4 ? 16 : 12
        let source = version == 4 ? 18 : 15
        guard fields.count > source + 1, let from = fields[source].address, let to = fields[source + 1].address else {
            return nil
        }
        guard fields[name].equalsIgnoringCase("tcp") else { return .nothing }
        var flow = Flow(source: from, destination: to, accepted: accepted)
        if fields.count > source + 3 {
            flow.sourcePort = fields[source + 2].number.flatMap { UInt16(exactly: $0) } ?? 0
            flow.destinationPort = fields[source + 3].number.flatMap { UInt16(exactly: $0) } ?? 0
        }
        // `in` and `out` are seen from the interface; which way is outward shows by the addresses.
        if !from.isInside, fields[7].equals("in") { flow.direction = .incoming }
        return .flow(flow)
    }

    /// `rule 3/0(match): block in on em0: 192.0.2.2.53742 > 198.51.100.15.25: Flags [S], …`
    static func parseText(_ message: ByteSlice) -> LogEvent? {
        let on = message.find(" on ")
        let arrow = message.find(" > ")
        guard message.hasPrefix("rule "), on > 0, arrow > on else { return nil }
        let colon = message.find(": ", from: on)
        guard colon > 0, colon < arrow else { return nil }
        // pflogd with `-v`: `(tos 0x0, …) 192.0.2.2.53742 > …`
        let words = message.part(colon + 2, arrow)
        let from = words.first == Byte.open ? words.from(words.lastIndex(of: Byte.space) + 1) : words
        let to = message.from(arrow + 3)
        let end = to.find(":")
        guard let source = dotted(from), let target = dotted(end < 0 ? to : to.prefix(end))
        else {
            return .nothing
        }
        var flow = Flow(source: source.0, destination: target.0, accepted: message.prefix(on).contains(": pass "))
        flow.sourcePort = source.1
        flow.destinationPort = target.1
        return .flow(flow)
    }

    private static func dotted(_ text: ByteSlice) -> (IPAddress, UInt16)? {
        let dot = text.lastIndex(of: Byte.dot)
        guard dot > 0, let port = text.from(dot + 1).number.flatMap({ UInt16(exactly: $0) }),
            let address = text.prefix(dot).address
        else { return nil }
        return (address, port)
    }
}

extension IPAddress {
    /// Private, link-local, loopback or carrier-grade NAT addresses: hosts that are ours or a filter's.
    package var isInside: Bool {
        switch self {
        case .v4(let bits):
            bits >> 24 == 10 || bits >> 24 == 127 || bits >> 20 == 0xac1 || bits >> 16 == 0xc0a8 || bits >> 16 == 0xa9fe
                || bits >> 22 == 0x191
        case .v6(let high, let low): high >> 57 == 0x7e || high >> 54 == 0x3fa || (high == 0 && low <= 1)
        }
    }
}
