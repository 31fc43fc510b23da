import MailTypes

/// Reads `gcloud compute firewall-rules list --format=json` and firewall policies.
///
/// The lowest priority number counts, and of equal ones the rule that denies. Rules for some instances only (target tags,
/// service accounts) make an interface of each target: `--interface NETWORK:TAG`.
struct GCPReader {
    private struct Entry {
        var priority: Int
        var conditions: [Condition]
        var action: Action
        var ingress: Bool
        var isPolicy: Bool
        var origin: RuleOrigin
    }

    static func read(_ sources: [SourceText], into rules: RuleSet) throws(FirewallError) -> RuleSet {
        var entries: [Entry] = []
        for source in sources {
            let root = try JSONReader.read(source)
            for item in (root.field("items") ?? root).list {
                if let nested = item.field("rules")?.list {
                    for rule in nested { entries += try policyRule(rule, source) }
                } else if item.field("match") != nil {
                    entries += try policyRule(item, source)
                } else {
                    entries += try rule(item, source)
                }
            }
        }
        // Denials first among equals.
        entries = entries.enumerated().sorted {
            ($0.element.priority, $0.element.action == .drop ? 0 : 1, $0.offset)
                < ($1.element.priority, $1.element.action == .drop ? 0 : 1, $1.offset)
        }.map(\.element)
        var builder = RuleListBuilder(rules)
        let hasVPC = entries.contains { !$0.isPolicy }
        for (ingress, hook) in [(true, Hook.input), (false, .output)] {
            func list(_ isPolicy: Bool) -> [Rule] {
                entries.filter { $0.ingress == ingress && $0.isPolicy == isPolicy }.map {
                    Rule($0.conditions, $0.action, $0.origin)
                }
            }
            let policyRules = list(true)
            if !policyRules.isEmpty {
                builder.base(
                    "firewall policies", hook, policyRules, policy: .accept,
                    why: "no policy decides: the network's rules would",
                    families: RuleListBuilder.both, priority: -1)
            }
            guard hasVPC || policyRules.isEmpty else { continue }
            builder.base(
                "firewall rules", hook, list(false), policy: ingress ? .drop : .accept,
                why: ingress ? "implied deny ingress" : "implied allow egress", families: RuleListBuilder.both)
        }
        if !hasVPC, !entries.isEmpty { builder.rules.note("only firewall policies are given, not the networks' rules") }
        return builder.rules
    }

    private static func rule(_ node: JSONNode, _ source: SourceText) throws(FirewallError) -> [Entry] {
        guard node.field("disabled")?.truth != true else { return [] }
        let allowed = node.field("allowed")
        guard let list = allowed ?? node.field("denied") else {
            throw source.error(node.line, "a rule that neither allows nor denies")
        }
        let ingress = (node.field("direction")?.text ?? "INGRESS").uppercased() == "INGRESS"
        let name = node.field("name")?.text ?? "?"
        let priority = node.field("priority")?.integer ?? 1000
        let network = node.field("network")?.text?.split(separator: "/").last.map(String.init) ?? "default"
        var conditions: [Condition] = []
        let targets = node.texts("targetTags", "targetServiceAccounts")
        let match = InterfaceMatch(targets.isEmpty ? ["\(network):*"] : targets.map { "\(network):\($0)" })
        conditions.append(ingress ? .incoming(match) : .outgoing(match))
        if ingress {
            var alternatives: [[Condition]] = []
            let ranges = node.texts("sourceRanges")
            if !ranges.isEmpty { alternatives.append([.source(try blocks(ranges, node, source))]) }
            for tag in node.texts("sourceTags", "sourceServiceAccounts") {
                alternatives.append([
                    .source(KnownNetworks.privateUse),
                    .undecided("instances with \(SafeText.printable(tag, limit: 40))"),
                ])
            }
            if !alternatives.isEmpty { conditions.append(.any(alternatives)) }
        } else {
            let ranges = node.texts("destinationRanges")
            if !ranges.isEmpty { conditions.append(.destination(try blocks(ranges, node, source))) }
        }
        guard let ports = try ports(list.list, "IPProtocol", node, source) else { return [] }
        conditions.append(.destinationPort(ports))
        let verb = allowed != nil ? "allow" : "deny"
        return [
            Entry(
                priority: priority, conditions: conditions, action: allowed != nil ? .accept : .drop, ingress: ingress,
                isPolicy: false, origin: node.origin(source.index, "\(network) \(priority) \(name): \(verb)"))
        ]
    }

    private static func policyRule(_ node: JSONNode, _ source: SourceText) throws(FirewallError) -> [Entry] {
        guard node.field("disabled")?.truth != true else { return [] }
        guard let match = node.field("match"), let verb = node.field("action")?.text?.lowercased(),
            let priority = node.field("priority")?.integer
        else { throw source.error(node.line, "a policy's rule without match, action or priority") }
        let body = match.field("config") ?? match
        let ingress = (node.field("direction")?.text ?? "INGRESS").uppercased() == "INGRESS"
        var conditions: [Condition] = []
        let from = body.texts("srcIpRanges")
        let to = body.texts("destIpRanges")
        if !from.isEmpty { conditions.append(.source(try blocks(from, node, source))) }
        if !to.isEmpty { conditions.append(.destination(try blocks(to, node, source))) }
        for name in ["srcFqdns", "srcRegionCodes", "srcThreatIntelligences", "srcAddressGroups", "srcSecureTags"]
        where body.field(name)?.list.isEmpty == false {
            conditions.append(.undecided(name))
        }
        let layer = body.field("layer4Configs") ?? body.field("layer4Config")
        guard let ports = try ports(layer?.list ?? [], "ipProtocol", node, source) else { return [] }
        conditions.append(.destinationPort(ports))
        let action: Action
        switch verb {
        case "allow": action = .accept
        case "deny": action = .drop
        case "goto_next": action = .accept
        default: action = .unknown("action \(SafeText.printable(verb, limit: 40))")
        }
        return [
            Entry(
                priority: priority, conditions: conditions, action: action, ingress: ingress, isPolicy: true,
                origin: node.origin(
                    source.index, "policy \(priority): \(verb) \(node.field("description")?.text ?? "")"))
        ]
    }

    /// `nil`: nothing for TCP.
    private static func ports(
        _ list: [JSONNode], _ key: String, _ node: JSONNode, _ source: SourceText
    ) throws(FirewallError) -> PortSet? {
        if list.isEmpty { return .every }
        var parts: [PortSet] = []
        for item in list {
            guard let name = item.field(key)?.text?.lowercased() else { throw source.error(item.line, "no protocol") }
            guard name == "tcp" || name == "6" || name == "all" else { continue }
            let texts = item.texts("ports")
            if texts.isEmpty || name == "all" { return .every }
            for text in texts {
                guard let set = PortSet(text, separator: "-") else {
                    throw source.error(item.line, "no port: \(SafeText.printable(text, limit: 40))")
                }
                parts.append(set)
            }
        }
        return parts.isEmpty ? nil : PortSet(union: parts)
    }

    private static func blocks(_ texts: [String], _ node: JSONNode, _ source: SourceText) throws(FirewallError)
        -> AddressSet
    {
        var result = AddressSet()
        for text in texts {
            guard case .set(let set) = AddressText.read(text) else {
                throw source.error(node.line, "no address block: \(SafeText.printable(text, limit: 64))")
            }
            result = result.union(set)
        }
        return result
    }
}
