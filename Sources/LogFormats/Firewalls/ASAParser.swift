import MailTypes

/// Cisco ASA, its forerunner PIX and its successor FTD: 302013 (built), 106023 and 106001 (deny), 106100 (permit or deny by list), 113005 and 605004 (logins).
enum ASAParser {
    /// Where a message begins: `%ASA-`, `%PIX-`, `%FTD-`; -1 if nowhere.
    static func find(_ text: ByteSlice) -> Int {
        var at = text.index(of: 0x25)
        while at >= 0 {
            let rest = text.from(at)
            if rest.hasPrefix("%ASA-") || rest.hasPrefix("%PIX-") || rest.hasPrefix("%FTD-") { return at }
            at = text.index(of: 0x25, from: at + 1)
        }
        return -1
    }

    /// - Parameter text: from `%ASA-` on: `%ASA-6-302013: …`, `%ASA-session-6-302013: …`.
    static func parse(_ text: ByteSlice) -> LogEvent? {
        let colon = text.find(": ")
        guard colon > 0 else { return nil }
        let dash = text.prefix(colon).lastIndex(of: Byte.dash)
        guard dash > 0, let number = text.part(dash + 1, colon).number else { return nil }
        let body = text.from(colon + 2)
        switch number {
        case 302_013: return built(body)
        case 106_023: return deny(body)
        case 106_001: return denied(body)
        case 106_100: return list(body)
        case 113_005, 113_015: return rejected(body)
        case 605_004: return login(body, " denied from ", success: false)
        case 605_005: return login(body, " permitted from ", success: true)
        default: return .nothing
        }
    }

    /// `outside:192.0.2.1/25` as address and port.
    private static func endpoint(_ text: ByteSlice, _ opener: UInt8 = Byte.slash) -> (IPAddress, UInt16)? {
        let colon = text.index(of: Byte.colon)
        var rest = text
        if colon >= 0, colon < 40, text.prefix(colon).address == nil,
            text.prefix(colon).hexadecimal == nil || text.at(colon + 1) != Byte.colon
        {
            rest = text.from(colon + 1)
        }
        let slash = rest.lastIndex(of: opener)
        guard slash > 0, let address = rest.prefix(slash).address, let port = rest.from(slash + 1).leadingNumber,
            let port = UInt16(exactly: port)
        else { return nil }
        return (address, port)
    }

    /// `Built outbound TCP connection 1 for outside:192.0.2.1/25 (…) to inside:10.0.0.5/1234 (…)`
    private static func built(_ body: ByteSlice) -> LogEvent? {
        guard body.contains(" TCP ") else { return .nothing }
        let outbound = body.hasPrefix("Built outbound")
        let forAt = body.find(" for ")
        let toAt = body.find(" to ", from: max(0, forAt))
        guard forAt > 0, toAt > 0, let first = endpoint(body.part(forAt + 5, toAt).upTo(Byte.space)),
            let second = endpoint(body.from(toAt + 4).upTo(Byte.space))
        else { return nil }
        let (source, target) = outbound ? (second, first) : (first, second)
        var flow = Flow(source: source.0, destination: target.0, accepted: true)
        flow.sourcePort = source.1
        flow.destinationPort = target.1
        flow.direction = outbound ? .outgoing : .incoming
        return .flow(flow)
    }

    /// `Deny tcp src outside:192.0.2.1/1234 dst inside:10.0.0.5/25 by access-group "x"`
    private static func deny(_ body: ByteSlice) -> LogEvent? {
        guard body.hasPrefix("Deny tcp ") else { return .nothing }
        guard let from = body.value(after: "src ", upTo: Byte.space).flatMap({ endpoint($0) }),
            let to = body.value(after: "dst ", upTo: Byte.space).flatMap({ endpoint($0) })
        else { return nil }
        return .flow(flow(from, to, accepted: false))
    }

    /// `Inbound TCP connection denied from 192.0.2.1/1234 to 198.51.100.1/25 flags SYN on interface outside`
    private static func denied(_ body: ByteSlice) -> LogEvent? {
        guard let from = body.value(after: " from ", upTo: Byte.space).flatMap({ endpoint($0) }),
            let to = body.value(after: " to ", upTo: Byte.space).flatMap({ endpoint($0) })
        else { return nil }
        return .flow(flow(from, to, accepted: false))
    }

    /// `access-list x permitted tcp outside/192.0.2.1(1234) -> inside/10.0.0.5(25) hit-cnt 1 …`
    private static func list(_ body: ByteSlice) -> LogEvent? {
        guard body.contains(" tcp ") else { return .nothing }
        let arrow = body.find(" -> ")
        let start = body.find(" tcp ")
        guard arrow > start, let from = listed(body.part(start + 5, arrow)),
            let to = listed(body.from(arrow + 4).upTo(Byte.space))
        else { return nil }
        var result = flow(from, to, accepted: body.contains(" permitted ") || body.contains(" est-allowed "))
        if let hits = body.value(after: "hit-cnt ", upTo: Byte.space)?.number {
            result.count = min(max(1, hits), 1_000_000)
        }
        return .flow(result)
    }

    private static func listed(_ text: ByteSlice) -> (IPAddress, UInt16)? {
        let slash = text.index(of: Byte.slash)
        let open = text.index(of: Byte.open)
        guard slash >= 0, open > slash, let address = text.part(slash + 1, open).address,
            let port = text.from(open + 1).leadingNumber.flatMap({ UInt16(exactly: $0) })
        else { return nil }
        return (address, port)
    }

    private static func flow(_ from: (IPAddress, UInt16), _ to: (IPAddress, UInt16), accepted: Bool) -> Flow {
        var flow = Flow(source: from.0, destination: to.0, accepted: accepted)
        flow.sourcePort = from.1
        flow.destinationPort = to.1
        return flow
    }

    /// `AAA user authentication Rejected : reason = … : user = u : user IP = 192.0.2.1`
    private static func rejected(_ body: ByteSlice) -> LogEvent? {
        guard let address = body.value(after: "user IP = ", upTo: Byte.space)?.address else { return .nothing }
        var event = Login(address: address, success: false, service: .other)
        event.account = body.value(after: ": user = ", upTo: Byte.space) ?? .empty
        return .login(event)
    }

    /// `Login denied from 192.0.2.1/1234 to outside:198.51.100.1/ssh for user "root"`
    private static func login(_ body: ByteSlice, _ verb: StaticString, success: Bool) -> LogEvent? {
        guard let address = body.value(after: verb, upTo: Byte.slash)?.address else { return .nothing }
        var event = Login(address: address, success: success, service: .ssh)
        event.account = body.value(after: "user \"", upTo: Byte.quote) ?? .empty
        return .login(event)
    }
}
