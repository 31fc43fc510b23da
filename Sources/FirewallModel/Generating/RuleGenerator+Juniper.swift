extension RuleGenerator {
    /// JunOS: a firewall filter for each family, as `set` commands.
    var juniper: String {
        func filter(_ family: String, _ name: String, _ blocks: [String]) -> [String] {
            let head = "set firewall family \(family) filter \(name) term"
            let transport = family == "inet" ? "protocol" : "next-header"
            let ports = self.ports.map { String($0) }
            func mail(_ term: String) -> [String] {
                ["\(head) \(term) from \(transport) tcp"] + ports.map { "\(head) \(term) from destination-port \($0)" }
            }
            return ["delete firewall family \(family) filter \(name)"]
                + (blocks.isEmpty
                    ? []
                    : blocks.map { "\(head) allow-mail from source-address \($0)" } + mail("allow-mail") + [
                        "\(head) allow-mail then accept"
                    ])
                + mail("deny-mail") + ["\(head) deny-mail then discard", "\(head) others then accept"]
        }
        return
            ([
                "# Only the provider's blocks may open TCP \(portList). In configuration mode: load set terminal. Again: no change.",
                "# Bind it to the outer interface, if it has no filter yet (else: input-list [ SLUICE-MAIL OTHER ], with the last",
                "# term of SLUICE-MAIL taken away: `next filter` is what then happens by itself):",
                "#   set interfaces ge-0/0/0 unit 0 family inet filter input SLUICE-MAIL",
                "#   set interfaces ge-0/0/0 unit 0 family inet6 filter input SLUICE-MAIL-6",
                "# Try it so that a mistake undoes itself: commit confirmed 5; after a new login and a test mail: commit",
                "# Take it away: delete the two bindings and the two filters, then commit.",
            ] + filter("inet", "SLUICE-MAIL", four) + filter("inet6", "SLUICE-MAIL-6", six)).joined(separator: "\n")
    }
}
