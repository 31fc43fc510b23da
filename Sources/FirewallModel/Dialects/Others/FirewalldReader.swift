import MailTypes

/// Reads firewalld's zone, ipset and service files, and the output of `firewall-cmd --list-all-zones`.
///
/// A packet belongs to one zone: that of its source, else of its interface, else the default one.
struct FirewalldReader {
    private var builder: RuleListBuilder
    private var zones: [FirewalldZone] = []
    private var services: [String: PortSet] = [:]
    private var sets: [String: AddressSet] = [:]

    static func read(_ sources: [SourceText], into rules: RuleSet) throws(FirewallError) -> RuleSet {
        var reader = FirewalldReader(builder: RuleListBuilder(rules))
        var roots: [(XMLElement, SourceText)] = []
        for source in sources where source.bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "<") {
            roots.append((try XMLReader.read(source), source))
        }
        for (root, source) in roots {
            let name = baseName(source.name)
            switch root.name {
            case "service": reader.services[name] = try reader.servicePorts(root, source)
            case "ipset": reader.sets[name] = try reader.setAddresses(root, source)
            case "zone", "direct", "policy", "whitelist", "lockdown-whitelist", "icmptype", "helper": break
            default:
                throw source.error(root.line, "<\(SafeText.printable(root.name, limit: 40))> is no file of firewalld")
            }
        }
        for (root, source) in roots {
            switch root.name {
            case "zone": try reader.zone(root, baseName(source.name), source)
            case "direct", "policy": reader.builder.rules.note("\(source.name): <\(root.name)> rules are not followed")
            default: break
            }
        }
        for source in sources where source.bytes.first(where: { $0 > 0x20 }) != UInt8(ascii: "<") {
            try reader.listing(source)
        }
        guard !reader.zones.isEmpty else {
            throw FirewallError(.syntax, file: sources.first?.name ?? "", line: 1, "no zone is given")
        }
        return reader.assemble()
    }

    private init(builder: RuleListBuilder) { self.builder = builder }

    private static func baseName(_ path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return file.hasSuffix(".xml") ? String(file.dropLast(4)) : file
    }

    // MARK: Files

    private func servicePorts(_ root: XMLElement, _ source: SourceText) throws(FirewallError) -> PortSet {
        var parts: [PortSet] = []
        for child in root.children where child.name == "port" {
            if let set = try ports(child.attributes, child.line, source) { parts.append(set) }
        }
        return PortSet(union: parts)
    }

    private func setAddresses(_ root: XMLElement, _ source: SourceText) throws(FirewallError) -> AddressSet {
        var result = AddressSet()
        for child in root.children where child.name == "entry" {
            let text = child.text.filter { !$0.isWhitespace }
            guard case .set(let set) = AddressText.read(text) else {
                throw source.error(child.line, "no address: \(SafeText.printable(text, limit: 60))")
            }
            result = result.union(set)
        }
        return result
    }

    /// `nil`: not TCP.
    private func ports(_ attributes: [String: String], _ line: Int, _ source: SourceText) throws(FirewallError)
        -> PortSet?
    {
        guard attributes["protocol"] == "tcp" else { return nil }
        guard let text = attributes["port"] else { throw source.error(line, "a port without a number") }
        if text.isEmpty { return .every }
        guard let set = PortSet(text, separator: "-") else {
            throw source.error(line, "no port: \(SafeText.printable(text, limit: 40))")
        }
        return set
    }

    private mutating func zone(_ root: XMLElement, _ name: String, _ source: SourceText) throws(FirewallError) {
        var zone = FirewalldZone(
            name: name, origin: RuleOrigin(file: source.index, line: root.line, text: "zone \(name)"))
        zone.target = root.attributes["target"] ?? "default"
        for child in root.children { try add(child, to: &zone, source) }
        zones.append(zone)
    }

    private func add(_ child: XMLElement, to zone: inout FirewalldZone, _ source: SourceText) throws(FirewallError) {
        func origin(_ text: String) -> RuleOrigin { RuleOrigin(file: source.index, line: child.line, text: text) }
        func allow(_ condition: Condition, _ text: String) {
            zone.entries.append((0, 1, [condition], .accept, origin("zone \(zone.name): \(text)")))
        }
        let attributes = child.attributes
        switch child.name {
        case "interface": if let name = attributes["name"] { zone.interfaces.append(name) }
        case "source":
            zone.sources.append(
                FirewalldZone.Source(
                    condition: try side(attributes, true, child.line, source),
                    text: attributes["address"] ?? attributes["ipset"] ?? "?"))
        case "service":
            allow(
                FirewalldServices.condition(attributes["name"] ?? "", defined: services),
                "service \(attributes["name"] ?? "?")")
        case "port":
            if let set = try ports(attributes, child.line, source) {
                allow(.destinationPort(set), "port \(attributes["port"] ?? "")/tcp")
            }
        case "source-port":
            if let set = try ports(attributes, child.line, source) {
                allow(.sourcePort(set), "source port \(attributes["port"] ?? "")/tcp")
            }
        case "protocol": if attributes["value"] == "tcp" { allow(.any([[]]), "protocol tcp") }
        case "forward-port":
            zone.forwards +=
                try forward(attributes, [], origin("zone \(zone.name): forward-port"), child.line, source).map { [$0] }
                ?? []
        case "rule": try rich(child, to: &zone, source)
        default: break
        }
    }

    private func side(_ attributes: [String: String], _ isSource: Bool, _ line: Int, _ source: SourceText)
        throws(FirewallError) -> Condition
    {
        let condition: Condition
        if let name = attributes["ipset"] {
            guard let set = sets[name] else {
                return .undecided("ipset \(SafeText.printable(name, limit: 60)) is not given")
            }
            condition = isSource ? .source(set) : .destination(set)
        } else if let text = attributes["address"] {
            guard case .set(let set) = AddressText.read(text) else {
                throw source.error(line, "no address: \(SafeText.printable(text, limit: 60))")
            }
            condition = isSource ? .source(set) : .destination(set)
        } else {
            return .undecided("a hardware address")
        }
        let inverted = ["true", "yes"].contains(attributes["invert"]?.lowercased() ?? "") || attributes["NOT"] != nil
        return inverted ? .none([[condition]]) : condition
    }

    private func forward(
        _ attributes: [String: String], _ conditions: [Condition], _ origin: RuleOrigin, _ line: Int,
        _ source: SourceText
    ) throws(FirewallError) -> Rule? {
        guard let set = try ports(attributes, line, source) else { return nil }
        var change = Translation(.thisHost)
        if let text = attributes["to-addr"], !text.isEmpty {
            guard case .set(let set) = AddressText.read(text) else { throw source.error(line, "no address in to-addr") }
            change.address = .addresses(set)
        }
        if let text = attributes["to-port"], !text.isEmpty {
            if let port = ServiceNames.port(text) { change.port = port } else { change.portUnknown = true }
        }
        return Rule(conditions + [.destinationPort(set)], .translate(change), origin)
    }

    private func rich(_ rule: XMLElement, to zone: inout FirewalldZone, _ source: SourceText) throws(FirewallError) {
        var conditions: [Condition] = []
        switch rule.attributes["family"] {
        case "ipv4": conditions.append(.family(.ipv4))
        case "ipv6": conditions.append(.family(.ipv6))
        default: break
        }
        var action: Action?
        let text =
            "rule \(rule.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")) "
            + rule.children.map {
                "\($0.name) \($0.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))"
            }.joined(separator: ", ")
        let origin = RuleOrigin(file: source.index, line: rule.line, text: "zone \(zone.name): \(text)")
        for child in rule.children {
            switch child.name {
            case "source": conditions.append(try side(child.attributes, true, child.line, source))
            case "destination": conditions.append(try side(child.attributes, false, child.line, source))
            case "service":
                conditions.append(FirewalldServices.condition(child.attributes["name"] ?? "", defined: services))
            case "port":
                conditions.append(
                    try ports(child.attributes, child.line, source).map { .destinationPort($0) } ?? .never)
            case "source-port":
                conditions.append(try ports(child.attributes, child.line, source).map { .sourcePort($0) } ?? .never)
            case "protocol": if !["tcp", "6"].contains(child.attributes["value"] ?? "") { conditions.append(.never) }
            case "icmp-block", "icmp-type": conditions.append(.never)
            case "forward-port":
                if let made = try forward(child.attributes, conditions, origin, child.line, source) {
                    zone.forwards.append(made)
                }
            case "accept": action = .accept
            case "reject", "drop": action = .drop
            default: break
            }
            let isVerdict = ["accept", "reject", "drop"].contains(child.name)
            if isVerdict, child.children.contains(where: { $0.name == "limit" }) {
                conditions.append(.undecided("a limit"))
            }
        }
        guard let action, !conditions.contains(.never) else { return }
        let priority = rule.attributes["priority"].flatMap { Int($0) } ?? 0
        zone.entries.append((priority, action == .drop ? 0 : 1, conditions, action, origin))
    }

    // MARK: firewall-cmd --list-all-zones

    private mutating func listing(_ source: SourceText) throws(FirewallError) {
        var zone: FirewalldZone?
        var inRich = false
        func element(_ name: String, _ attributes: [String: String], _ line: Int) -> XMLElement {
            XMLElement(name: name, attributes: attributes, line: line)
        }
        try source.forEachLine { number, line throws(FirewallError) in
            guard let first = line.first else { return }
            if first != " ", first != "\t" {
                if let done = zone { zones.append(done) }
                let name = line.prefix { $0 != " " }
                var next = FirewalldZone(
                    name: String(name), origin: RuleOrigin(file: source.index, line: number, text: "zone \(name)"))
                next.isDefault = line.contains("default")
                next.isActive = line.contains("active")
                zone = next
                inRich = false
                return
            }
            guard var current = zone else {
                throw source.error(number, "not the output of firewall-cmd --list-all-zones")
            }
            let text = line.trimmingSpaces
            if text.hasPrefix("rule "), inRich {
                try rich(try FirewalldReader.richText(text, number, source), to: &current, source)
            } else if let colon = text.firstIndex(of: ":") {
                let values = text[text.index(after: colon)...].split(separator: " ").map(String.init)
                inRich = text.hasPrefix("rich rules")
                for value in values {
                    let pair = value.split(separator: "/", maxSplits: 1).map(String.init)
                    switch text[..<colon] {
                    case "target": current.target = value
                    case "interfaces": current.interfaces.append(value)
                    case "sources":
                        let isSet = value.hasPrefix("ipset:")
                        try add(
                            element(
                                "source", isSet ? ["ipset": String(value.dropFirst(6))] : ["address": value], number),
                            to: &current, source)
                    case "services": try add(element("service", ["name": value], number), to: &current, source)
                    case "ports", "source-ports":
                        let name = text.hasPrefix("ports") ? "port" : "source-port"
                        try add(
                            element(name, ["port": pair[0], "protocol": pair.count > 1 ? pair[1] : ""], number),
                            to: &current, source)
                    case "protocols": try add(element("protocol", ["value": value], number), to: &current, source)
                    default: break
                    }
                }
            }
            zone = current
        }
        if let zone { zones.append(zone) }
    }

    /// `rule family="ipv4" source address="192.0.2.0/24" port port="25" protocol="tcp" accept` as the XML that says the same.
    private static func richText(_ text: String, _ line: Int, _ source: SourceText) throws(FirewallError) -> XMLElement
    {
        guard let words = Words.split(text[...]) else { throw source.error(line, "a quote is not closed") }
        var rule = XMLElement(name: "rule", attributes: [:], line: line)
        var current: XMLElement?
        for word in words.dropFirst() {
            if let equals = word.firstIndex(of: "=") {
                let (key, value) = (String(word[..<equals]), String(word[word.index(after: equals)...]))
                if current == nil {
                    rule.attributes[key] = value
                } else {
                    current?.attributes[key == "value" ? "value" : key] = value
                }
            } else if word == "NOT" || word == "not" {
                current?.attributes["NOT"] = "yes"
            } else if word == "limit" {
                current?.children.append(XMLElement(name: "limit", attributes: [:], line: line))
            } else {
                if let current { rule.children.append(current) }
                current = XMLElement(name: String(word), attributes: [:], line: line)
            }
        }
        if let current { rule.children.append(current) }
        return rule
    }

    // MARK: Dispatch

    private mutating func assemble() -> RuleSet {
        let fallback =
            zones.first { $0.isDefault } ?? (zones.count == 1 ? zones.first : zones.first { $0.name == "public" })
        if let fallback, !fallback.isDefault, zones.count > 1 {
            builder.rules.note("zone \(fallback.name) is taken as the default zone")
        }
        var filter: [Rule] = []
        var nat: [Rule] = []
        var chains: [String: (filter: Int, nat: Int?)] = [:]
        for zone in zones {
            chains[zone.name] = (
                builder.chain(zone.name, zone.rules),
                zone.forwards.isEmpty ? nil : builder.chain(zone.name, zone.forwards)
            )
        }
        func send(_ conditions: [Condition], _ zone: FirewalldZone, _ text: String) {
            guard let chain = chains[zone.name] else { return }
            let origin = RuleOrigin(file: zone.origin.file, line: zone.origin.line, text: text)
            filter.append(Rule(conditions, .goto(chain.filter), origin))
            if let target = chain.nat { nat.append(Rule(conditions, .goto(target), origin)) }
        }
        let translated = RuleOrigin(file: 0, line: 0, text: "forwarded ports are let in")
        filter.append(Rule([.connection(.translated)], .accept, translated))
        for zone in zones {
            for from in zone.sources { send([from.condition], zone, "source \(from.text) is in zone \(zone.name)") }
        }
        for zone in zones where !zone.interfaces.isEmpty {
            let names = zone.interfaces.map { $0.hasSuffix("+") ? $0.dropLast() + "*" : $0 }
            send([.incoming(InterfaceMatch(names))], zone, "interface in zone \(zone.name)")
        }
        if let fallback { send([], fallback, "default zone \(fallback.name)") }
        if !nat.isEmpty {
            builder.base(
                "forwarded ports", .prerouting, nat, policy: .accept, why: "no forward", families: RuleListBuilder.both,
                priority: -100)
        }
        builder.base("zones", .input, filter, policy: .drop, why: "no zone", families: RuleListBuilder.both)
        builder.base(
            "zones, through", .forward, [Rule([.connection(.translated)], .accept, translated)], policy: .drop,
            why: "not forwarded", families: RuleListBuilder.both)
        let open = builder.chain("out", [])
        builder.rules.bases.append(
            BaseChain(
                chain: open, hook: .output, policy: .accept, families: RuleListBuilder.both,
                origin: RuleOrigin(file: 0, line: 0, text: "firewalld's zones leave outgoing connections alone")))
        return builder.rules
    }
}
