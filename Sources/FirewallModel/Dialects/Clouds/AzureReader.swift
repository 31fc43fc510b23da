import MailTypes

/// Reads Azure network security groups: `az network nsg show/list`, ARM templates, PowerShell's export.
///
/// Each group is an interface of its own (`--interface NAME`). `VirtualNetwork` is not known exactly: some private addresses.
struct AzureReader {
    private var builder: RuleListBuilder
    private var dispatch: [Bool: [Rule]] = [:]

    private struct Entry {
        var priority: Int
        var conditions: [Condition]
        var allows: Bool
        var inbound: Bool
        var origin: RuleOrigin
    }

    static func read(_ sources: [SourceText], into rules: RuleSet) throws(FirewallError) -> RuleSet {
        var reader = AzureReader(builder: RuleListBuilder(rules))
        for source in sources {
            let root = try JSONReader.read(source)
            let items = (root.field("value") ?? root).list
            var loose: [JSONNode] = []
            for item in items {
                let body = item.field("properties") ?? item
                let lists = ["securityRules", "defaultSecurityRules", "effectiveSecurityRules"].compactMap {
                    body.field($0)
                }
                if lists.isEmpty {
                    loose.append(item)
                } else {
                    let name =
                        item.field("name")?.text ?? item.field("networkSecurityGroup")?.field("id")?.text ?? "nsg"
                    try reader.group(
                        String(name.split(separator: "/").last ?? "nsg"), lists.flatMap(\.list), source, item)
                }
            }
            if !loose.isEmpty { try reader.group("nsg", loose, source, root) }
        }
        for (inbound, hook) in [(true, Hook.input), (false, .output)] {
            reader.builder.base(
                "network security groups", hook, reader.dispatch[inbound] ?? [], policy: .drop, why: "no group",
                families: RuleListBuilder.both)
        }
        return reader.builder.rules
    }

    private init(builder: RuleListBuilder) { self.builder = builder }

    private mutating func group(
        _ name: String, _ nodes: [JSONNode], _ source: SourceText, _ item: JSONNode
    ) throws(FirewallError) {
        var entries: [Entry] = []
        for node in nodes { if let entry = try entry(node, name, source) { entries.append(entry) } }
        if !entries.contains(where: { $0.priority >= 65000 }) { entries += defaults(name, source, item) }
        entries.sort { $0.priority < $1.priority }
        for inbound in [true, false] {
            let list = entries.filter { $0.inbound == inbound }.map {
                Rule($0.conditions, $0.allows ? .accept : .drop, $0.origin)
            }
            let last = Rule([], .drop, RuleOrigin(file: source.index, line: item.line, text: "\(name): deny all"))
            let chain = builder.chain(name, list + [last])
            let match = InterfaceMatch([name])
            dispatch[inbound, default: []].append(
                Rule([inbound ? .incoming(match) : .outgoing(match)], .goto(chain), item.origin(source.index, name)))
        }
    }

    private func entry(_ node: JSONNode, _ group: String, _ source: SourceText) throws(FirewallError) -> Entry? {
        let body = node.field("properties") ?? node
        guard let priority = body.field("priority")?.integer, let access = body.field("access")?.text?.lowercased(),
            let direction = body.field("direction")?.text?.lowercased()
        else { throw source.error(node.line, "a rule without priority, access or direction") }
        let inbound = direction == "inbound"
        guard inbound || direction == "outbound", access == "allow" || access == "deny" else {
            throw source.error(node.line, "unknown direction or access")
        }
        let protocols = body.texts("protocol").map { $0.lowercased() }
        guard protocols.isEmpty || protocols.contains(where: { ["tcp", "*", "all", "any", "6"].contains($0) }) else {
            return nil
        }
        let name = node.field("name")?.text ?? "?"
        let origin = node.origin(source.index, "\(group) \(priority) \(name): \(access) \(direction)")
        var conditions: [Condition] = []
        let from = body.texts("expandedSourceAddressPrefix")
        let to = body.texts("expandedDestinationAddressPrefix")
        let sources = from.isEmpty ? body.texts("sourceAddressPrefix", "sourceAddressPrefixes") : from
        let destinations = to.isEmpty ? body.texts("destinationAddressPrefix", "destinationAddressPrefixes") : to
        if body.field("sourceApplicationSecurityGroups")?.list.isEmpty == false {
            conditions += [.source(KnownNetworks.privateUse), .undecided("members of an application security group")]
        } else {
            conditions.append(try addresses(sources, isSource: true, own: !inbound, node, source))
        }
        if body.field("destinationApplicationSecurityGroups")?.list.isEmpty == false {
            conditions.append(.undecided("members of an application security group"))
        } else {
            conditions.append(try addresses(destinations, isSource: false, own: inbound, node, source))
        }
        conditions.append(.sourcePort(try ports(body.texts("sourcePortRange", "sourcePortRanges"), node, source)))
        conditions.append(
            .destinationPort(try ports(body.texts("destinationPortRange", "destinationPortRanges"), node, source)))
        return Entry(
            priority: priority, conditions: conditions, allows: access == "allow", inbound: inbound, origin: origin)
    }

    private func ports(_ texts: [String], _ node: JSONNode, _ source: SourceText) throws(FirewallError) -> PortSet {
        var parts: [PortSet] = []
        for text in texts {
            if text == "*" { return .every }
            for part in text.split(separator: ",") {
                guard let set = PortSet(part.trimmingSpaces, separator: "-") else {
                    throw source.error(node.line, "no port range: \(SafeText.printable(text, limit: 40))")
                }
                parts.append(set)
            }
        }
        return parts.isEmpty ? .every : PortSet(union: parts)
    }

    /// - Parameter own: the side that is the virtual machine itself.
    private func addresses(
        _ texts: [String], isSource: Bool, own: Bool, _ node: JSONNode, _ source: SourceText
    ) throws(FirewallError) -> Condition {
        var known = AddressSet()
        var alternatives: [[Condition]] = []
        func side(_ set: AddressSet) -> Condition { isSource ? .source(set) : .destination(set) }
        for text in texts {
            switch text.lowercased() {
            case "*", "any": return .any([[]])
            case "internet": known = known.union(KnownNetworks.privateUse.complement)
            case "azureloadbalancer": known = known.union(AddressSet([IPNetwork("168.63.129.16")].compactMap { $0 }))
            case "virtualnetwork":
                if own { return .any([[]]) }
                alternatives.append([side(KnownNetworks.privateUse), .undecided("VirtualNetwork (private addresses)")])
            default:
                switch AddressText.read(text) {
                case .set(let set): known = known.union(set)
                case .name: alternatives.append([.undecided("service tag \(SafeText.printable(text, limit: 40))")])
                case .wrong: throw source.error(node.line, "no address block: \(SafeText.printable(text, limit: 64))")
                }
            }
        }
        if texts.isEmpty { return .any([[]]) }
        return alternatives.isEmpty ? side(known) : .any([[side(known)]] + alternatives)
    }

    /// The rules that every group ends with, when the export leaves them out.
    private func defaults(_ group: String, _ source: SourceText, _ item: JSONNode) -> [Entry] {
        let members: [Condition] = [
            .source(KnownNetworks.privateUse), .undecided("VirtualNetwork (private addresses)"),
        ]
        let balancer: [Condition] = [.source(AddressSet([IPNetwork("168.63.129.16")].compactMap { $0 }))]
        func entry(_ priority: Int, _ name: String, _ conditions: [Condition], _ allows: Bool, _ inbound: Bool) -> Entry
        {
            Entry(
                priority: priority, conditions: conditions, allows: allows, inbound: inbound,
                origin: RuleOrigin(
                    file: source.index, line: item.line, text: "\(group) \(priority) \(name) (default rule)"))
        }
        return [
            entry(65000, "AllowVnetInBound", members, true, true),
            entry(65001, "AllowAzureLoadBalancerInBound", balancer, true, true),
            entry(65500, "DenyAllInBound", [], false, true),
            entry(65001, "AllowInternetOutBound", [], true, false),
        ]
    }
}

extension StringProtocol {
    /// Without spaces and tabs at either end.
    var trimmingSpaces: String {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" { rest = rest.dropFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest = rest.dropLast() }
        return String(rest)
    }
}
