import MailTypes

/// Addresses, applications and prefix lists that a JunOS configuration names.
struct JunosNames {
    /// Addresses by book and name. Books of zones are called `zone NAME`.
    private var addresses: [String: [String: [Member]]] = [:]
    /// Books that are for a zone.
    private var attached: [String: [String]] = [:]
    private var applications: [String: [String: [String]]] = [:]
    private var applicationSets: [String: [String]] = [:]
    private(set) var prefixLists: [String: [String]] = [:]

    private enum Member {
        case set(AddressSet)
        case name(String)
        case unknown(String)
    }

    /// Sets in sets.
    private static let depth = 16

    // MARK: Reading

    mutating func add(_ statement: JunosStatement, _ source: SourceText) throws(FirewallError) {
        switch (statement[0], statement[1]) {
        case ("security", "address-book"):
            if statement[3] == "attach" {
                if statement[4] == "zone" { attached[statement[5], default: []].append(statement[2]) }
            } else {
                try address(statement.rest(3), book: statement[2], statement, source)
            }
        case ("security", "zones") where statement[4] == "address-book":
            try address(statement.rest(5), book: "zone \(statement[3])", statement, source)
        case ("applications", "application"):
            // Options follow each other on one line, or are statements of their own.
            let isTerm = statement[3] == "term"
            let key = isTerm ? "term \(statement[4])" : ""
            applications[statement[2], default: [:]][key, default: []] += statement.rest(isTerm ? 5 : 3)
        case ("applications", "application-set"):
            if ["application", "application-set"].contains(statement[3]) {
                applicationSets[statement[2], default: []].append(statement[4])
            } else {
                applicationSets[statement[2]] = applicationSets[statement[2]] ?? []
            }
        case ("policy-options", "prefix-list"):
            if statement[3] == "apply-path" {
                prefixLists[statement[2], default: []].append("apply-path")
            } else if statement.words.count > 3 {
                prefixLists[statement[2], default: []].append(statement[3])
            } else {
                prefixLists[statement[2]] = prefixLists[statement[2]] ?? []
            }
        default: break
        }
    }

    private mutating func address(
        _ words: ArraySlice<String>, book: String, _ statement: JunosStatement, _ source: SourceText
    ) throws(FirewallError) {
        let rest = Array(words)
        guard rest.count >= 2 else { return }
        let name = rest[1]
        let values = Array(rest.dropFirst(2))
        func wrong() -> FirewallError {
            source.error(
                statement.line, "no address: \(SafeText.printable(values.joined(separator: " "), limit: 80))")
        }
        switch rest[0] {
        case "address-set":
            if values.count >= 2, values[0] == "address" || values[0] == "address-set" {
                addresses[book, default: [:]][name, default: []].append(.name(values[1]))
            } else {
                addresses[book, default: [:]][name] = addresses[book]?[name] ?? []
            }
        case "address":
            let member: Member
            switch values.first {
            case nil: return
            case "description": return
            case "dns-name": member = .unknown("the host name \(values.last ?? "")")
            case "range-address":
                guard values.count >= 4, case .set(let set) = AddressText.read("\(values[1])-\(values[3])") else {
                    throw wrong()
                }
                member = .set(set)
            case "wildcard-address", "ip-prefix":
                guard values.count >= 2, case .set(let set) = AddressText.read(values[1]) else { throw wrong() }
                member = .set(set)
            case .some(let text):
                guard case .set(let set) = AddressText.read(text) else { throw wrong() }
                member = .set(set)
            }
            addresses[book, default: [:]][name, default: []].append(member)
        default: break
        }
    }

    // MARK: Asking

    /// The condition of addresses of a policy. Names are looked up in the zone's books, then in the global one.
    func condition(_ names: [String], isSource: Bool, zone: String, excluded: Bool) -> Condition? {
        var known = AddressSet()
        var others: [[Condition]] = []
        var everybody = false
        func side(_ set: AddressSet) -> Condition { isSource ? .source(set) : .destination(set) }
        for name in names {
            switch name {
            case "any": everybody = true
            case "any-ipv4": known = known.union(AddressSet(ipv4: AddressSet.everything.ipv4))
            case "any-ipv6": known = known.union(AddressSet(ipv6: AddressSet.everything.ipv6))
            default:
                var unknown: String?
                known = known.union(members(name, zone: zone, depth: 0, unknown: &unknown))
                if let unknown { others.append([.undecided(unknown)]) }
            }
        }
        if everybody { return excluded ? .never : nil }
        let own = side(known)
        let condition: Condition = others.isEmpty ? own : .any([[own]] + others)
        return excluded ? .none([[condition]]) : condition
    }

    private func members(_ name: String, zone: String, depth: Int, unknown: inout String?) -> AddressSet {
        let books = ["zone \(zone)"] + (attached[zone] ?? []) + ["global"]
        guard depth < JunosNames.depth, let list = books.lazy.compactMap({ addresses[$0]?[name] }).first else {
            if case .set(let set) = AddressText.read(name) { return set }
            unknown = "address \(SafeText.printable(name, limit: 60)) is in no address book"
            return AddressSet()
        }
        var result = AddressSet()
        for member in list {
            switch member {
            case .set(let set): result = result.union(set)
            case .name(let other):
                result = result.union(members(other, zone: zone, depth: depth + 1, unknown: &unknown))
            case .unknown(let why):
                unknown = "\(SafeText.printable(name, limit: 60)): \(SafeText.printable(why, limit: 80))"
            }
        }
        return result
    }

    /// The condition of applications; `nil`: any. `.never`: nothing of TCP.
    func condition(applications names: [String]) -> Condition? {
        var alternatives: [[Condition]] = []
        for name in names {
            if name == "any" { return nil }
            alternatives += application(name, depth: 0)
        }
        let some = alternatives.filter { !$0.contains(.never) }
        if some.isEmpty { return .never }
        if some.contains([]) { return nil }
        // Ports alone are one set: it is decided without looking at addresses.
        let ports = some.compactMap { conditions in
            if conditions.count == 1, case .destinationPort(let set)? = conditions.first { set } else { PortSet?.none }
        }
        return ports.count == some.count ? .destinationPort(PortSet(union: ports)) : .any(some)
    }

    private func application(_ name: String, depth: Int) -> [[Condition]] {
        guard depth < JunosNames.depth else { return [[.undecided("application sets nest too deep")]] }
        if let members = applicationSets[name] { return members.flatMap { application($0, depth: depth + 1) } }
        if let terms = applications[name] {
            // What is not in a term is for the application without terms.
            let own = terms.filter { terms.count == 1 || !$0.key.isEmpty }.sorted { $0.key < $1.key }
            return own.map { term($0.value, name) }
        }
        if let ports = JunosApplications.ports(name) { return [[.destinationPort(ports)]] }
        return name == "any"
            ? [[]] : [[.undecided("application \(SafeText.printable(name, limit: 60)) is not given")]]
    }

    private func term(_ words: [String], _ name: String) -> [Condition] {
        var result: [Condition] = []
        var at = 0
        while at + 1 < words.count {
            let value = words[at + 1]
            switch words[at] {
            case "protocol": if !["tcp", "6"].contains(value) { return [.never] }
            case "destination-port", "source-port":
                if let set = PortSet(value, separator: "-") {
                    result.append(words[at] == "source-port" ? .sourcePort(set) : .destinationPort(set))
                } else {
                    result.append(.undecided("port \(SafeText.printable(value, limit: 40))"))
                }
            case "icmp-type", "icmp6-type", "icmp-code", "icmp6-code", "rpc-program-number", "uuid":
                if words[at].hasPrefix("icmp") { return [.never] }
                result.append(.undecided("application \(SafeText.printable(name, limit: 60))"))
            case "application-protocol", "alg", "inactivity-timeout", "description", "ether-type", "do-not-translate":
                break
            default:
                at += 1
                continue
            }
            at += 2
        }
        return result
    }
}

/// Applications that JunOS knows by itself (`show configuration groups junos-defaults applications`), with their TCP ports.
enum JunosApplications {
    /// `nil`: not one of them. Empty: nothing of TCP.
    static func ports(_ name: String) -> PortSet? {
        if let port = tcp[name] { return PortSet(port) }
        if name == "junos-tcp-any" { return .every }
        return others.contains(name) || name.hasPrefix("junos-icmp") || name.hasPrefix("junos-ms-rpc")
            || name.hasPrefix("junos-sun-rpc") || name.hasPrefix("junos-gtp") ? PortSet(RangeSet()) : nil
    }

    private static let tcp: [String: UInt16] = [
        "junos-smtp": 25, "junos-mail": 25, "junos-smtps": 465, "junos-ftp": 21, "junos-ftp-data": 20, "junos-ssh": 22,
        "junos-telnet": 23, "junos-http": 80, "junos-https": 443, "junos-pop3": 110, "junos-imap": 143,
        "junos-imaps": 993, "junos-ident": 113, "junos-nntp": 119, "junos-bgp": 179, "junos-ldap": 389,
        "junos-ldaps": 636, "junos-rsh": 514, "junos-whois": 43, "junos-finger": 79, "junos-gopher": 70,
        "junos-dns-tcp": 53, "junos-tacacs": 49, "junos-pptp": 1723, "junos-h323": 1720, "junos-sip": 5060,
        "junos-rtsp": 554, "junos-ms-sql": 1433, "junos-sqlnet-v2": 1521, "junos-vnc": 5800, "junos-wais": 210,
        "junos-printer": 515, "junos-rlogin": 513, "junos-irc": 6660, "junos-lpr": 515, "junos-nbds": 139,
        "junos-smb": 445, "junos-smb-session": 445, "junos-netbios-session": 139, "junos-ike-tcp": 500,
        "junos-cifs": 445, "junos-aol": 5190, "junos-ymsg": 5050, "junos-msn": 1863, "junos-xnm-ssl": 3220,
        "junos-xnm-clear-text": 3221, "junos-r2cp": 28672, "junos-persistent-nat": 65535, "junos-radacct-tcp": 1813,
        "junos-http-ext": 7001, "junos-gnutella": 6346, "junos-winframe": 1494, "junos-rdp": 3389,
        "junos-mgcp-tcp": 2427,
    ]

    private static let others: Set<String> = [
        "junos-udp-any", "junos-ping", "junos-pingv6", "junos-dns-udp", "junos-ntp", "junos-tftp", "junos-snmp-get",
        "junos-syslog", "junos-radius", "junos-radacct", "junos-ike", "junos-ike-nat", "junos-gre", "junos-ospf",
        "junos-dhcp-client", "junos-dhcp-server", "junos-dhcp-relay", "junos-bootpc", "junos-bootps", "junos-rip",
        "junos-l2tp", "junos-esp", "junos-ah", "junos-vrrp", "junos-nfs", "junos-nfsd-udp", "junos-nfsd-tcp",
        "junos-discard", "junos-echo", "junos-chargen", "junos-who", "junos-talk", "junos-ntalk", "junos-sccp",
        "junos-mgcp", "junos-mgcp-ua", "junos-mgcp-ca", "junos-sctp-any", "junos-traceroute", "junos-nbname",
        "junos-sql-monitor", "junos-wxcontrol", "junos-internet-locator-service", "junos-vdo-live", "junos-dns",
        "junos-realaudio", "junos-uucp", "junos-stun", "junos-ns-global", "junos-ns-global-pro", "junos-nsm",
        "junos-pc-anywhere",
    ]
}
