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
        var origin: RuleOrigin
    }

    /// Rules of one firewall policy.
    private struct PolicyRules {
        /// Of a network: asked behind the network's own rules, not before them.
        var isOfNetwork: Bool
        var entries: [Entry]
    }

    static func read(_ sources: [SourceText], into rules: RuleSet) throws(FirewallError) -> RuleSet {
        var networks: [Entry] = []
        var policies: [PolicyRules] = []
        for source in sources {
            let root = try JSONReader.read(source)
            // `networks get-effective-firewalls` has both kinds in one object.
            let effective =
                (root.field("firewallPolicys")?.list ?? []) + (root.field("firewallPolicies")?.list ?? [])
                + (root.field("firewalls")?.list ?? [])
            var loose: [Entry] = []
            for item in effective.isEmpty ? (root.field("items") ?? root).list : effective {
                if let nested = item.field("rules")?.list {
                    var entries: [Entry] = []
                    for rule in nested { entries += try policyRule(rule, source) }
                    let isOfNetwork = item.field("type")?.text?.uppercased().hasPrefix("NETWORK") == true
                    policies.append(PolicyRules(isOfNetwork: isOfNetwork, entries: ordered(entries)))
                } else if item.field("match") != nil {
                    loose += try policyRule(item, source)
                } else {
                    networks += try rule(item, source)
                }
            }
            if !loose.isEmpty { policies.append(PolicyRules(isOfNetwork: false, entries: ordered(loose))) }
        }
        networks = ordered(networks)
        var builder = RuleListBuilder(rules)
        let onlyPolicies = networks.isEmpty && !policies.isEmpty
        for (ingress, hook) in [(true, Hook.input), (false, .output)] {
            func list(_ entries: [Entry]) -> [Rule] {
                entries.filter { $0.ingress == ingress }.map { Rule($0.conditions, $0.action, $0.origin) }
            }
            func jumps(ofNetwork: Bool) -> [Rule] {
                policies.filter { $0.isOfNetwork == ofNetwork }.compactMap { policy in
                    guard let origin = policy.entries.first?.origin else { return nil }
                    return Rule([], .jump(builder.chain("firewall policy", list(policy.entries))), origin)
                }
            }
            let all = jumps(ofNetwork: false) + list(networks) + jumps(ofNetwork: true)
            builder.base(
                "firewall rules", hook, all, policy: ingress && !onlyPolicies ? .drop : .accept,
                why: onlyPolicies
                    ? "no policy decides: the network's rules would"
                    : ingress ? "implied deny ingress" : "implied allow egress",
                families: RuleListBuilder.both)
        }
        if onlyPolicies { builder.rules.note("only firewall policies are given, not the networks' rules") }
        return builder.rules
    }

    /// By priority; of equal ones, denials first.
    private static func ordered(_ entries: [Entry]) -> [Entry] {
        entries.enumerated().sorted {
            ($0.element.priority, $0.element.action == .drop ? 0 : 1, $0.offset)
                < ($1.element.priority, $1.element.action == .drop ? 0 : 1, $1.offset)
        }.map(\.element)
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
                origin: node.origin(source.index, "\(network) \(priority) \(name): \(verb)"))
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
        case "goto_next": action = .return
        case "apply_security_profile_group": action = .accept
        default: action = .unknown("action \(SafeText.printable(verb, limit: 40))")
        }
        return [
            Entry(
                priority: priority, conditions: conditions, action: action, ingress: ingress,
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
