import FirewallModel

/// Random rules in nft's language, all of matches that can be decided. Both families live in one rule set.
struct NftGenerator {
    var random: SeededGenerator
    private(set) var four = AddressPool(.ipv4)
    private(set) var six = AddressPool(.ipv6)
    private var tableFamily = "inet"

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func make() -> String {
        var text = "flush ruleset\n"
        for index in 0..<random.number(1...3) { text += table(index) }
        return text
    }

    private mutating func table(_ index: Int) -> String {
        tableFamily = random.pick(["inet", "inet", "ip", "ip6"], or: "inet")
        var lines = ["table \(tableFamily) t\(index) {"]
        lines += sets()
        let users = (0..<random.number(0...4)).map { "u\($0)" }
        for (depth, chain) in users.enumerated().reversed() {
            lines.append("  chain \(chain) {")
            lines += rules(random.number(1...4), targets: Array(users.dropFirst(depth + 1)))
            lines.append("  }")
        }
        let priority = random.pick(["filter", "-10", "50", "filter + 5", "mangle"], or: "filter")
        let policy = random.pick(["accept", "drop"], or: "drop")
        lines.append("  chain input {\n    type filter hook input priority \(priority); policy \(policy);")
        lines += rules(random.number(1...8), targets: users)
        lines.append("  }")
        if random.one(in: 2) {
            lines.append("  chain forward {\n    type filter hook forward priority \(priority); policy \(policy);")
            lines += rules(random.number(1...5), targets: users)
            lines.append("  }")
        }
        if random.one(in: 4) {
            lines.append("  chain pre {\n    type filter hook prerouting priority raw; policy accept;")
            lines += (0..<2).map { _ in
                "    \(match()) \(random.pick(["notrack", "drop", "meta mark set 0x1", "accept"], or: ""))"
            }
            lines.append("  }")
        }
        if random.one(in: 4) {
            lines.append("  chain nat {\n    type nat hook prerouting priority dstnat; policy accept;")
            lines += (0..<2).map { _ in
                "    \(match()) tcp dport { 25, 587 } redirect to :\(random.pick(["25", "2525"], or: "25"))"
            }
            lines.append("  }")
        }
        if random.one(in: 40) { lines.insert("  flags dormant;", at: 1) }
        return (lines + ["}", ""]).joined(separator: "\n")
    }

    private mutating func sets() -> [String] {
        ruleIsFour = random.one(in: 2)
        let type = usesFour() ? "ipv4_addr" : "ipv6_addr"
        let isFour = type == "ipv4_addr"
        let blocks = distinct(random.number(1...5), isFour)
        let pairs = distinct(random.number(1...4), isFour).map {
            "\($0) . \(random.pick(["25", "587", "20-30"], or: "25"))"
        }
        setIsFour = isFour
        return [
            "  set nets {\n    type \(type); flags interval; auto-merge;\n    elements = { \(blocks.joined(separator: ", ")) }\n  }",
            "  set pairs {\n    type \(type) . inet_service; flags interval;\n    elements = { \(pairs.prefix(1).joined()) }\n  }",
            "  map disp {\n    type inet_service : verdict; flags interval;\n    elements = { 20-24 : drop, 25 : \(random.pick(["accept", "drop", "return"], or: "drop")), 26-600 : continue }\n  }",
            "  set empty {\n    type \(type); flags interval;\n  }",
        ]
    }

    private var setIsFour = true
    /// One rule is for one family.
    private var ruleIsFour = true

    private func usesFour() -> Bool {
        switch tableFamily {
        case "ip": true
        case "ip6": false
        default: ruleIsFour
        }
    }

    private mutating func distinct(_ count: Int, _ isFour: Bool) -> [String] {
        var seen: Set<String> = []
        return (0..<count).map { _ in value(isFour) }.filter { seen.insert($0).inserted && !$0.hasSuffix("/0") } + [
            "\(isFour ? "203.0.112.1" : "2a01::7")"
        ]
    }

    private mutating func value(_ isFour: Bool) -> String {
        let kind = random.number(0...3)
        func make(_ pool: inout AddressPool) -> String {
            kind == 0 ? pool.range(&random) : kind == 1 ? pool.single(&random) : pool.block(&random)
        }
        return isFour ? make(&four) : make(&six)
    }

    private mutating func rules(_ count: Int, targets: [String]) -> [String] {
        (0..<count).map { _ in
            if random.one(in: 6) { return "    \(dispatch(targets))" }
            if random.one(in: 12) {
                return
                    "    \(random.pick(["udp dport 53 accept", "meta l4proto { tcp, udp } th dport 25 accept"], or: ""))"
            }
            ruleIsFour = tableFamily == "inet" ? random.one(in: 2) : tableFamily == "ip"
            let matches = (0..<random.number(0...3)).map { _ in match() }
            return "    \(matches.joined(separator: " ")) \(random.one(in: 6) ? "counter " : "")\(verdict(targets))"
        }
    }

    private mutating func verdict(_ targets: [String]) -> String {
        if let chain = targets.randomElement(using: &random), random.one(in: 3) {
            return random.one(in: 3) ? "goto \(chain)" : "jump \(chain)"
        }
        return random.pick(
            [
                "accept", "accept", "accept", "drop", "drop", "reject", "return", "continue",
                "meta mark set 0x2 accept",
                "meta mark set meta mark | 0x1 continue", "ct mark set 0x1 continue", "ct mark set meta mark continue",
                "meta mark set ct mark continue",
            ], or: "drop")
    }

    private mutating func dispatch(_ targets: [String]) -> String {
        let a = verdictOnly(targets)
        let b = verdictOnly(targets)
        switch random.number(0...5) {
        case 4: return "tcp dport vmap @disp"
        case 5:
            let isFour = usesFour()
            return
                "\(isFour ? "ip" : "ip6") saddr . tcp dport vmap { \(value(isFour).replacingZero(isFour)) . 20-30 : \(a) }"
        case 0: return "tcp dport vmap { 25 : \(a), 587-2525 : \(b) }"
        case 1: return "iifname vmap { \"s0\" : \(a), \"s1\" : \(b) }"
        case 2: return "ct state vmap { established : accept, new : \(a), untracked : \(b) }"
        default:
            let isFour = usesFour()
            return "\(isFour ? "ip" : "ip6") saddr vmap { \(value(isFour).replacingZero(isFour)) : \(a) }"
        }
    }

    private mutating func verdictOnly(_ targets: [String]) -> String {
        if let chain = targets.randomElement(using: &random), random.one(in: 3) { return "jump \(chain)" }
        return random.pick(["accept", "drop", "return", "continue"], or: "drop")
    }

    private mutating func match() -> String {
        let isFour = usesFour()
        let ip = isFour ? "ip" : "ip6"
        let family: AddressFamily = isFour ? .ipv4 : .ipv6
        let not = random.one(in: 4) ? "!= " : ""
        switch random.number(0...16) {
        case 0...3: return "\(ip) saddr \(not)\(value(isFour).replacingZero(isFour))"
        case 4:
            let list = distinct(3, isFour)
            return "\(ip) saddr \(not){ \(disjoint(list)) }"
        case 5: return "\(ip) daddr \(not)\(random.pick(AddressPool.own(family) + AddressPool.behind(family), or: ""))"
        case 6 where setIsFour == isFour: return "\(setIsFour ? "ip" : "ip6") saddr \(not)@nets"
        case 7 where setIsFour == isFour: return "\(setIsFour ? "ip" : "ip6") saddr . tcp dport \(not)@pairs"
        case 8: return "tcp dport \(not)\(random.pick(["25", "{ 25, 587 }", "20-30", "2525"], or: "25"))"
        case 9: return "iifname \(not)\(random.pick(["\"s0\"", "\"s1\"", "\"s*\"", "{ \"s0\", \"lo\" }"], or: ""))"
        case 10:
            return "ct state \(random.pick(["new", "established,related", "{ new, untracked }", "invalid"], or: ""))"
        case 11:
            return random.pick(
                ["meta l4proto tcp", "meta l4proto { tcp, udp }", "ip protocol tcp".forFamily(isFour)]
                    + (tableFamily == "inet" ? ["meta nfproto \(isFour ? "ipv4" : "ipv6")"] : []), or: "")
        case 12:
            return
                "tcp sport \(not)\(random.pick(["1024-65535", "< 1024", "40000-50000"], or: "").droppingComparison(not))"
        case 13: return "meta mark \(random.pick(["0x0", "0x1", "& 0x2 == 0x2", "!= 0x0"], or: ""))"
        case 14:
            return random.pick(
                [
                    "tcp flags syn", "tcp flags & (fin | syn | rst | ack) == syn", "fib daddr type local",
                    "tcp flags & ack == ack",
                ], or: "")
        case 15: return more(ip, isFour, not)
        default: return setIsFour == isFour ? "\(ip) saddr @empty" : "counter"
        }
    }

    /// Matches that are rarer in real rules.
    private mutating func more(_ ip: String, _ isFour: Bool, _ not: String) -> String {
        let own = random.pick(AddressPool.own(isFour ? .ipv4 : .ipv6), or: "")
        switch random.number(0...8) {
        case 0: return "\(ip) saddr . \(ip) daddr \(not){ \(value(isFour).replacingZero(isFour)) . \(own) }"
        case 1:
            return
                "\(ip) saddr & \(isFour ? "255.0.0.255" : "ffff:0:ffff::") \(random.pick(["==", "!="], or: "==")) \(isFour ? "8.0.0.1" : "2001::")"
        case 2: return "th dport \(not)25"
        case 3: return "@th,16,16 \(not)25"
        case 4: return "tcp flags \(not){ syn, fin | ack }"
        case 5:
            return
                "tcp flags \(random.pick(["syn,ack", "== syn", "! ack", "& (syn | rst) == syn", "& fin != 0"], or: "syn"))"
        case 6: return "iifname . tcp dport \(not){ \"s0\" . 25, \"s1\" . 20-30 }"
        case 7: return "ct mark \(random.pick(["0x0", "0x1", "!= 0x1"], or: "0x0"))"
        default: return "ct direction \(random.pick(["original", "original", "reply"], or: "original"))"
        }
    }

    /// Anonymous interval sets must not overlap: keep one element.
    private func disjoint(_ list: [String]) -> String { list.prefix(1).joined(separator: ", ") }
}

extension String {
    fileprivate func forFamily(_ isFour: Bool) -> String { isFour ? self : "ip6 nexthdr tcp" }

    /// nft does not take a block of length 0 in an anonymous map.
    fileprivate func replacingZero(_ isFour: Bool) -> String {
        hasSuffix("/0") ? (isFour ? "8.0.0.0/7" : "2000::/3") : self
    }

    fileprivate func droppingComparison(_ not: String) -> String { !not.isEmpty && hasPrefix("<") ? "1-1023" : self }
}
