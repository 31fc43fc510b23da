import MailTypes

/// Turns the right side of an nft match into a condition.
struct NftValues {
    let table: String
    let sets: [String: JSONNode]
    let source: SourceText

    private func wrong(_ node: JSONNode, _ what: String) -> FirewallError {
        source.error(node.line, "\(what): \(SafeText.printable(node.compact(limit: 80), limit: 80))")
    }

    /// The condition that `key` has one of the values of `right`.
    func condition(_ key: NftKey, _ right: JSONNode) throws(FirewallError) -> Condition {
        if case .unknown(let what) = key { return .undecided(what) }
        if let name = right.text, name.hasPrefix("@") { return try lookup(key, String(name.dropFirst()), right) }
        if case .concatenation(let parts) = key { return try concatenations(parts, values(right)) }
        return try single(key, values(right), right)
    }

    /// The elements of an anonymous set, or the value itself.
    func values(_ node: JSONNode) -> [JSONNode] {
        (node["set"]?.list ?? node.elements ?? [node]).map { $0["elem"]?["val"] ?? $0 }
    }

    /// The set or map of that name, its elements without their timeouts and counters.
    func named(_ name: String, _ node: JSONNode) throws(FirewallError) -> (elements: [JSONNode], isDynamic: Bool) {
        guard let set = sets["\(table) \(name)"] else {
            throw FirewallError(
                .invalid, file: source.name, line: node.line,
                "set @\(SafeText.printable(name, limit: 64)) is not declared")
        }
        let elements = (set["elem"]?.list ?? []).map { $0["elem"]?["val"] ?? $0 }
        let flags = set["flags"]?.list.compactMap(\.text) ?? []
        return (elements, flags.contains("dynamic") || (flags.contains("timeout") && elements.isEmpty))
    }

    private func lookup(_ key: NftKey, _ name: String, _ node: JSONNode) throws(FirewallError) -> Condition {
        let (elements, isDynamic) = try named(name, node)
        let known: Condition
        if elements.contains(where: { $0.text == "*" }) { return .any([[]]) }
        if case .concatenation(let parts) = key {
            known = try concatenations(parts, elements)
        } else {
            known = elements.isEmpty ? .never : try single(key, elements, node)
        }
        guard isDynamic else { return known }
        return .any([
            [known], [.undecided("set @\(SafeText.printable(name, limit: 64)) is filled by rules as packets come")],
        ])
    }

    private func concatenations(_ parts: [NftKey.Selected], _ elements: [JSONNode]) throws(FirewallError) -> Condition {
        var alternatives: [[Condition]] = []
        alternatives.reserveCapacity(elements.count)
        for element in elements {
            guard let values = element["concat"]?.elements, values.count == parts.count else {
                throw wrong(element, "a concatenation of \(parts.count) values is expected")
            }
            var all: [Condition] = []
            for (part, value) in zip(parts, values) { all.append(try condition(part.key, value)) }
            if !all.contains(.never) { alternatives.append(all) }
        }
        return alternatives.isEmpty ? .never : .any(alternatives)
    }

    private func single(_ key: NftKey, _ values: [JSONNode], _ right: JSONNode) throws(FirewallError) -> Condition {
        switch key {
        case .source: return .source(try addresses(values))
        case .destination: return .destination(try addresses(values))
        case .originalDestination: return .originalDestination(try addresses(values))
        case .sourcePort: return .sourcePort(try ports(values))
        case .destinationPort: return .destinationPort(try ports(values))
        case .originalDestinationPort: return .originalDestinationPort(try ports(values))
        case .incoming: return .incoming(InterfaceMatch(try texts(values)))
        case .outgoing: return .outgoing(InterfaceMatch(try texts(values)))
        case .transport: return truth(try texts(values).contains { $0 == "tcp" || $0 == "6" })
        case .network: return network(try texts(values))
        case .state: return .connection(try states(right))
        case .status: return truth(false, orTranslated: try texts(values).contains("dnat"))
        case .mark(let place, let mask):
            return .mark(MarkMatch(place, mask: mask, values: try numbers(values)))
        case .flags(let mask):
            // A set holds if one of its values does.
            var holds = false
            for value in right["set"] == nil ? [right] : values {
                guard let bits = NftKey.flags(value) else { return .undecided("tcp flags") }
                holds = holds || 2 & mask == bits
            }
            return truth(holds)
        case .destinationType:
            let types = try texts(values)
            if types.contains("local") { return types.contains("unicast") ? .any([[]]) : .toThisHost(true) }
            return types.contains("unicast") ? .toThisHost(false) : .never
        case .packetType: return truth(try texts(values).contains { $0 == "host" || $0 == "unicast" || $0 == "0" })
        case .direction: return truth(try texts(values).contains { $0 == "original" || $0 == "0" })
        case .address(let mask, let isSource, let family):
            return try masked(values, mask, isSource, family)
        case .concatenation, .unknown: return .undecided("a concatenation")
        }
    }

    private func truth(_ holds: Bool, orTranslated: Bool = false) -> Condition {
        if orTranslated { return .connection(.translated) }
        return holds ? .any([[]]) : .never
    }

    private func network(_ names: [String]) -> Condition {
        let four = names.contains { ["ipv4", "ip", "2", "2048"].contains($0) }
        let six = names.contains { ["ipv6", "ip6", "10", "34525"].contains($0) }
        if four, six { return .any([[]]) }
        return four ? .family(.ipv4) : six ? .family(.ipv6) : .never
    }

    private func states(_ right: JSONNode) throws(FirewallError) -> ConnectionStates {
        var states: ConnectionStates = []
        for name in try texts(values(right["|"] ?? right)) {
            switch name {
            case "new", "8": states.insert(.new)
            case "untracked", "64": states.insert(.untracked)
            case "invalid", "1": states.insert(.invalid)
            case "established", "related", "0", "2", "4": states.insert(.later)
            default: throw wrong(right, "no connection state")
            }
        }
        return states
    }

    private func texts(_ values: [JSONNode]) throws(FirewallError) -> [String] {
        var result: [String] = []
        for value in values {
            if let text = value.text {
                result.append(text)
            } else if let inner = value["set"]?.elements ?? value["|"]?.elements ?? value.elements {
                result += inner.compactMap(\.text)
            } else if let range = value["range"]?.elements?.compactMap(\.integer), range.count == 2,
                range[0] <= range[1],
                range[1] - range[0] < 65536
            {
                result += (range[0]...range[1]).map(String.init)
            } else {
                throw wrong(value, "a name is expected")
            }
        }
        return result
    }

    private func masked(
        _ values: [JSONNode], _ mask: UInt128, _ isSource: Bool, _ family: AddressFamily
    ) throws(FirewallError) -> Condition {
        var union = AddressSet()
        for value in values {
            guard let address = value.text.flatMap({ IPAddress($0) }) else { throw wrong(value, "no address") }
            guard let set = AddressText.wildcard(address, free: ~mask & family.universe.last) else {
                return .undecided("a mask with too many holes")
            }
            union = union.union(set)
        }
        return isSource ? .source(union) : .destination(union)
    }

    func addresses(_ values: [JSONNode]) throws(FirewallError) -> AddressSet {
        var four: [AddressRange] = []
        var six: [AddressRange] = []
        for value in values {
            let set = try address(value)
            four += set.ipv4.ranges
            six += set.ipv6.ranges
        }
        return AddressSet(ipv4: RangeSet(normalizing: four), ipv6: RangeSet(normalizing: six))
    }

    private func address(_ value: JSONNode) throws(FirewallError) -> AddressSet {
        if let nested = value["set"]?.elements { return try addresses(nested.map { $0["elem"]?["val"] ?? $0 }) }
        if let prefix = value["prefix"], let length = prefix["len"]?.text {
            guard let address = prefix["addr"]?.text.flatMap({ IPAddress($0) }),
                let set = AddressText.masked(address, length)
            else { throw wrong(value, "no address block") }
            return set
        }
        if let ends = value["range"]?.elements, ends.count == 2 {
            guard let low = ends[0].text.flatMap({ IPAddress($0) }), let high = ends[1].text.flatMap({ IPAddress($0) }),
                low.family == high.family, low <= high
            else { throw wrong(value, "no address range") }
            return AddressSet(low.family, RangeSet(AddressRange(low.number, high.number)))
        }
        guard let text = value.text, case .set(let set) = AddressText.read(text) else {
            throw wrong(value, "no address")
        }
        return set
    }

    private func ports(_ values: [JSONNode]) throws(FirewallError) -> PortSet {
        var parts: [PortSet] = []
        for value in values {
            if let ends = value["range"]?.elements, ends.count == 2, let low = ends[0].text, let high = ends[1].text,
                let first = ServiceNames.port(low), let last = ServiceNames.port(high), first <= last
            {
                parts.append(PortSet(first...last))
            } else if let nested = value["set"]?.elements {
                parts.append(try ports(nested))
            } else if let text = value.text, let set = PortSet(text, separator: "-") {
                parts.append(set)
            } else {
                throw wrong(value, "no port")
            }
        }
        return PortSet(union: parts)
    }

    private func numbers(_ values: [JSONNode]) throws(FirewallError) -> RangeSet {
        var ranges: [AddressRange] = []
        for value in values {
            let ends = (value["range"]?.elements ?? [value]).compactMap { $0.text.flatMap { Numbers.unsigned32($0) } }
            guard let low = ends.first, let high = ends.last else { throw wrong(value, "no number") }
            ranges.append(AddressRange(UInt128(low), UInt128(high)))
        }
        return RangeSet(normalizing: ranges)
    }
}
