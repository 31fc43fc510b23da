/// A set of TCP ports.
package struct PortSet: Hashable, Sendable {
    private let numbers: RangeSet

    package static let universe = AddressRange(0, 65535)
    package static let every = PortSet(RangeSet(universe))

    package init(_ set: RangeSet) { numbers = set }
    package init(_ ports: ClosedRange<UInt16>) {
        numbers = RangeSet(AddressRange(UInt128(ports.lowerBound), UInt128(ports.upperBound)))
    }
    package init(_ port: UInt16) { self.init(port...port) }
    package init(union parts: some Sequence<PortSet>) {
        numbers = RangeSet(normalizing: parts.flatMap(\.numbers.ranges))
    }

    package var complement: PortSet { PortSet(numbers.complement(in: PortSet.universe)) }
    package var isEmpty: Bool { numbers.isEmpty }
    package func contains(_ port: UInt16) -> Bool { numbers.contains(UInt128(port)) }
    package func intersection(_ other: PortSet) -> PortSet { PortSet(numbers.intersection(other.numbers)) }

    /// Where membership changes: the first port of each interval, and the first behind it.
    package var edges: [Int] { numbers.ranges.flatMap { [Int($0.first), Int($0.last) + 1] } }

    package var first: UInt16? { numbers.ranges.first.map { UInt16(truncatingIfNeeded: $0.first) } }

    /// Reads `25`, `25-30`, `25:30`, `:30`, `1024:` or a service name; `nil` if it is none of these.
    package init?(_ text: some StringProtocol, separator: Character = ":") {
        let parts = text.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = parts.first else { return nil }
        if parts.count == 1 {
            guard let port = ServiceNames.port(head) else { return nil }
            self.init(port)
            return
        }
        guard !(head.isEmpty && parts[1].isEmpty),
            let low = head.isEmpty ? 0 : ServiceNames.port(head),
            let high = parts[1].isEmpty ? 65535 : ServiceNames.port(parts[1]), low <= high
        else {
            // A service name may have a hyphen in it.
            guard separator == "-", let port = ServiceNames.port(text) else { return nil }
            self.init(port)
            return
        }
        self.init(low...high)
    }
}

/// The service names that rule sets use for ports, as in /etc/services, pf.conf and Cisco's lists.
enum ServiceNames {
    static func port(_ text: some StringProtocol) -> UInt16? {
        if let first = text.utf8.first, (48...57).contains(first), text.utf8.count <= 5,
            text.utf8.allSatisfy({ (48...57).contains($0) })
        {
            return UInt16(text)
        }
        return names[text.lowercased()]
    }

    private static let names: [String: UInt16] = [
        "tcpmux": 1, "echo": 7, "discard": 9, "systat": 11, "daytime": 13, "netstat": 15, "qotd": 17, "chargen": 19,
        "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "mail": 25, "time": 37, "whois": 43,
        "nicname": 43,
        "tacacs": 49, "tacacs-ds": 65, "domain": 53, "bootps": 67, "bootpc": 68, "tftp": 69, "gopher": 70,
        "finger": 79, "http": 80, "www": 80, "www-http": 80, "kerberos": 88, "kerberos-sec": 88, "hostname": 101,
        "hostnames": 101, "pop2": 109, "pop3": 110, "pop-3": 110, "sunrpc": 111, "portmapper": 111, "rpcbind": 111,
        "auth": 113, "ident": 113, "tap": 113, "nntp": 119, "ntp": 123, "loc-srv": 135, "epmap": 135,
        "netbios-ns": 137, "netbios-dgm": 138, "netbios-ssn": 139, "imap": 143, "imap2": 143, "imap4": 143,
        "snmp": 161, "snmptrap": 162, "snmp-trap": 162, "cmd": 514, "shell": 514, "bgp": 179, "irc": 194,
        "ldap": 389, "https": 443, "microsoft-ds": 445, "kpasswd": 464, "urd": 465, "smtps": 465, "ssmtp": 465,
        "submissions": 465, "exec": 512, "login": 513, "syslog": 514, "lpd": 515, "printer": 515, "talk": 517,
        "uucp": 540, "klogin": 543, "kshell": 544, "rtsp": 554, "submission": 587, "msa": 587, "ipp": 631,
        "ldaps": 636, "rsync": 873, "ftps-data": 989, "ftps": 990, "telnets": 992, "imaps": 993, "ircs": 994,
        "pop3s": 995, "socks": 1080, "openvpn": 1194, "lotusnotes": 1352, "ms-sql-s": 1433, "ms-sql-m": 1434,
        "citrix-ica": 1494, "sqlnet": 1521, "h323": 1720, "pptp": 1723, "radius": 1812, "radius-acct": 1813,
        "nfs": 2049, "ctiqbe": 2748, "mysql": 3306, "ms-wbt-server": 3389, "rdp": 3389, "svn": 3690, "rwhois": 4321,
        "sieve": 4190, "sip": 5060, "sips": 5061, "aol": 5190, "postgresql": 5432, "pcanywhere-data": 5631, "x11": 6000,
        "ircd": 6667, "http-alt": 8080, "webcache": 8080, "sane-port": 6566, "git": 9418, "amqp": 5672,
        "drip": 3949, "efs": 520, "route": 520, "who": 513,
    ]
}
