import MailTypes

/// The sets of `ipset save` output.
struct IPSets {
    private var sets: [String: IPSet] = [:]

    struct IPSet {
        var name: String
        /// What each part of an entry is: `ip`, `net`, `port`, `iface`, `mark`, `mac`, `set`.
        var dimensions: [String]
        var isIPv6 = false
        var netmask: String?
        var entries: [(parts: [Substring], nomatch: Bool, line: Int)] = []
        var file = ""
    }

    /// Sets in sets.
    private static let depth = 8

    /// True if the words are an ipset command, which is then read.
    mutating func read(_ words: [Substring], line: Int, source: SourceText) throws(FirewallError) -> Bool {
        var words = words[...]
        let isCommand = words.first == "ipset"
        if isCommand { words = words.dropFirst() }
        words.removeAll { $0 == "-exist" || $0 == "-!" }
        guard let verb = words.first, isCommand || !verb.hasPrefix("-") else { return false }
        let rest = Array(words.dropFirst())
        switch verb {
        case "create", "-N", "--create":
            guard rest.count >= 2 else { throw source.error(line, "ipset create needs a name and a type") }
            let type = rest[1].split(separator: ":", maxSplits: 1)
            guard type.count == 2 || rest[1] == "list:set" else {
                throw source.error(line, "unknown ipset type \(SafeText.printable(String(rest[1]), limit: 40))")
            }
            var set = IPSet(name: String(rest[0]), dimensions: type[1].split(separator: ",").map(String.init))
            set.file = source.name
            for (index, word) in rest.enumerated() where index + 1 < rest.count {
                if word == "family" { set.isIPv6 = rest[index + 1] == "inet6" }
                if word == "netmask" { set.netmask = String(rest[index + 1]) }
            }
            sets[set.name] = set
        case "add", "-A", "--add":
            guard rest.count >= 2 else { throw source.error(line, "ipset add needs a set and an entry") }
            let name = String(rest[0])
            guard sets[name] != nil else {
                throw source.error(line, "entry of a set that is not created: \(SafeText.printable(name, limit: 64))")
            }
            let parts = rest[1].split(separator: ",", omittingEmptySubsequences: false)
            sets[name]?.entries.append((parts, rest.contains("nomatch"), line))
        case "flush", "-F", "destroy", "-X", "COMMIT", "quit": break
        default: return false
        }
        return true
    }

    /// The condition of `-m set --match-set NAME FLAGS`.
    func condition(_ name: String, flags: String, source: SourceText) throws(FirewallError) -> Condition {
        try condition(name, flags: flags.split(separator: ",").map { $0 == "dst" }, depth: 0, source: source)
    }

    private func condition(
        _ name: String, flags: [Bool], depth: Int, source: SourceText
    ) throws(FirewallError) -> Condition {
        guard depth < IPSets.depth else { throw FirewallError(.bound, file: source.name, "sets within sets, too deep") }
        guard let set = sets[name] else {
            return .undecided("set \(SafeText.printable(name, limit: 64)) is not given (add the output of ipset save)")
        }
        if set.dimensions == ["set"] {
            var alternatives: [[Condition]] = []
            for entry in set.entries {
                let member = String(entry.parts.first ?? "")
                alternatives.append([try condition(member, flags: flags, depth: depth + 1, source: source)])
            }
            return .any(alternatives)
        }
        let flags = set.dimensions.indices.map { flags.indices.contains($0) ? flags[$0] : (flags.last ?? false) }
        if set.dimensions.count == 1, set.dimensions[0] == "ip" || set.dimensions[0] == "net" {
            let addresses = try addresses(set)
            return flags[0] ? .destination(addresses) : .source(addresses)
        }
        if set.entries.contains(where: \.nomatch) {
            return .undecided("set \(SafeText.printable(name, limit: 64)) has nomatch entries of several parts")
        }
        var alternatives: [[Condition]] = []
        alternatives.reserveCapacity(set.entries.count)
        for entry in set.entries {
            var all: [Condition] = []
            for (index, dimension) in set.dimensions.enumerated() {
                guard entry.parts.indices.contains(index) else {
                    throw FirewallError(.syntax, file: set.file, line: entry.line, "the entry has too few parts")
                }
                all.append(try part(entry.parts[index], dimension, flags[index], set, entry.line))
            }
            alternatives.append(all)
        }
        return .any(alternatives)
    }

    private func part(
        _ text: Substring, _ dimension: String, _ isDestination: Bool, _ set: IPSet, _ line: Int
    ) throws(FirewallError) -> Condition {
        func wrong() -> FirewallError {
            FirewallError(
                .syntax, file: set.file, line: line, "not understood: \(SafeText.printable(String(text), limit: 64))")
        }
        switch dimension {
        case "ip", "net":
            guard case .set(let addresses) = AddressText.read(text) else { throw wrong() }
            return isDestination ? .destination(addresses) : .source(addresses)
        case "port":
            var port = text
            if let colon = text.firstIndex(of: ":") {
                guard text[..<colon] == "tcp" || text[..<colon] == "6" else { return .never }
                port = text[text.index(after: colon)...]
            }
            guard let ports = PortSet(port, separator: "-") else { throw wrong() }
            return isDestination ? .destinationPort(ports) : .sourcePort(ports)
        case "iface":
            if text.hasPrefix("physdev:") {
                return .undecided("bridge port \(SafeText.printable(String(text), limit: 40))")
            }
            let match = InterfaceMatch([String(text)])
            return isDestination ? .outgoing(match) : .incoming(match)
        case "mark":
            guard let mark = Numbers.unsigned32(text) else { throw wrong() }
            return .mark(MarkMatch(.packet, values: RangeSet(UInt128(mark))))
        default: return .undecided("a set of \(dimension)")
        }
    }

    /// Entries of one part. A `nomatch` entry takes out of shorter prefixes, and longer prefixes put in again.
    private func addresses(_ set: IPSet) throws(FirewallError) -> AddressSet {
        var blocks: [(set: AddressSet, length: Int, nomatch: Bool)] = []
        for entry in set.entries {
            let text = entry.parts.joined(separator: ",")
            guard case .set(var addresses) = AddressText.read(text) else {
                throw FirewallError(
                    .syntax, file: set.file, line: entry.line, "no address: \(SafeText.printable(text, limit: 64))")
            }
            if let mask = set.netmask, let first = addresses[set.isIPv6 ? .ipv6 : .ipv4].ranges.first?.first {
                let family: AddressFamily = set.isIPv6 ? .ipv6 : .ipv4
                addresses = AddressText.masked(family.address(first), mask) ?? addresses
            }
            let length = text.firstIndex(of: "/").flatMap { Int(text[text.index(after: $0)...]) } ?? 128
            blocks.append((addresses, length, entry.nomatch))
        }
        guard blocks.contains(where: \.nomatch) else {
            return AddressSet(
                ipv4: RangeSet(normalizing: blocks.flatMap(\.set.ipv4.ranges)),
                ipv6: RangeSet(normalizing: blocks.flatMap(\.set.ipv6.ranges)))
        }
        var result = AddressSet()
        for block in blocks.sorted(by: { ($0.length, $0.nomatch ? 1 : 0) < ($1.length, $1.nomatch ? 1 : 0) }) {
            result = block.nomatch ? result.subtracting(block.set) : result.union(block.set)
        }
        return result
    }
}

enum Numbers {
    /// Decimal, or hexadecimal with `0x`.
    static func unsigned32(_ text: some StringProtocol) -> UInt32? {
        let lowered = text.lowercased()
        return lowered.hasPrefix("0x") ? UInt32(lowered.dropFirst(2), radix: 16) : UInt32(lowered)
    }
}
