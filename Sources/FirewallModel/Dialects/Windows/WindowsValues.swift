import MailTypes

/// The values of one Windows rule and its filters.
struct WindowsValues {
    let parts: [JSONNode]
    let source: SourceText
    let line: Int

    /// A list that may be an array, one text, or texts joined by commas. `nil`: not there.
    private func list(_ name: String) throws(FirewallError) -> [String]? {
        for part in parts {
            guard let node = part.field(name) else { continue }
            var texts = node.list.compactMap(\.text)
            // Windows PowerShell 5.1 wraps arrays: { "value": [...], "Count": n }.
            if texts.isEmpty, let wrapped = node.field("value") { texts = wrapped.list.compactMap(\.text) }
            let split = texts.flatMap { $0.split(whereSeparator: { ",; \t\n".contains($0) }).map(String.init) }
            if split.contains(where: { $0.hasPrefix("System.") }) {
                throw source.error(
                    line,
                    "\(name) is \"\(SafeText.printable(split[0], limit: 40))\": the export lost the values; join arrays before Export-Csv"
                )
            }
            if !split.isEmpty { return split }
        }
        return nil
    }

    private func text(_ name: String) -> String? {
        for part in parts { if let text = part.field(name)?.text, !text.isEmpty { return text } }
        return nil
    }

    private func has(_ name: String) -> Bool { parts.contains { $0.field(name) != nil } }

    /// `nil`: not for TCP.
    mutating func conditions(inbound: Bool, allowing: Bool) throws(FirewallError) -> [Condition]? {
        if let name = text("Protocol")?.lowercased(), !["tcp", "6", "any", "256", "*"].contains(name) { return nil }
        var conditions: [Condition] = []
        if !has("Protocol"), !has("LocalPort") {
            conditions.append(.undecided("the export has no ports: join Get-NetFirewallPortFilter"))
        }
        if !has("RemoteAddress") {
            conditions.append(.undecided("the export has no addresses: join Get-NetFirewallAddressFilter"))
        }
        if let profile = try profiles() {
            let match = InterfaceMatch(profile)
            conditions.append(inbound ? .incoming(match) : .outgoing(match))
        }
        let local = try ports("LocalPort")
        let remote = try ports("RemotePort")
        conditions.append(
            contentsOf: [inbound ? local : remote, inbound ? remote : local].enumerated().compactMap { index, set in
                switch set {
                case .every: nil
                case .some(let ports): index == 0 ? .destinationPort(ports) : .sourcePort(ports)
                case .unknown(let name): .undecided("port \(name)")
                }
            })
        conditions.append(
            contentsOf: [
                try addresses("RemoteAddress", isSource: inbound), try addresses("LocalAddress", isSource: !inbound),
            ].compactMap { $0 })
        let isNamed = if case .some = (inbound ? local : remote) { true } else { false }
        for name in ["Program", "Service", "Package"] {
            guard let value = text(name), !["any", "system", "*"].contains(value.lowercased()) else { continue }
            // A rule for a port and the program that listens there is a rule for that port.
            if !(allowing && isNamed) {
                conditions.append(.undecided("only \(name.lowercased()) \(SafeText.printable(value, limit: 80))"))
            }
        }
        if let value = text("Authentication"), !["notrequired", "0"].contains(value.lowercased()) {
            conditions.append(.undecided("authenticated connections only"))
        }
        for name in ["RemoteUser", "RemoteMachine"] where text(name).map({ $0.lowercased() != "any" }) ?? false {
            conditions.append(.undecided(name))
        }
        return conditions.contains(.never) ? nil : conditions
    }

    private func profiles() throws(FirewallError) -> [String]? {
        var listed = try list("Profile")
        if listed == nil { listed = try list("Profiles") }
        guard let texts = listed else { return nil }
        var names: [String] = []
        for text in texts {
            switch text.lowercased() {
            case "any", "all", "0", "2147483647": return nil
            case "domain": names.append("Domain")
            case "private": names.append("Private")
            case "public": names.append("Public")
            default:
                guard let bits = Int(text), (1...7).contains(bits) else {
                    throw source.error(line, "unknown profile \(SafeText.printable(text, limit: 40))")
                }
                names += [(1, "Domain"), (2, "Private"), (4, "Public")].filter { bits & $0.0 != 0 }.map(\.1)
            }
        }
        return names
    }

    private enum Ports { case every, some(PortSet), unknown(String) }

    private func ports(_ name: String) throws(FirewallError) -> Ports {
        guard let texts = try list(name) else { return .every }
        var parts: [PortSet] = []
        for text in texts {
            switch text.lowercased() {
            case "any", "*": return .every
            case "rpc", "rpcepmap", "rpc-epmap", "iphttpsin", "iphttpsout", "teredo", "playtodiscovery", "ply2disc",
                "mdns", "cortana", "dhcp":
                continue  // dynamic ports and named services: none is a mail port
            default:
                guard let set = PortSet(text, separator: "-") else {
                    return .unknown(SafeText.printable(text, limit: 40))
                }
                parts.append(set)
            }
        }
        return .some(PortSet(union: parts))
    }

    private func addresses(_ name: String, isSource: Bool) throws(FirewallError) -> Condition? {
        guard let texts = try list(name) else { return nil }
        var known = AddressSet()
        var others: [[Condition]] = []
        for text in texts {
            switch AddressText.read(text) {
            case .set(let set): known = known.union(set)
            case .name:
                if ["any", "*"].contains(text.lowercased()) { return nil }
                others.append([.undecided("\(name) \(SafeText.printable(text, limit: 40))")])
            case .wrong: throw source.error(line, "no address in \(name): \(SafeText.printable(text, limit: 64))")
            }
        }
        let own: Condition = isSource ? .source(known) : .destination(known)
        return others.isEmpty ? own : .any([[own]] + others)
    }
}
