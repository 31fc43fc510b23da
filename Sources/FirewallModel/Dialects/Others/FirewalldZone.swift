import MailTypes

/// A firewalld zone, however it was written.
struct FirewalldZone {
    var name: String
    var target = "default"
    var interfaces: [String] = []
    var sources: [Source] = []
    /// In the order in which firewalld looks at them: by priority, and of equal ones what denies before what allows.
    var entries: [(priority: Int, rank: Int, conditions: [Condition], action: Action, origin: RuleOrigin)] = []
    var forwards: [Rule] = []
    var isDefault = false
    var isActive = false
    var origin: RuleOrigin

    struct Source {
        var condition: Condition
        var text: String
    }

    /// What is in the zone's chain.
    var rules: [Rule] {
        let ordered = entries.enumerated().sorted {
            ($0.element.priority, $0.element.rank, $0.offset) < ($1.element.priority, $1.element.rank, $1.offset)
        }
        let list = ordered.map { Rule($0.element.conditions, $0.element.action, $0.element.origin) }
        var last = origin
        last.text = "zone \(name), target \(target)"
        return list + [Rule([], target == "ACCEPT" ? .accept : .drop, last)]
    }
}

/// Services by firewalld's names, of which only the mail ports matter.
enum FirewalldServices {
    static func condition(_ name: String, defined: [String: PortSet]) -> Condition {
        if let ports = defined[name] { return .destinationPort(ports) }
        if let port = mail[name] { return .destinationPort(PortSet(port)) }
        if others.contains(name) { return .never }
        return .undecided("service \(SafeText.printable(name, limit: 60)) is not known (give its file)")
    }

    private static let mail: [String: UInt16] = ["smtp": 25, "smtps": 465, "smtp-submission": 587, "submission": 587]

    private static let others: Set<String> = [
        "ssh", "dhcp", "dhcpv6", "dhcpv6-client", "cockpit", "mdns", "http", "https", "http3", "imap", "imaps", "pop3",
        "pop3s", "dns",
        "dns-over-tls", "samba", "samba-client", "ntp", "nfs", "nfs3", "mountd", "rpc-bind", "mysql", "postgresql",
        "redis", "ldap",
        "ldaps", "kerberos", "freeipa-4", "freeipa-ldap", "freeipa-ldaps", "snmp", "snmptrap", "syslog", "syslog-tls",
        "ipp", "ipp-client",
        "ftp", "tftp", "tftp-client", "openvpn", "ipsec", "wireguard", "vnc-server", "rdp", "telnet", "git", "rsyncd",
        "puppetmaster",
        "salt-master", "zabbix-agent", "zabbix-server", "prometheus", "grafana", "mosh", "squid", "proxy-dhcp",
        "radius", "bacula",
        "bacula-client", "libvirt", "libvirt-tls", "docker-registry", "docker-swarm", "etcd-client", "etcd-server",
        "kube-apiserver",
        "kubelet", "managesieve", "mongodb", "elasticsearch", "iscsi-target", "high-availability", "glusterfs", "ceph",
        "ceph-mon",
        "sip", "sips", "ssdp", "upnp-client", "ws-discovery", "wbem-https", "plex", "minecraft", "bgp", "igmp", "irc",
        "ircs", "mqtt",
        "mqtt-tls", "mssql", "netbios-ns", "nmea-0183", "nrpe", "ovirt-imageio", "ptp", "quassel", "rsh", "rtsp",
        "spideroak-lansync",
        "svn", "synergy", "tor-socks", "transmission-client", "xdmcp", "xmpp-client", "xmpp-server", "amanda-client",
        "avahi", "steam-streaming",
        "gre", "rpc", "mountd", "finger", "memcache", "cups", "dhcp6",
    ]
}
