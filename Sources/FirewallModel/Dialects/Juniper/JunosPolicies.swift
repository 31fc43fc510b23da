import MailTypes

/// The security policies of an SRX, as they are gathered from statements.
struct JunosPolicies {
    struct Policy {
        var name: String
        var from: String
        var to: String
        var sources: [String] = []
        var destinations: [String] = []
        var applications: [String] = []
        var fromZones: [String] = []
        var toZones: [String] = []
        var excludesSources = false
        var excludesDestinations = false
        var undecided: [String] = []
        var action: Action?
        var origin: RuleOrigin
    }

    private(set) var list: [Policy] = []
    private var places: [String: Int] = [:]
    private(set) var passesByDefault = false
    /// Interfaces of each zone.
    private(set) var zones: [String: [String]] = [:]

    var isEmpty: Bool { list.isEmpty }

    mutating func add(_ statement: JunosStatement, file: Int) {
        if statement.begins(with: ["security", "zones", "security-zone"]) {
            guard statement.words.count > 3 else { return }
            zones[statement[3]] = zones[statement[3]] ?? []
            if statement[4] == "interfaces", statement.words.count > 5 {
                var names = zones[statement[3]] ?? []
                if !names.contains(statement[5]) { names.append(statement[5]) }
                zones[statement[3]] = names
            }
            return
        }
        guard statement.begins(with: ["security", "policies"]) else { return }
        switch statement[2] {
        case "default-policy": passesByDefault = statement[3] == "permit-all"
        case "from-zone" where statement[4] == "to-zone" && statement[6] == "policy":
            add(Array(statement.rest(7)), statement[3], statement[5], statement, file)
        case "global" where statement[3] == "policy": add(Array(statement.rest(4)), "", "", statement, file)
        default: break
        }
    }

    private mutating func add(_ words: [String], _ from: String, _ to: String, _ statement: JunosStatement, _ file: Int)
    {
        guard let name = words.first else { return }
        let key = "\(from)\u{1}\(to)\u{1}\(name)"
        let index: Int
        if let known = places[key] {
            index = known
        } else {
            index = list.count
            places[key] = index
            let title = from.isEmpty ? "global" : "from-zone \(from) to-zone \(to)"
            list.append(
                Policy(
                    name: name, from: from, to: to,
                    origin: RuleOrigin(file: file, line: statement.line, text: "\(title) policy \(name)")))
        }
        switch words.dropFirst().first {
        case "match": JunosPolicies.match(Array(words.dropFirst(2)), &list[index])
        case "then": JunosPolicies.verdict(Array(words.dropFirst(2)), &list[index])
        case "scheduler-name":
            list[index].undecided.append("the scheduler \(SafeText.printable(words.last ?? "", limit: 60))")
        default: break
        }
    }

    // Static: a method would hold the list while it changes, which copies it.
    private static func match(_ words: [String], _ policy: inout Policy) {
        guard let key = words.first else { return }
        let value = words.count > 1 ? words[1] : ""
        switch key {
        case "source-address": policy.sources.append(value)
        case "destination-address": policy.destinations.append(value)
        case "application": policy.applications.append(value)
        case "source-address-excluded": policy.excludesSources = true
        case "destination-address-excluded": policy.excludesDestinations = true
        case "from-zone": policy.fromZones.append(value)
        case "to-zone": policy.toZones.append(value)
        case "dynamic-application", "source-identity", "url-category", "source-end-user-profile":
            if !["any", "none"].contains(value) {
                policy.undecided.append("\(key) \(SafeText.printable(value, limit: 60))")
            }
        default: policy.undecided.append(SafeText.printable(key, limit: 60))
        }
    }

    private static func verdict(_ words: [String], _ policy: inout Policy) {
        switch words.first {
        case "permit", "services-offload":
            policy.action = .accept
            if words.contains("firewall-authentication") { policy.undecided.append("firewall-authentication") }
        case "deny", "reject": policy.action = .drop
        default: break
        }
    }

    /// Whether the policy is about packets that pass through, and not about the device's own.
    static func isThrough(_ policy: Policy) -> Bool { policy.from != "junos-host" && policy.to != "junos-host" }

    /// The rule of a policy, without its zones.
    func rule(
        _ policy: Policy, _ names: JunosNames, _ source: SourceText
    ) throws(FirewallError) -> Rule? {
        guard let action = policy.action else {
            throw source.error(
                policy.origin.line,
                "policy \(SafeText.printable(policy.name, limit: 60)) has no action: the configuration is cut")
        }
        var conditions: [Condition] = []
        if let some = names.condition(
            policy.sources, isSource: true, zone: policy.from, excluded: policy.excludesSources),
            !policy.sources.isEmpty
        {
            conditions.append(some)
        }
        if let some = names.condition(
            policy.destinations, isSource: false, zone: policy.to, excluded: policy.excludesDestinations),
            !policy.destinations.isEmpty
        {
            conditions.append(some)
        }
        if !policy.applications.isEmpty, let some = names.condition(applications: policy.applications) {
            conditions.append(some)
        }
        conditions += policy.undecided.map { .undecided($0) }
        return conditions.contains(.never) ? nil : Rule(conditions, action, policy.origin)
    }
}

/// Destination and static NAT, which an SRX does before it looks for a policy.
struct JunosNAT {
    private struct Entry {
        var ruleSet: String
        var isStatic: Bool
        var conditions: [String: [String]] = [:]
        var pool = ""
        var prefix = ""
        var port = ""
        var isOff = false
        var origin: RuleOrigin
    }

    private var entries: [Entry] = []
    private var places: [String: Int] = [:]
    private var ways: [String: [String]] = [:]
    private var pools: [String: [String]] = [:]

    mutating func add(_ statement: JunosStatement, file: Int) {
        guard statement[0] == "security", statement[1] == "nat", ["destination", "static"].contains(statement[2]) else {
            return
        }
        let kind = statement[2]
        if statement[3] == "pool" {
            pools[statement[4], default: []] += statement.rest(5)
            return
        }
        guard statement[3] == "rule-set" else { return }
        let set = "\(kind) \(statement[4])"
        if statement[5] == "from" {
            ways[set, default: []] += statement.rest(6)
            return
        }
        guard statement[5] == "rule" else { return }
        let key = "\(set)\u{1}\(statement[6])"
        let index = places[key] ?? entries.count
        if places[key] == nil {
            places[key] = index
            entries.append(
                Entry(
                    ruleSet: set, isStatic: kind == "static",
                    origin: RuleOrigin(
                        file: file, line: statement.line, text: "nat \(set) rule \(statement[6])")))
        }
        let rest = Array(statement.rest(8))
        switch (statement[7], statement[8]) {
        case ("match", _):
            entries[index].conditions[statement[8], default: []].append(rest.dropFirst().joined(separator: " "))
        case ("then", "destination-nat"):
            if statement[9] == "pool" { entries[index].pool = statement[10] }
            if statement[9] == "off" { entries[index].isOff = true }
        case ("then", "static-nat"):
            if let at = rest.firstIndex(of: "mapped-port"), at + 1 < rest.count { entries[index].port = rest[at + 1] }
            if statement[9] == "prefix" || statement[9] == "prefix-name", statement[10] != "mapped-port" {
                entries[index].prefix = statement[10]
            }
        default: break
        }
    }

    /// The rules in the order in which they are looked at: static ones first.
    func rules(_ names: JunosNames, zone patterns: (String) -> [String]) -> [Rule] {
        (entries.filter(\.isStatic) + entries.filter { !$0.isStatic }).compactMap { entry in
            var conditions: [Condition] = []
            let way = ways[entry.ruleSet] ?? []
            switch way.first {
            case "zone": conditions.append(.incoming(InterfaceMatch(way.filter { $0 != "zone" }.flatMap(patterns))))
            case nil: break
            case .some(let kind): conditions.append(.undecided("nat from \(SafeText.printable(kind, limit: 40))"))
            }
            for (key, values) in entry.conditions.sorted(by: { $0.key < $1.key }) {
                conditions += JunosNAT.conditions(key, values, names)
            }
            guard !conditions.contains(.never) else { return nil }
            if entry.isOff { return Rule(conditions, .accept, entry.origin) }
            return Rule(conditions, .translate(translation(entry, names)), entry.origin)
        }
    }

    private static func conditions(_ key: String, _ values: [String], _ names: JunosNames) -> [Condition] {
        switch key {
        case "source-address", "destination-address", "source-address-name", "destination-address-name":
            let isSource = key.hasPrefix("source")
            return names.condition(values, isSource: isSource, zone: "", excluded: false).map { [$0] } ?? []
        case "destination-port", "source-port":
            var parts: [PortSet] = []
            for value in values {
                let text = value.split(separator: " ").filter { $0 != "low" && $0 != "high" }
                    .map { $0 == "to" ? "-" : String($0) }.joined()
                guard let set = PortSet(text, separator: "-") else {
                    return [.undecided("port \(SafeText.printable(value, limit: 40))")]
                }
                parts.append(set)
            }
            let ports = PortSet(union: parts)
            return [key == "source-port" ? .sourcePort(ports) : .destinationPort(ports)]
        case "protocol": return values.contains { ["tcp", "6"].contains($0) } ? [] : [.never]
        case "application": return names.condition(applications: values).map { [$0] } ?? []
        default: return [.undecided("nat's match of \(SafeText.printable(key, limit: 40))")]
        }
    }

    private func translation(_ entry: Entry, _ names: JunosNames) -> Translation {
        var result = Translation(.unknown)
        if entry.isStatic {
            if case .some(.destination(let set)) = names.condition(
                [entry.prefix], isSource: false, zone: "", excluded: false)
            {
                result.address = .addresses(set)
            }
            if !entry.port.isEmpty { result.port = ServiceNames.port(entry.port) }
            return result
        }
        var words = (pools[entry.pool] ?? [])[...]
        var low: String?
        while let word = words.popFirst() {
            switch word {
            case "address": continue
            case "port": result.port = words.popFirst().flatMap { ServiceNames.port($0) }
            case "to":
                if let first = low, let last = words.popFirst(),
                    case .set(let set) = AddressText.read(
                        "\(first.prefix { $0 != "/" })-\(last.prefix { $0 != "/" })")
                {
                    result.address = .addresses(set)
                }
            case "routing-instance", "description", "host-address-base": _ = words.popFirst()
            default:
                guard case .set(let set) = AddressText.read(word) else { continue }
                low = word
                result.address = .addresses(set)
            }
        }
        return result
    }
}
