extension CheckID {
    package static let portReach = CheckID(.firewall, 1)
    package static let submissionReach = CheckID(.firewall, 2)
    package static let forwardedReach = CheckID(.firewall, 3)
}

extension Check {
    private static let generate: KeyValuePairs<String, String> = [
        "all": "sluice firewall generate --dialect … --ranges FILE writes rules for your system, with a safe way back",
        "iptables":
            "iptables -A INPUT -p tcp --dport 25 -s RANGE -j ACCEPT for each range, then -j DROP; the same in ip6tables",
        "nftables": "tcp dport 25 ip saddr != { RANGES } drop, and ip6 saddr alike",
        "Windows": "Set-NetFirewallRule of the rule shown: -RemoteAddress RANGES",
    ]

    static let firewall: [Check] = [
        Check(
            .firewall, 1, "only the provider's ranges can open TCP 25 here",
            why:
                "Whoever reaches port 25 directly passes by the provider's filter, and tries relaying and passwords here.",
            verified:
                "The loaded rules of all tables are computed to the exact set of source addresses, IPv4 and IPv6; the ranges are taken from it; what is left is shown with the rule that lets it in. Private addresses do not count.",
            remedies: generate, reference: "Documentation/firewall.md; RFC 2505 §2"),
        Check(
            .firewall, 2, "only those meant to can open TCP 465 and 587 here",
            why: "Passwords are guessed there; where all users come from known networks, nobody else needs it.",
            verified: "As FW-01, for both ports, against --submission-ranges; without, nothing is asked.",
            remedies: generate, reference: "RFC 6409 §3"),
        Check(
            .firewall, 3, "of the hosts behind this one, only mail servers can reach TCP 25 on the internet",
            why: "One infected computer behind the same address gets the address listed.",
            verified:
                "The forwarding rules are computed to the set of sources that reach port 25 through this host; --mail-hosts are taken from it. A host that forwards nothing passes.",
            remedies: [
                "iptables": "iptables -I FORWARD -p tcp --dport 25 ! -s MAILHOST -j REJECT; the same in ip6tables",
                "nftables": "in forward: tcp dport 25 ip saddr != { MAILHOSTS } reject",
            ], reference: "M3AAWG, Managing Port 25"),
    ]
}
