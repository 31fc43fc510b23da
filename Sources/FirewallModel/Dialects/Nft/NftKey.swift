import MailTypes

/// What the left side of an nft match selects from a packet, and how values of it become a condition.
enum NftKey {
    case source, destination, originalDestination
    case sourcePort, destinationPort, originalDestinationPort
    case incoming, outgoing
    /// The transport protocol: TCP.
    case transport
    /// The network protocol.
    case network
    case state, status
    case mark(MarkMatch.Place, mask: UInt32)
    /// TCP flags, masked.
    case flags(mask: Int)
    /// The route type of the destination.
    case destinationType
    case packetType, direction
    case address(masked: UInt128, source: Bool, AddressFamily)
    case concatenation([Selected])
    case unknown(String)

    /// A key with what must hold for it to exist at all (a TCP packet has no UDP port).
    struct Selected {
        var key: NftKey
        var requires: [Condition] = []
    }

    static func select(_ node: JSONNode) -> Selected {
        if let concatenated = node["concat"]?.elements {
            let parts = concatenated.map { select($0) }
            return Selected(key: .concatenation(parts), requires: parts.flatMap(\.requires))
        }
        if let operands = node["&"]?.elements, operands.count == 2 { return masked(operands[0], operands[1]) }
        if let body = node["payload"] { return payload(body) }
        if let body = node["meta"], let name = body["key"]?.text ?? body.text { return Selected(key: meta(name)) }
        if let body = node["ct"] { return connection(body) }
        if let body = node["fib"] {
            let flags = body["flags"]?.list.compactMap(\.text) ?? []
            if body["result"]?.text == "type", flags == ["daddr"] { return Selected(key: .destinationType) }
            return Selected(key: .unknown("fib \(flags.joined(separator: " . "))"))
        }
        let name = node.members?.first?.key ?? "an expression"
        return Selected(key: .unknown(SafeText.printable(name, limit: 40)))
    }

    private static func payload(_ body: JSONNode) -> Selected {
        let field = body["field"]?.text ?? ""
        switch (body["protocol"]?.text ?? "", field) {
        case ("ip", "saddr"): return Selected(key: .source, requires: [.family(.ipv4)])
        case ("ip", "daddr"): return Selected(key: .destination, requires: [.family(.ipv4)])
        case ("ip6", "saddr"): return Selected(key: .source, requires: [.family(.ipv6)])
        case ("ip6", "daddr"): return Selected(key: .destination, requires: [.family(.ipv6)])
        case ("ip", "protocol"): return Selected(key: .transport, requires: [.family(.ipv4)])
        case ("ip6", "nexthdr"): return Selected(key: .transport, requires: [.family(.ipv6)])
        case ("ip", _):
            return Selected(key: .unknown("ip \(SafeText.printable(field, limit: 40))"), requires: [.family(.ipv4)])
        case ("ip6", _):
            return Selected(key: .unknown("ip6 \(SafeText.printable(field, limit: 40))"), requires: [.family(.ipv6)])
        case ("tcp", "sport"), ("th", "sport"): return Selected(key: .sourcePort)
        case ("tcp", "dport"), ("th", "dport"): return Selected(key: .destinationPort)
        case ("tcp", "flags"): return Selected(key: .flags(mask: 255))
        case ("tcp", _), ("th", _): return Selected(key: .unknown("tcp \(SafeText.printable(field, limit: 40))"))
        case ("ether", "type"): return Selected(key: .network)
        case ("ether", _), ("vlan", _):
            return Selected(key: .unknown("the link layer's \(SafeText.printable(field, limit: 40))"))
        case ("", _):
            // The ports lie at the same place of every transport's header.
            switch (body["base"]?.text, body["offset"]?.integer, body["len"]?.integer) {
            case ("th", 0, 16): return Selected(key: .sourcePort)
            case ("th", 16, 16): return Selected(key: .destinationPort)
            default: return Selected(key: .unknown("raw payload"))
            }
        default: return Selected(key: .unknown("other protocol"), requires: [.never])
        }
    }

    private static func meta(_ name: String) -> NftKey {
        switch name {
        case "iifname", "iif", "ibrname", "sdifname": .incoming
        case "oifname", "oif": .outgoing
        case "l4proto": .transport
        case "nfproto", "protocol": .network
        case "mark": .mark(.packet, mask: .max)
        case "pkttype": .packetType
        default: .unknown("meta \(SafeText.printable(name, limit: 40))")
        }
    }

    private static func connection(_ body: JSONNode) -> Selected {
        let isOriginal = body["dir"]?.text == "original"
        func tracked(_ key: NftKey) -> Selected { Selected(key: key, requires: [.tracked]) }
        // Of a packet without a connection the kernel knows only the state; any other question ends the rule.
        switch body["key"]?.text {
        case "state": return Selected(key: .state)
        case "status": return tracked(.status)
        case "mark": return tracked(.mark(.connection, mask: .max))
        case "direction": return tracked(.direction)
        case "protocol": return tracked(.transport)
        case "l3proto": return tracked(.network)
        case "saddr" where isOriginal, "ip saddr" where isOriginal, "ip6 saddr" where isOriginal:
            return tracked(.source)
        case "daddr" where isOriginal, "ip daddr" where isOriginal, "ip6 daddr" where isOriginal:
            return tracked(.originalDestination)
        case "proto-src" where isOriginal: return tracked(.sourcePort)
        case "proto-dst" where isOriginal: return tracked(.originalDestinationPort)
        case let name: return tracked(.unknown("ct \(SafeText.printable(name ?? "?", limit: 40))"))
        }
    }

    private static func masked(_ left: JSONNode, _ mask: JSONNode) -> Selected {
        var selected = select(left)
        switch selected.key {
        case .mark(let place, let old):
            guard let bits = mask.text.flatMap({ Numbers.unsigned32($0) }) else { break }
            selected.key = .mark(place, mask: old & bits)
            return selected
        case .flags:
            guard let bits = flags(mask) else { break }
            selected.key = .flags(mask: bits)
            return selected
        case .source, .destination:
            guard let address = mask.text.flatMap({ IPAddress($0) }) else { break }
            var isSource = false
            if case .source = selected.key { isSource = true }
            selected.key = .address(masked: address.number, source: isSource, address.family)
            return selected
        default: break
        }
        selected.key = .unknown("a masked value")
        return selected
    }

    /// TCP flags as bits: a name, a number, a list or an `|` of names.
    static func flags(_ node: JSONNode) -> Int? {
        if let text = node.text {
            if let bit = NftNames.tcpFlags[text] { return bit }
            return Numbers.unsigned32(text).map { Int($0) }
        }
        let parts = node.elements ?? node["|"]?.elements ?? node["set"]?.elements
        guard let parts else { return nil }
        var bits = 0
        for part in parts {
            guard let more = flags(part) else { return nil }
            bits |= more
        }
        return bits
    }
}
