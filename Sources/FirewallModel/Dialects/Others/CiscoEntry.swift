import MailTypes

/// One entry of a Cisco access list: `permit tcp any host 192.0.2.1 eq smtp log`.
struct CiscoEntry {
    private let words: [String]
    private let families: Set<AddressFamily>
    private let isASA: Bool
    private let groups: CiscoGroups
    private let source: SourceText
    private let line: Int
    private var at = 1
    private var conditions: [Condition] = []

    init(
        words: [Substring], families: Set<AddressFamily>, isASA: Bool, groups: CiscoGroups, source: SourceText,
        line: Int
    ) {
        self.words = words.map(String.init)
        self.families = families
        self.isASA = isASA
        self.groups = groups
        self.source = source
        self.line = line
    }

    private func wrong(_ what: String) -> FirewallError {
        source.error(line, "\(what): \(SafeText.printable(words.joined(separator: " "), limit: 120))")
    }

    private var peek: String? { at < words.count ? words[at] : nil }

    private mutating func take() -> String? {
        guard at < words.count else { return nil }
        at += 1
        return words[at - 1]
    }

    /// `nil`: the entry is not for TCP packets that open a connection.
    mutating func conditions(isStandard: Bool) throws(FirewallError) -> [Condition]? {
        if isStandard {
            try addresses(isSource: true)
            return conditions
        }
        guard var name = take() else { throw wrong("no protocol: the file is cut") }
        if name == "object-group" || name == "object" {
            name = take() ?? ""
            if let isTCP = groups.isTCP(name) { return isTCP ? try rest() : nil }
            guard let ports = groups.ports(name) else {
                conditions.append(.undecided("service group \(SafeText.printable(name, limit: 60))"))
                return try rest()
            }
            conditions.append(.destinationPort(ports))
        } else if !["ip", "ipv4", "ipv6", "tcp", "6", "any", "tcp-udp"].contains(name) {
            return nil
        }
        return try rest()
    }

    private mutating func rest() throws(FirewallError) -> [Condition]? {
        try addresses(isSource: true)
        try ports(isSource: true)
        try addresses(isSource: false)
        try ports(isSource: false)
        while let word = take() {
            switch word {
            case "established", "fragments", "fragment", "inactive", "ack", "rst", "fin": return nil
            case "log", "log-input", "counters", "count", "interval", "notifications", "informational", "debugging",
                "syn", "nexthop1":
                continue
            case "time-range":
                _ = take()
                conditions.append(.undecided("time-range"))
            case "match-any", "match-all", "+syn", "-ack", "+ack", "-syn", "dscp", "precedence", "tos", "ttl",
                "flow-label",
                "packet-length", "option", "vlan", "http-method", "hop-by-hop", "routing", "auth", "dest-option",
                "mobility",
                "tracked", "ecn", "user", "user-group", "security-group":
                if let next = peek, !["log", "established"].contains(next) { _ = take() }
                conditions.append(.undecided(word))
            default:
                if word.hasPrefix("(") { return conditions }  // `(12 matches)`, `(hitcnt=3)`
                if Int(word) != nil || word.hasPrefix("0x") { continue }
                conditions.append(.undecided(SafeText.printable(word, limit: 40)))
            }
        }
        return conditions
    }

    private mutating func addresses(isSource: Bool) throws(FirewallError) {
        guard let word = take() else { throw wrong("no \(isSource ? "source" : "destination"): the file is cut") }
        func add(_ set: AddressSet) { conditions.append(isSource ? .source(set) : .destination(set)) }
        switch word {
        case "any": return
        case "any4": conditions.append(.family(.ipv4))
        case "any6": conditions.append(.family(.ipv6))
        case "host":
            guard let text = take() else { throw wrong("no address: the file is cut") }
            guard case .set(let set) = AddressText.read(groups.names[text] ?? text) else {
                conditions.append(.undecided("host \(SafeText.printable(text, limit: 60))"))
                return
            }
            add(set)
        case "object-group", "object", "net-group", "addrgroup", "address-group":
            let name = take() ?? ""
            if let set = groups.addresses(name) {
                add(set)
            } else {
                conditions.append(.undecided("group \(SafeText.printable(name, limit: 60))"))
            }
        case "interface":
            _ = take()
            conditions.append(.undecided("an interface's own address"))
        default:
            let word = groups.names[word] ?? word
            guard let address = IPAddress(word) else {
                guard case .set(let set) = AddressText.read(word) else { throw wrong("no address") }
                add(set)
                return
            }
            guard let mask = peek, let bits = IPAddress(mask), bits.isIPv4, address.isIPv4 else {
                add(AddressText.single(address))
                return
            }
            at += 1
            let free = isASA ? ~bits.number & address.family.universe.last : bits.number
            guard let set = AddressText.wildcard(address, free: free) else {
                conditions.append(.undecided("a mask with too many holes"))
                return
            }
            add(set)
        }
    }

    private mutating func ports(isSource: Bool) throws(FirewallError) {
        guard let word = peek else { return }
        let set: PortSet
        switch word {
        case "eq", "neq":
            var parts: [PortSet] = []
            at += 1
            while let text = peek, let port = ServiceNames.port(text) {
                parts.append(PortSet(port))
                at += 1
            }
            if parts.isEmpty {
                // A port's name that is not known: is it one of ours?
                conditions.append(.undecided("port \(SafeText.printable(take() ?? "?", limit: 40))"))
                return
            }
            set = word == "eq" ? PortSet(union: parts) : PortSet(union: parts).complement
        case "gt", "lt":
            guard at + 1 < words.count, let parsed = CiscoEntry.ports([word, words[at + 1]]) else {
                throw wrong("no port")
            }
            (set, at) = (parsed, at + 2)
        case "range":
            guard at + 2 < words.count, let parsed = CiscoEntry.ports([word, words[at + 1], words[at + 2]]) else {
                throw wrong("no port range")
            }
            (set, at) = (parsed, at + 3)
        case "port-group", "portgroup":
            let name = at + 1 < words.count ? words[at + 1] : ""
            at += 2
            guard let parsed = groups.ports(name) else {
                conditions.append(.undecided("port group \(SafeText.printable(name, limit: 60))"))
                return
            }
            set = parsed
        case "object-group" where at + 1 < words.count && groups.isService(words[at + 1]):
            guard let parsed = groups.ports(words[at + 1]) else { throw wrong("no port group") }
            (set, at) = (parsed, at + 2)
        default: return
        }
        conditions.append(isSource ? .sourcePort(set) : .destinationPort(set))
    }

    /// `eq 25`, `range 25 30`, `gt 1023`, `lt 1024`, `neq 25`, or a bare port.
    static func ports(_ words: [String]) -> PortSet? {
        guard let verb = words.first else { return nil }
        let numbers = words.dropFirst().compactMap { ServiceNames.port($0) }
        switch (verb, numbers.first) {
        case ("eq", .some): return PortSet(union: numbers.map { PortSet($0) })
        case ("neq", .some): return PortSet(union: numbers.map { PortSet($0) }).complement
        case ("gt", .some(let low)): return low == 65535 ? PortSet(RangeSet()) : PortSet((low + 1)...65535)
        case ("lt", .some(let high)): return high == 0 ? PortSet(RangeSet()) : PortSet(0...(high - 1))
        case ("range", .some(let low)):
            guard numbers.count > 1, low <= numbers[1] else { return nil }
            return PortSet(low...numbers[1])
        default: return ServiceNames.port(verb).map { PortSet($0) }
        }
    }
}
