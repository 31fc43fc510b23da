import MailTypes

/// Reads exports of Windows' firewall: `Get-NetFirewallRule` with its address and port filters, as JSON or CSV; rules and
/// filters in one object each, or in lists joined by InstanceID.
///
/// A block wins over every allow. Profiles are interfaces: `--interface Domain|Private|Public`.
struct WindowsReader {
    private var builder: RuleListBuilder
    private var blocks: [Bool: [Rule]] = [:]
    private var allows: [Bool: [Rule]] = [:]
    private var profiles: [Bool: (open: [Rule], last: [Rule])] = [:]
    private var filters: [String: [JSONNode]] = [:]

    static func read(_ sources: [SourceText], into rules: RuleSet) throws(FirewallError) -> RuleSet {
        var reader = WindowsReader(builder: RuleListBuilder(rules))
        for source in sources {
            let isJSON = source.bytes.first { $0 > 0x20 }.map { $0 == 0x7b || $0 == 0x5b } ?? false
            let root =
                isJSON
                ? try JSONReader.read(source)
                : WindowsReader.isTable(source) ? try CSVReader.read(source) : try WindowsText.read(source)
            try reader.collect(root, source)
        }
        for inbound in [true, false] {
            let (open, last) = reader.profiles[inbound] ?? ([], [])
            reader.builder.base(
                inbound ? "inbound rules" : "outbound rules", inbound ? .input : .output,
                open + (reader.blocks[inbound] ?? []) + (reader.allows[inbound] ?? []) + last,
                policy: inbound ? .drop : .accept,
                why: "default action of the profile: \(inbound ? "block inbound" : "allow outbound")",
                families: RuleListBuilder.both)
        }
        return reader.builder.rules
    }

    private init(builder: RuleListBuilder) { self.builder = builder }

    /// The first line that is no comment names columns.
    private static func isTable(_ source: SourceText) -> Bool {
        var answer: Bool?
        try? source.forEachLine { _, line throws(FirewallError) in
            guard answer == nil, !line.hasPrefix("#"), line.contains(where: { !$0.isWhitespace }) else { return }
            answer = line.contains("Direction") && (line.contains(",") || line.contains(";") || line.contains("\t"))
        }
        return answer ?? false
    }

    private mutating func collect(_ root: JSONNode, _ source: SourceText) throws(FirewallError) {
        var rules = root.elements ?? []
        if root.members != nil {
            for (key, value) in root.members ?? [] {
                switch key.lowercased() {
                case "rules", "firewallrules", "value": rules += value.list
                case "profiles", "firewallprofiles": for profile in value.list { collectProfile(profile, source) }
                default:
                    for filter in value.list {
                        if let id = filter.field("InstanceID")?.text { filters[id, default: []].append(filter) }
                    }
                }
            }
            if rules.isEmpty, root.field("Direction") != nil { rules = [root] }
        }
        for (index, node) in rules.enumerated() {
            guard node.members != nil else { throw source.error(node.line, "rule \(index + 1) is no object") }
            if node.field("DefaultInboundAction") != nil {
                collectProfile(node, source)
            } else {
                try collectRule(node, source)
            }
        }
    }

    private mutating func collectProfile(_ node: JSONNode, _ source: SourceText) {
        let name = node.field("Name")?.text ?? "?"
        let match = InterfaceMatch([name])
        for (inbound, key) in [(true, "DefaultInboundAction"), (false, "DefaultOutboundAction")] {
            let way: Condition = inbound ? .incoming(match) : .outgoing(match)
            var entry = profiles[inbound] ?? ([], [])
            let origin = node.origin(source.index, "profile \(name)")
            let enabled = node.field("Enabled")?.text?.lowercased()
            if enabled == "false" || enabled == "0" || enabled == "2" {
                entry.open.append(Rule([way], .accept, node.origin(source.index, "profile \(name) is switched off")))
            }
            switch node.field(key)?.text?.lowercased() {
            case "allow", "2": entry.last.append(Rule([way], .accept, origin))
            case "block", "4": entry.last.append(Rule([way], .drop, origin))
            default: break
            }
            profiles[inbound] = entry
        }
    }

    private mutating func collectRule(_ node: JSONNode, _ source: SourceText) throws(FirewallError) {
        let enabled = node.field("Enabled")?.text?.lowercased() ?? "true"
        guard ["true", "1", "yes"].contains(enabled) else {
            guard ["false", "2", "0", "no"].contains(enabled) else {
                throw source.error(node.line, "unknown value of Enabled")
            }
            return
        }
        let inbound: Bool
        switch node.field("Direction")?.text?.lowercased() {
        case "inbound", "in", "1": inbound = true
        case "outbound", "out", "2": inbound = false
        default: throw source.error(node.line, "a rule without Direction")
        }
        let allowing: Bool
        switch node.field("Action")?.text?.lowercased() {
        case "allow", "2", "bypass", "allowbypass": allowing = true
        case "block", "4": allowing = false
        case "notconfigured", "0": return
        default: throw source.error(node.line, "a rule without Action")
        }
        let parts = [node] + nested(node) + joined(node)
        var values = WindowsValues(parts: parts, source: source, line: node.line)
        guard let conditions = try values.conditions(inbound: inbound, allowing: allowing) else { return }
        let name = node.field("DisplayName")?.text ?? node.field("Name")?.text ?? "?"
        let rule = Rule(
            conditions, allowing ? .accept : .drop,
            node.origin(
                source.index,
                "\(allowing ? "Allow" : "Block") \(inbound ? "inbound" : "outbound"): \(SafeText.printable(name, limit: 120))"
            ))
        if allowing { allows[inbound, default: []].append(rule) } else { blocks[inbound, default: []].append(rule) }
    }

    private func joined(_ node: JSONNode) -> [JSONNode] {
        guard let id = node.field("InstanceID")?.text ?? node.field("Name")?.text else { return [] }
        return filters[id] ?? []
    }

    private func nested(_ node: JSONNode) -> [JSONNode] {
        (node.members ?? []).flatMap { member in member.value.list.filter { $0.members != nil } }
    }
}
