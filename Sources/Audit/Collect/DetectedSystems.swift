/// Which systems a host or a folder shows: remedies for others help nobody.
package enum DetectedSystems {
    /// As the catalogue's remedies name them.
    package static func names(_ facts: CollectedFacts) -> Set<String> {
        func has(_ name: String) -> Bool { facts.content(name).map { !$0.isEmpty } ?? false }
        func hasAny(_ folder: String) -> Bool { facts.names(under: folder).contains(where: has) }
        var names: Set<String> = []
        let marks: [(String, [String])] = [
            ("Postfix", ["mta/postfix/postconf-n", "mta/postfix/main.cf"]),
            ("Exim", ["mta/exim/config", "mta/exim/bP"]), ("OpenSMTPD", ["mta/opensmtpd/smtpd.conf"]),
            ("Sendmail", ["mta/sendmail/sendmail.cf", "mta/sendmail/sendmail.mc"]),
            ("Dovecot", ["mta/dovecot/doveconf-n"]),
            ("iptables", ["firewall/iptables-save", "firewall/ip6tables-save"]),
            ("nftables", ["firewall/nft.json"]), ("Unix", ["accounts/passwd"]),
            ("Windows", ["accounts/local-users.json", "firewall/windows.json"]), ("AD", ["accounts/ad-users.json"]),
        ]
        for (name, files) in marks where files.contains(where: has) { names.insert(name) }
        if hasAny("exchange") { names.formUnion(["Exchange", "Windows"]) }
        return names
    }

    /// What a server says of itself when it greets.
    package static func names(greeting: String?) -> Set<String> {
        guard let greeting else { return [] }
        let marks = [
            ("Postfix", "Postfix"), ("Exim", "Exim"), ("OpenSMTPD", "OpenSMTPD"), ("Sendmail", "Sendmail"),
            ("Microsoft", "Exchange"),
        ]
        return Set(marks.filter { greeting.contains($0.0) }.map(\.1))
    }
}
