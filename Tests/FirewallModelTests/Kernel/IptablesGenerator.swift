import FirewallModel

/// Random rules in iptables-save's form, all of matches that can be decided.
struct IptablesGenerator {
    var random: SeededGenerator
    var pool: AddressPool
    private var sets: [String] = []
    private var setNames: [(name: String, flags: [String])] = []
    private let family: AddressFamily

    init(_ family: AddressFamily, seed: UInt64) {
        self.family = family
        random = SeededGenerator(seed: seed)
        pool = AddressPool(family)
    }

    /// The ipset commands (empty: none) and the rules.
    mutating func make() -> (sets: String, rules: String) {
        if random.one(in: 3) { makeSets() }
        var text = ""
        text += table("raw", ["PREROUTING", "OUTPUT"], rules: random.one(in: 6) ? 2 : 0)
        text += table(
            "mangle", ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"], rules: random.one(in: 4) ? 4 : 0)
        text += table("nat", ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"], rules: random.one(in: 4) ? 3 : 0)
        text += table("filter", ["INPUT", "FORWARD", "OUTPUT"], rules: random.number(2...14))
        return (sets.map { $0 + "\n" }.joined(), text)
    }

    private mutating func table(_ name: String, _ builtIn: [String], rules: Int) -> String {
        let users = rules > 3 ? (0..<random.number(0...4)).map { "\(name)-u\($0)" } : []
        var lines = ["*\(name)"]
        for chain in builtIn {
            let closes = name == "filter" && chain != "OUTPUT" && random.one(in: 2)
            lines.append(":\(chain) \(closes ? "DROP" : "ACCEPT") [0:0]")
        }
        lines += users.map { ":\($0) - [0:0]" }
        for (depth, chain) in ([""] + users).enumerated() where rules > 0 {
            for _ in 0..<(depth == 0 ? rules : random.number(1...4)) {
                let entry =
                    name == "filter" ? random.pick(["INPUT", "INPUT", "INPUT", "FORWARD"], or: "INPUT") : "PREROUTING"
                let into = depth == 0 ? entry : chain
                // Only chains further on can be jumped to: no cycles.
                lines.append("-A \(into) " + rule(name, into, targets: Array(users.dropFirst(depth))))
            }
        }
        return (lines + ["COMMIT", ""]).joined(separator: "\n")
    }

    private mutating func rule(_ table: String, _ chain: String, targets: [String]) -> String {
        var words: [String] = []
        for _ in 0..<random.number(0...2) { words.append(address(chain)) }
        if random.one(in: 3) { words.append(interface(chain)) }
        let needsTCP = table == "nat"
        if needsTCP || random.one(in: 2) {
            words.append(random.one(in: 12) && !needsTCP ? "\(not())-p udp" : "-p tcp")
            if words.last == "-p tcp" { words += transport() }
        }
        if random.one(in: 4) { words.append(state()) }
        if random.one(in: 8) { words.append(more(chain)) }
        if random.one(in: 10) { words.append("-m comment --comment \"mail \\\"from\\\" -s 10.0.0.0/8\"") }
        if random.one(in: 6) {
            words.append("-m mark \(not())--mark \(random.pick(["0x1", "0x2/0x3", "0x0"], or: "0x1"))")
        }
        // The same option twice is an error.
        var seen: Set<String> = []
        words = words.filter { seen.insert(option($0)).inserted }
        return (words + [target(table, targets)]).joined(separator: " ")
    }

    private func option(_ text: String) -> String {
        text.split(separator: " ").first { $0.hasPrefix("-") && $0 != "-m" }.map(String.init) ?? text
    }

    private mutating func not() -> String { random.one(in: 4) ? "! " : "" }

    private mutating func address(_ chain: String) -> String {
        let text = anyAddress(chain)
        // The kernel refuses a rule that excludes everything.
        return text.hasSuffix("/0") && text.hasPrefix("!") ? String(text.dropFirst(2)) : text
    }

    private mutating func anyAddress(_ chain: String) -> String {
        switch random.number(0...9) {
        case 0...4: return "\(not())-s \(pool.block(&random))"
        case 5:
            let own = AddressPool.own(family) + AddressPool.behind(family)
            return "\(not())-d \(random.pick(own, or: ""))"
        case 6: return "-m iprange \(not())--src-range \(pool.range(&random))"
        case 7:
            return
                "-m addrtype \(chain == "INPUT" ? not() : "")--dst-type \(chain == "INPUT" ? "LOCAL" : "UNICAST,LOCAL")"
        default:
            guard let set = setNames.randomElement(using: &random) else { return "\(not())-s \(pool.block(&random))" }
            return "-m set \(not())--match-set \(set.name) \(set.flags.joined(separator: ","))"
        }
    }

    private mutating func interface(_ chain: String) -> String {
        if chain == "FORWARD", random.one(in: 2) { return "\(not())-o \(random.pick(["s0", "s1", "s+"], or: ""))" }
        return "\(not())-i \(random.pick(["s0", "s1", "s+", "lo"], or: ""))"
    }

    private mutating func transport() -> [String] {
        switch random.number(0...6) {
        case 0, 1: return ["-m tcp \(not())--dport \(random.pick(["25", "24:26", "25:600", "2525"], or: "25"))"]
        case 2: return ["-m multiport \(not())--dports \(random.pick(["25,587", "465,2525", "1:25,587"], or: "25"))"]
        case 3: return ["-m tcp \(not())--sport \(random.pick(["1024:65535", "0:1023", "40000:50000"], or: "1"))"]
        case 5 where random.one(in: 2):
            return [
                random.pick(
                    [
                        "-m multiport --ports 25,587", "-m multiport --sports 1024:65535",
                        "-m tcp ! --tcp-flags SYN,RST SYN",
                        "-m tcp --tcp-flags ALL SYN", "-m tcp --tcp-flags ALL NONE",
                    ], or: "")
            ]
        case 4: return ["-m tcp --tcp-flags FIN,SYN,RST,ACK \(random.pick(["SYN", "SYN", "ACK"], or: "SYN"))"]
        default: return []
        }
    }

    private mutating func state() -> String {
        switch random.number(0...3) {
        case 0: "-m conntrack --ctstate RELATED,ESTABLISHED"
        case 1: "-m conntrack \(not())--ctstate NEW"
        case 2: "-m state --state NEW,RELATED"
        default:
            "-m conntrack \(not())--ctstate \(random.pick(["INVALID", "UNTRACKED", "DNAT", "NEW,UNTRACKED"], or: ""))"
        }
    }

    /// Matches that are rarer in real rules.
    private mutating func more(_ chain: String) -> String {
        let own = random.pick(AddressPool.own(family) + AddressPool.behind(family), or: "")
        switch random.number(0...6) {
        case 0: return "-m connmark \(not())--mark \(random.pick(["0x1", "0x2/0x3", "0x0"], or: "0x1"))"
        case 1: return "-m conntrack --ctproto 6 \(not())--ctorigdst \(own)"
        case 2:
            return "-m conntrack --ctproto 6 \(not())--ctorigdstport \(random.pick(["25", "20:30", "2525"], or: "25"))"
        case 3: return "-m conntrack --ctdir \(random.pick(["ORIGINAL", "ORIGINAL", "REPLY"], or: "ORIGINAL"))"
        case 4: return "-m pkttype \(not())--pkt-type unicast"
        case 5: return "-m iprange \(not())--dst-range \(pool.range(&random))"
        default: return "-m conntrack --ctproto 6 --ctorigsrc \(pool.block(&random))"
        }
    }

    private mutating func target(_ table: String, _ chains: [String]) -> String {
        if let chain = chains.randomElement(using: &random), random.one(in: 3) {
            return random.one(in: 3) ? "-g \(chain)" : "-j \(chain)"
        }
        switch table {
        case "raw": return random.pick(["-j CT --notrack", "-j ACCEPT", "-j DROP"], or: "")
        case "mangle":
            return random.pick(
                [
                    "-j MARK --set-xmark 0x1/0xffffffff", "-j MARK --set-xmark 0x2/0x2", "-j ACCEPT", "-j DROP",
                    "-j RETURN",
                    "-j MARK --set-xmark 0x3/0x0", "-j CONNMARK --set-xmark 0x1/0xffffffff",
                    "-j CONNMARK --set-xmark 0x2/0x2",
                    "-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff",
                    "-j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff",
                    "-j CONNMARK --save-mark --nfmask 0x1 --ctmask 0x3",
                ], or: "")
        case "nat":
            let own = random.pick(AddressPool.own(family) + AddressPool.behind(family), or: "")
            let bracketed = family == .ipv6 ? "[\(own)]" : own
            return random.pick(
                [
                    "-j REDIRECT --to-ports 25", "-j REDIRECT --to-ports 2525",
                    "-j DNAT --to-destination \(bracketed):25",
                    "-j DNAT --to-destination \(own)", "-j ACCEPT", "-j RETURN",
                ], or: "")
        default:
            return random.pick(
                ["-j ACCEPT", "-j ACCEPT", "-j ACCEPT", "-j DROP", "-j DROP", "-j REJECT", "-j RETURN", ""], or: "")
        }
    }

    // MARK: Sets

    private mutating func makeSets() {
        let inet = family == .ipv4 ? "inet" : "inet6"
        sets.append("create nets hash:net family \(inet)")
        setNames.append(("nets", ["src"]))
        var entries: Set<String> = []
        for _ in 0..<random.number(1...6) {
            let block = pool.block(&random)
            guard !block.hasSuffix("/0"), entries.insert(block).inserted else { continue }
            sets.append("add nets \(block)\(random.one(in: 4) ? " nomatch" : "")")
        }
        sets.append("create pairs hash:net,port family \(inet)")
        setNames.append(("pairs", ["src", "dst"]))
        entries = []
        for _ in 0..<random.number(1...4) {
            let block = pool.block(&random)
            guard !block.hasSuffix("/0") else { continue }
            let entry = "\(block),\(random.pick(["25", "tcp:587", "udp:25"], or: "25"))"
            if entries.insert(entry).inserted { sets.append("add pairs \(entry)") }
        }
        sets.append("create links hash:net,iface family \(inet)")
        setNames.append(("links", ["src", "src"]))
        sets.append("create hosts hash:ip,port,net family \(inet)")
        setNames.append(("hosts", ["src", "dst", "dst"]))
        for _ in 0..<2 {
            let target = random.pick(AddressPool.own(family), or: "")
            sets.append("add hosts \(pool.single(&random)),tcp:25,\(target) -exist")
        }
        sets.append("create ports bitmap:port range 0-1023")
        setNames.append(("ports", ["dst"]))
        sets.append("add ports \(random.pick(["25", "20-30", "587"], or: "25"))")
        sets.append("create all list:set size 8")
        setNames.append(("all", ["src", "dst", "dst"]))
        for member in ["nets", "pairs", "hosts", "ports"] where random.one(in: 2) { sets.append("add all \(member)") }
        let block = pool.block(&random)
        if !block.hasSuffix("/0") { sets.append("add links \(block),\(random.pick(["s0", "s1"], or: "s0"))") }
    }
}
