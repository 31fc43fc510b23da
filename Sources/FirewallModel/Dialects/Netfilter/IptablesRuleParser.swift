import MailTypes

/// Reads one iptables rule's words into conditions and an action.
struct IptablesRuleParser {
    let family: AddressFamily
    let source: SourceText
    let line: Int
    private let words: [Substring]
    private var next = 0
    private var conditions: [Condition] = []
    private var action: Action?
    private var target = ""
    private var isGoto = false
    private var module = ""
    private var inTarget = false
    private var negated = false
    /// What `-m conntrack` asks of the connection, and whether it asks for the state too.
    private var ofConnection: [Condition] = []
    private var asksState = false
    private var translation = Translation(.unchanged)
    private var markChange: Action?
    /// `--save-mark` or `--restore-mark`, and the masks that follow.
    private var copies = ""
    private var packetMask = UInt32.max
    private var connectionMask = UInt32.max
    private var untracks = false
    private var recent = (isUsed: false, sets: false, asks: false)

    init(words: [Substring], family: AddressFamily, source: SourceText, line: Int) {
        self.words = words
        self.family = family
        self.source = source
        self.line = line
    }

    /// `nil`: the rule matches no TCP packet that opens a connection.
    mutating func rule(
        origin: RuleOrigin, sets: IPSets, chain: (String) -> Int?
    ) throws(FirewallError) -> Rule? {
        while next < words.count {
            let word = words[next]
            next += 1
            if word == "!" {
                negated = true
                continue
            }
            if next < words.count, words[next] == "!", word.hasPrefix("-"), !inTarget {  // the old order: -s ! ADDRESS
                negated = true
                next += 1
            }
            try option(word, sets)
            negated = false
        }
        if recent.isUsed, recent.asks || !recent.sets { conditions.append(.undecided("-m recent")) }
        conditions += connectionCondition
        let action = try verdict(chain)
        guard !conditions.contains(.never), action != .proceed else { return nil }
        return Rule(conditions, action, origin)
    }

    private func wrong(_ what: String, _ value: Substring = "") -> FirewallError {
        source.error(line, value.isEmpty ? what : "\(what): \(SafeText.printable(String(value), limit: 64))")
    }

    private mutating func value(_ option: Substring) throws(FirewallError) -> Substring {
        guard next < words.count else {
            throw wrong("\(SafeText.printable(String(option), limit: 40)) without a value: the file is cut")
        }
        next += 1
        return words[next - 1]
    }

    private mutating func require(_ condition: Condition) {
        conditions.append(negated ? .none([[condition]]) : condition)
    }

    private mutating func require(_ holds: Bool) {
        if holds == negated { conditions.append(.never) }
    }

    // MARK: Options

    private mutating func option(_ word: Substring, _ sets: IPSets) throws(FirewallError) {
        if inTarget, try targetOption(word) { return }
        switch word {
        case "-s", "--source", "--src": try addresses(value(word), isSource: true)
        case "-d", "--destination", "--dst": try addresses(value(word), isSource: false)
        case "-i", "--in-interface": require(.incoming(InterfaceMatch([interface(try value(word))])))
        case "-o", "--out-interface": require(.outgoing(InterfaceMatch([interface(try value(word))])))
        case "-p", "--protocol", "--proto":
            let name = try value(word)
            require(["tcp", "6", "all", "0"].contains(name.lowercased()))
        case "-f", "--fragment": require(false)
        case "-4", "--ipv4": if family != .ipv4 { conditions.append(.never) }
        case "-6", "--ipv6": if family != .ipv6 { conditions.append(.never) }
        case "-c", "--set-counters":
            _ = try value(word)
            if next < words.count, Int(words[next]) != nil { next += 1 }
        case "-m", "--match":
            module = String(try value(word))
            inTarget = false
            if module == "recent" { recent.isUsed = true }
            if !IptablesRuleParser.decided.contains(module) {
                conditions.append(.undecided("-m \(SafeText.printable(module, limit: 40))"))
            }
        case "-j", "--jump", "-g", "--goto":
            guard target.isEmpty else { throw wrong("a second target") }
            target = String(try value(word))
            isGoto = word == "-g" || word == "--goto"
            inTarget = true
        default:
            let before = conditions.count
            try moduleOption(word, sets)
            guard word.hasPrefix("--ct"), module == "conntrack" else { break }
            if word == "--ctstate" { asksState = true } else { ofConnection += conditions[before...] + [.tracked] }
            if word != "--ctstate" { conditions.removeSubrange(before...) }
        }
    }

    /// The kernel's conntrack match, of a packet without a connection, asks for the state alone, and does not hold without it.
    private var connectionCondition: [Condition] {
        guard !ofConnection.isEmpty else { return [] }
        return asksState ? [.any([[.none([[.tracked]])], ofConnection])] : ofConnection
    }

    private mutating func moduleOption(_ word: Substring, _ sets: IPSets) throws(FirewallError) {
        switch (module, word) {
        case (_, "--comment"): _ = try value(word)
        case (_, "--sport"), (_, "--source-port"), ("multiport", "--sports"), ("multiport", "--source-ports"):
            require(.sourcePort(try ports(value(word))))
        case (_, "--dport"), (_, "--destination-port"), ("multiport", "--dports"), ("multiport", "--destination-ports"):
            require(.destinationPort(try ports(value(word))))
        case ("multiport", "--ports"), ("multiport", "--port"):
            let ports = try ports(value(word))
            let either = Condition.any([[.sourcePort(ports)], [.destinationPort(ports)]])
            require(either)
        case (_, "--syn"): require(true)
        case (_, "--tcp-flags"):
            let mask = try flags(value(word))
            require(mask.intersection(["SYN"]) == (try flags(value(word))))
        case ("state", "--state"), ("conntrack", "--ctstate"): require(.connection(try states(value(word))))
        case ("conntrack", "--ctproto"): require(["tcp", "6"].contains(try value(word).lowercased()))
        case ("conntrack", "--ctdir"): require(try value(word).uppercased() == "ORIGINAL")
        case ("conntrack", "--ctorigsrc"): try addresses(value(word), isSource: true)
        case ("conntrack", "--ctorigdst"):
            guard case .set(let set) = AddressText.read(try value(word)) else { throw wrong("no address") }
            require(.originalDestination(set))
        case ("conntrack", "--ctorigdstport"): require(.originalDestinationPort(try ports(value(word))))
        case ("conntrack", "--ctorigsrcport"): require(.sourcePort(try ports(value(word))))
        case ("iprange", "--src-range"): try addresses(value(word), isSource: true)
        case ("iprange", "--dst-range"): try addresses(value(word), isSource: false)
        case ("mark", "--mark"): try mark(value(word), .packet)
        case ("connmark", "--mark"):
            conditions.append(.tracked)
            try mark(value(word), .connection)
        case ("set", "--match-set"), ("set", "--set"):
            let name = String(try value(word))
            require(try sets.condition(name, flags: String(value(word)), source: source))
        case ("addrtype", "--dst-type"):
            let types = try value(word).uppercased().split(separator: ",")
            if types.contains("LOCAL") { require(.toThisHost(true)) } else { require(types.contains("UNICAST")) }
        case ("pkttype", "--pkt-type"): require(try ["unicast", "host"].contains(value(word).lowercased()))
        case ("recent", "--set"): recent.sets = true
        case ("recent", "--name"), ("recent", "--mask"): _ = try value(word)
        case ("recent", "--rsource"), ("recent", "--rdest"): break
        case ("recent", _):
            recent.asks = true
            skipValues()
        case ("icmp", _), ("icmp6", _), ("icmpv6", _), ("ipv6-icmp", _), ("udp", _): skipValues()
        default:
            guard word.hasPrefix("-") else { throw wrong("not understood", word) }
            skipValues()
            let name = SafeText.printable(module.isEmpty ? String(word) : "-m \(module) \(word)", limit: 60)
            if !inTarget, IptablesRuleParser.decided.contains(module) || module.isEmpty {
                conditions.append(.undecided(name))
            }
        }
    }

    /// Modules of which no answer depends on anything but the packet; their options are read one by one.
    private static let decided: Set<String> = [
        "tcp", "multiport", "state", "conntrack", "comment", "iprange", "mark", "connmark", "set", "addrtype",
        "pkttype",
        "recent", "icmp", "icmp6", "icmpv6", "ipv6-icmp", "udp", "mport", "standard",
    ]

    private mutating func skipValues() {
        while next < words.count, !words[next].hasPrefix("-"), words[next] != "!" { next += 1 }
    }

    private func interface(_ name: Substring) -> String { name.hasSuffix("+") ? name.dropLast() + "*" : String(name) }

    private mutating func addresses(_ text: Substring, isSource: Bool) throws(FirewallError) {
        var union = AddressSet()
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            switch AddressText.read(part) {
            case .set(let set):
                guard set[family == .ipv4 ? .ipv6 : .ipv4].isEmpty else {
                    throw wrong("address of the other family", part)
                }
                union = union.union(set)
            case .name:
                conditions.append(.undecided("host name \(SafeText.printable(String(part), limit: 64))"))
                return
            case .wrong: throw wrong("no address", part)
            }
        }
        if negated { union = union.complement }
        conditions.append(isSource ? .source(union) : .destination(union))
    }

    private func ports(_ text: Substring) throws(FirewallError) -> PortSet {
        var parts: [PortSet] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let set = PortSet(part) else { throw wrong("no port", part) }
            parts.append(set)
        }
        return PortSet(union: parts)
    }

    private func flags(_ text: Substring) throws(FirewallError) -> Set<String> {
        var result: Set<String> = []
        for part in text.uppercased().split(separator: ",") {
            switch part {
            case "SYN", "ACK", "FIN", "RST", "URG", "PSH": result.insert(String(part))
            case "ALL": result = ["SYN", "ACK", "FIN", "RST", "URG", "PSH"]
            case "NONE": break
            default: throw wrong("no TCP flag", text)
            }
        }
        return result
    }

    private func states(_ text: Substring) throws(FirewallError) -> ConnectionStates {
        var states: ConnectionStates = []
        for part in text.uppercased().split(separator: ",") {
            switch part {
            case "NEW": states.insert(.new)
            case "UNTRACKED": states.insert(.untracked)
            case "DNAT": states.insert(.translated)
            case "INVALID": states.insert(.invalid)
            case "ESTABLISHED", "RELATED", "SNAT": states.insert(.later)
            default: throw wrong("no connection state", text)
            }
        }
        return states
    }

    private mutating func mark(_ text: Substring, _ place: MarkMatch.Place) throws(FirewallError) {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let value = parts.first.flatMap({ Numbers.unsigned32($0) }),
            let mask = parts.count > 1 ? Numbers.unsigned32(parts[1]) : UInt32.max
        else { throw wrong("no mark", text) }
        require(.mark(MarkMatch(place, mask: mask, values: RangeSet(UInt128(value)))))
    }

    // MARK: Targets

    /// False: no option of a target.
    private mutating func targetOption(_ word: Substring) throws(FirewallError) -> Bool {
        switch (target, word) {
        case (_, "-m"), (_, "-s"), (_, "-d"), (_, "-i"), (_, "-o"), (_, "-p"), (_, "-c"), (_, "--match"): return false
        case ("DNAT", "--to-destination"), ("DNAT", "--to"): try translate(value(word))
        case ("REDIRECT", "--to-ports"), ("REDIRECT", "--to-port"):
            translation.address = .thisHost
            try translatePort(value(word))
        case ("NETMAP", "--to"):
            guard case .set(let set) = AddressText.read(try value(word)) else { throw wrong("no network") }
            translation = Translation(.addresses(set))
        case ("CT", "--notrack"): untracks = true
        case ("MARK", _), ("CONNMARK", _): try changeMark(word)
        default:
            guard word.hasPrefix("-") else { throw wrong("not understood", word) }
            if !word.hasPrefix("--") { return false }
            skipValues()
        }
        return true
    }

    private mutating func translate(_ text: Substring) throws(FirewallError) {
        var address = text
        if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
            address = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            if rest.hasPrefix(":") { try translatePort(rest.dropFirst()) }
        } else if let colon = text.lastIndex(of: ":"), family == .ipv4 || colon == text.startIndex {
            address = text[..<colon]
            try translatePort(text[text.index(after: colon)...])
        }
        guard !address.isEmpty else { return }
        guard case .set(let set) = AddressText.read(address) else { throw wrong("no address", text) }
        translation.address = .addresses(set)
    }

    private mutating func translatePort(_ text: Substring) throws(FirewallError) {
        let parts = text.split(separator: "/")
        guard let ports = parts.first.flatMap({ PortSet($0, separator: "-") }), let first = ports.first else {
            throw wrong("no port", text)
        }
        translation.port = first
        translation.portUnknown = ports != PortSet(first)
    }

    private mutating func changeMark(_ word: Substring) throws(FirewallError) {
        let place: MarkMatch.Place = target == "MARK" ? .packet : .connection
        switch word {
        case "--set-xmark", "--set-mark", "--or-mark", "--and-mark", "--xor-mark":
            let parts = try value(word).split(separator: "/", maxSplits: 1)
            guard let bits = parts.first.flatMap({ Numbers.unsigned32($0) }),
                let mask = parts.count > 1 ? Numbers.unsigned32(parts[1]) : UInt32.max
            else { throw wrong("no mark") }
            let change: MarkChange =
                switch word {
                case "--set-mark": MarkChange(clear: mask | bits, flip: bits)
                case "--or-mark": MarkChange(clear: bits, flip: bits)
                case "--and-mark": MarkChange(clear: ~bits, flip: 0)
                case "--xor-mark": MarkChange(clear: 0, flip: bits)
                default: MarkChange(clear: mask, flip: bits)
                }
            markChange = .setMark(place, change)
        case "--save-mark", "--restore-mark": copies = String(word)
        case "--nfmask", "--ctmask", "--mask":
            guard let mask = Numbers.unsigned32(try value(word)) else { throw wrong("no mask") }
            if word != "--ctmask" { packetMask = mask }
            if word != "--nfmask" { connectionMask = mask }
        default:
            skipValues()
            markChange = .setMark(place, MarkChange(.unknown))
        }
    }

    private var markAction: Action? {
        switch copies {
        case "--save-mark":
            .setMark(.connection, MarkChange(.mixed(from: .packet, mask: packetMask, clear: connectionMask)))
        case "--restore-mark":
            .setMark(.packet, MarkChange(.mixed(from: .connection, mask: connectionMask, clear: packetMask)))
        default: markChange
        }
    }

    private func verdict(_ chain: (String) -> Int?) throws(FirewallError) -> Action {
        if isGoto || (!target.isEmpty && chain(target) != nil) {
            guard let index = chain(target) else { throw missing() }
            return isGoto ? .goto(index) : .jump(index)
        }
        if target.isEmpty || NetfilterTables.passive.contains(target) { return .proceed }
        if NetfilterTables.accepting.contains(target) { return .accept }
        if NetfilterTables.dropping.contains(target) { return .drop }
        switch target {
        case "RETURN": return .return
        case "NOTRACK": return .untrack
        case "CT": return untracks ? .untrack : .proceed
        case "MARK", "CONNMARK": return markAction ?? .proceed
        case "REDIRECT":
            var change = translation
            change.address = .thisHost
            return .translate(change)
        case "DNAT", "NETMAP": return .translate(translation)
        case "NFQUEUE", "QUEUE", "SYNPROXY", "TARPIT", "DELUDE", "CHAOS", "MIRROR", "ECHO":
            return .unknown("-j \(target)")
        default: throw missing()
        }
    }

    private func missing() -> FirewallError {
        FirewallError(
            .invalid, file: source.name, line: line,
            "target that is neither known nor a chain: \(SafeText.printable(target, limit: 64))")
    }
}
