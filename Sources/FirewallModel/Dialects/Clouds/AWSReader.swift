import MailTypes

/// Reads `aws ec2 describe-security-groups`, `describe-security-group-rules` and `describe-network-acls`.
///
/// Security groups only allow and remember connections; the groups of a file count together, as on one instance. Network
/// ACLs are ordered and stateless: the answers to the client's port must be let out too. Each ACL is an interface of its
/// own (`--interface acl-…`), because a packet meets only that of its subnet.
struct AWSReader {
    private var builder: RuleListBuilder
    private var inbound: [Rule] = []
    private var outbound: [Rule] = []
    private var hasGroups = false
    private var acls: [ACL] = []

    private struct ACL {
        var name: String
        var file: Int
        var entries:
            [(number: Int, egress: Bool, addresses: AddressSet, ports: PortSet, allows: Bool, origin: RuleOrigin)]
    }

    static func read(_ sources: [SourceText], into rules: RuleSet) throws(FirewallError) -> RuleSet {
        var reader = AWSReader(builder: RuleListBuilder(rules))
        for source in sources {
            let root = try JSONReader.read(source)
            for node in root.elements ?? [root] { try reader.collect(node, source) }
        }
        return reader.assemble()
    }

    private init(builder: RuleListBuilder) { self.builder = builder }

    private mutating func collect(_ node: JSONNode, _ source: SourceText) throws(FirewallError) {
        var groups = node["SecurityGroups"]?.list ?? []
        if node["IpPermissions"] != nil { groups.append(node) }
        for group in groups {
            hasGroups = true
            let name = group.first("GroupId", "GroupName")?.text ?? "?"
            for permission in group["IpPermissions"]?.list ?? [] { try permit(permission, name, false, source) }
            for permission in group["IpPermissionsEgress"]?.list ?? [] { try permit(permission, name, true, source) }
        }
        for rule in node["SecurityGroupRules"]?.list ?? [] {
            hasGroups = true
            try permit(rule, rule["GroupId"]?.text ?? "?", rule["IsEgress"]?.truth ?? false, source)
        }
        var lists = node["NetworkAcls"]?.list ?? []
        if node["Entries"] != nil { lists.append(node) }
        for list in lists { try collectACL(list, source) }
    }

    private func isTCP(_ node: JSONNode, _ key: String, _ source: SourceText) throws(FirewallError) -> Bool {
        guard let text = node[key]?.text else { throw source.error(node.line, "a rule without \(key)") }
        return ["-1", "tcp", "6", "all"].contains(text.lowercased())
    }

    private func ports(_ node: JSONNode, _ from: String, _ to: String, _ source: SourceText) throws(FirewallError)
        -> PortSet
    {
        guard let low = node[from]?.integer, let high = node[to]?.integer, low >= 0 else { return .every }
        guard low <= high, high <= 65535 else { throw source.error(node.line, "no port range: \(low)-\(high)") }
        return PortSet(UInt16(low)...UInt16(high))
    }

    private mutating func permit(
        _ node: JSONNode, _ group: String, _ egress: Bool, _ source: SourceText
    ) throws(FirewallError) {
        guard try isTCP(node, "IpProtocol", source) else { return }
        let ports = try ports(node, "FromPort", "ToPort", source)
        var blocks: [(JSONNode, String)] = []
        for range in (node["IpRanges"]?.list ?? []) + (node["Ipv6Ranges"]?.list ?? []) {
            if let text = range.first("CidrIp", "CidrIpv6")?.text { blocks.append((range, text)) }
        }
        if let text = node.first("CidrIpv4", "CidrIpv6")?.text { blocks.append((node, text)) }
        for (at, text) in blocks {
            guard case .set(let set) = AddressText.read(text) else {
                throw source.error(at.line, "no address block: \(SafeText.printable(text, limit: 64))")
            }
            let about = at["Description"]?.text.map { " (\(SafeText.printable($0, limit: 80)))" } ?? ""
            add(
                [egress ? .destination(set) : .source(set)], ports, egress,
                at.origin(source.index, "\(group) allows \(text)\(about)"))
        }
        for list in (node["PrefixListIds"]?.list ?? []) + (node["PrefixListId"].map { [$0] } ?? []) {
            let name = list["PrefixListId"]?.text ?? list.text ?? "?"
            add(
                [.undecided("prefix list \(SafeText.printable(name, limit: 40))")], ports, egress,
                list.origin(source.index, "\(group) allows \(name)"))
        }
        for pair in (node["UserIdGroupPairs"]?.list ?? []) + (node["ReferencedGroupInfo"].map { [$0] } ?? []) {
            let name = pair["GroupId"]?.text ?? "?"
            let members: Condition = egress ? .destination(KnownNetworks.privateUse) : .source(KnownNetworks.privateUse)
            add(
                [members, .undecided("members of \(SafeText.printable(name, limit: 40)) (private addresses)")], ports,
                egress,
                pair.origin(source.index, "\(group) allows members of \(name)"))
        }
    }

    private mutating func add(_ conditions: [Condition], _ ports: PortSet, _ egress: Bool, _ origin: RuleOrigin) {
        let rule = Rule([.destinationPort(ports)] + conditions, .accept, origin)
        if egress { outbound.append(rule) } else { inbound.append(rule) }
    }

    private mutating func collectACL(_ list: JSONNode, _ source: SourceText) throws(FirewallError) {
        var acl = ACL(name: list["NetworkAclId"]?.text ?? "acl", file: source.index, entries: [])
        for entry in list["Entries"]?.list ?? [] {
            guard let number = entry["RuleNumber"]?.integer, let text = entry.first("CidrBlock", "Ipv6CidrBlock")?.text,
                case .set(let set) = AddressText.read(text), let action = entry["RuleAction"]?.text
            else { throw source.error(entry.line, "an entry without number, block or action") }
            guard try isTCP(entry, "Protocol", source) else { continue }
            let range = entry["PortRange"]
            var own = PortSet.every
            if let range { own = try ports(range, "From", "To", source) }
            acl.entries.append(
                (
                    number, entry["Egress"]?.truth ?? false, set, own, action.lowercased() == "allow",
                    entry.origin(source.index, "\(acl.name) \(number) \(action) \(text)")
                ))
        }
        acl.entries.sort { $0.number < $1.number }
        acls.append(acl)
    }

    private mutating func assemble() -> RuleSet {
        if hasGroups {
            builder.base(
                "security groups", .input, inbound, policy: .drop, why: "no security group allows it",
                families: RuleListBuilder.both)
            builder.base(
                "security groups, out", .output, outbound, policy: .drop, why: "no security group allows it",
                families: RuleListBuilder.both)
        }
        guard !acls.isEmpty else { return builder.rules }
        // The way there, and the way back: of the answer, the client's address and port are the destination.
        for (hook, isOut, priority) in [
            (Hook.prerouting, false, 0), (.prerouting, true, 1), (.postrouting, true, 0), (.postrouting, false, 1),
        ] {
            let incoming = hook == .prerouting
            let back = incoming == isOut
            var dispatch: [Rule] = []
            for acl in acls {
                let list = acl.entries.filter { $0.egress == isOut }.map { entry in
                    let peer: Condition = incoming ? .source(entry.addresses) : .destination(entry.addresses)
                    let ports: Condition = back ? .sourcePort(entry.ports) : .destinationPort(entry.ports)
                    return Rule([peer, ports], entry.allows ? .accept : .drop, entry.origin)
                }
                let chain = builder.chain(acl.name, list)
                let match = InterfaceMatch([acl.name])
                dispatch.append(
                    Rule(
                        [incoming ? .incoming(match) : .outgoing(match)], .goto(chain),
                        RuleOrigin(file: acl.file, line: 0, text: acl.name)))
            }
            builder.base(
                "network ACLs\(back ? ", answers" : "")", hook, dispatch, policy: .drop,
                why: "the network ACL's last rule",
                families: RuleListBuilder.both, priority: priority)
        }
        return builder.rules
    }
}
