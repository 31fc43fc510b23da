import MailTypes

/// Object groups and objects of a Cisco configuration.
struct CiscoGroups {
    private var addresses: [String: [Member]] = [:]
    private var services: [String: [Service]] = [:]

    /// Groups of protocols, and whether TCP is one of them.
    private var protocols: [String: Bool] = [:]
    /// ASA's names of addresses.
    private(set) var names: [String: String] = [:]

    enum Member {
        case set(AddressSet)
        case group(String)
        case unknown(String)
    }

    struct Service {
        /// `nil`: of the rule's protocol.
        var isTCP: Bool?
        var ports: PortSet
        var group: String?
    }

    /// Groups in groups.
    private static let depth = 16

    /// The set of a group; `nil`: a part of it is not known.
    func addresses(_ name: String, depth: Int = 0) -> AddressSet? {
        guard depth < CiscoGroups.depth, let members = addresses[name] else { return nil }
        var result = AddressSet()
        for member in members {
            switch member {
            case .set(let set): result = result.union(set)
            case .group(let other):
                guard let set = addresses(other, depth: depth + 1) else { return nil }
                result = result.union(set)
            case .unknown: return nil
            }
        }
        return result
    }

    /// The TCP ports of a service group; `nil`: it is not known.
    func ports(_ name: String, depth: Int = 0) -> PortSet? {
        guard depth < CiscoGroups.depth, let members = services[name] else { return nil }
        var parts: [PortSet] = []
        for member in members {
            if let group = member.group {
                guard let set = ports(group, depth: depth + 1) else { return nil }
                parts.append(set)
            } else if member.isTCP != false {
                parts.append(member.ports)
            }
        }
        return PortSet(union: parts)
    }

    func isTCP(_ group: String) -> Bool? { protocols[group] }

    func isService(_ name: String) -> Bool { services[name] != nil }

    mutating func collect(_ source: SourceText) throws(FirewallError) {
        var current: (name: String, isService: Bool, isTCP: Bool?)?
        var protocolGroup: String?
        try source.forEachLine { number, line throws(FirewallError) in
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
            guard let head = words.first, !head.hasPrefix("!") else { return }
            if head == "name", words.count >= 3, IPAddress(words[1]) != nil {
                names[words[2]] = words[1]
                return
            }
            if head == "object-group" || (head == "object" && !(line.first == " ")) {
                current = begin(words)
                protocolGroup = words.count > 2 && words[1] == "protocol" ? words[2] : nil
                if let protocolGroup {
                    protocols[protocolGroup] = protocols[protocolGroup] ?? false
                    current = nil
                }
                return
            }
            if let name = protocolGroup, head == "protocol-object" || head == "group-object", words.count > 1 {
                let isTCP =
                    head == "group-object" ? protocols[words[1]] ?? true : ["tcp", "6", "ip"].contains(words[1])
                protocols[name] = (protocols[name] ?? false) || isTCP
                return
            }
            guard let group = current else { return }
            if head == "exit" || head == "access-list" || head == "ip" || head == "ipv6" || head == "interface"
                || head == "no"
            {
                current = nil
                return
            }
            if head == "description" || head == "remark" { return }
            if group.isService {
                service(words, group, number, source)
            } else {
                address(words, group.name)
            }
        }
    }

    private mutating func begin(_ words: [String]) -> (name: String, isService: Bool, isTCP: Bool?)? {
        guard words.count >= 3 else { return nil }
        var rest = Array(words.dropFirst(2))
        if ["ipv4", "ipv6", "address", "port"].contains(rest[0]), rest.count > 1 { rest.removeFirst() }
        let isService =
            words[1] == "service" || words[1] == "port" || (words.count > 3 && words[1] == "ip" && words[2] == "port")
        var isTCP: Bool?
        if isService, let kind = rest.dropFirst().first { isTCP = kind.hasPrefix("tcp") }
        if isService {
            services[rest[0]] = services[rest[0]] ?? []
        } else {
            addresses[rest[0]] = addresses[rest[0]] ?? []
        }
        return (rest[0], isService, isTCP)
    }

    private mutating func address(_ words: [String], _ name: String) {
        var rest = words[...]
        if let first = rest.first, Int(first) != nil { rest = rest.dropFirst() }
        if let first = rest.first, ["network-object", "host-info", "subnet", "range"].contains(first) {
            if first == "range", rest.count >= 3,
                case .set(let set) = AddressText.read(rest.dropFirst().prefix(2).joined(separator: "-"))
            {
                addresses[name, default: []].append(.set(set))
                return
            }
            rest = rest.dropFirst()
        }
        let parts = Array(rest)
        let member: Member
        switch parts.first {
        case "group-object", "object": member = parts.count > 1 ? .group(parts[1]) : .unknown(name)
        case "host":
            if parts.count > 1, case .set(let set) = AddressText.read(parts[1]) {
                member = .set(set)
            } else {
                member = .unknown(name)
            }
        case "range":
            if parts.count > 2, case .set(let set) = AddressText.read("\(parts[1])-\(parts[2])") {
                member = .set(set)
            } else {
                member = .unknown(name)
            }
        case "any": member = .set(.everything)
        case .some(let first):
            let text = parts.count > 1 && IPAddress(parts[1]) != nil ? "\(first)/\(parts[1])" : first
            if case .set(let set) = AddressText.read(text) { member = .set(set) } else { member = .unknown(first) }
        case nil: return
        }
        addresses[name, default: []].append(member)
    }

    private mutating func service(
        _ words: [String], _ group: (name: String, isService: Bool, isTCP: Bool?), _ line: Int, _ source: SourceText
    ) {
        var rest = words[...]
        var isTCP = group.isTCP
        if rest.first == "group-object", rest.count > 1 {
            services[group.name, default: []].append(Service(ports: .every, group: words[1]))
            return
        }
        if let first = rest.first, ["service-object", "port-object", "service"].contains(first) {
            rest = rest.dropFirst()
        }
        if let first = rest.first, ["tcp", "udp", "tcp-udp", "icmp", "ip", "6", "17", "sctp", "icmp6"].contains(first) {
            isTCP = ["tcp", "tcp-udp", "ip", "6"].contains(first)
            rest = rest.dropFirst()
        }
        if rest.first == "source" { return }
        if rest.first == "destination" { rest = rest.dropFirst() }
        let ports = CiscoEntry.ports(Array(rest)) ?? .every
        services[group.name, default: []].append(Service(isTCP: isTCP, ports: ports))
    }
}
