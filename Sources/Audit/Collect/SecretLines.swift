/// Takes secrets that no check needs out of what was collected: passwords of databases and directories in configurations.
package enum SecretLines {
    static let hidden = "(left out)"

    /// Names of settings that hold secrets, as their last word.
    private static let names = [
        "password", "passwd", "pass", "secret", "secret_key", "api_key", "bindpw", "dnpass", "master_password",
        "hide mysql_servers", "hide pgsql_servers", "mysql_servers", "pgsql_servers", "ldap_default_servers",
    ]

    /// Only configurations of mail servers and PHP; never what hashes are in.
    package static func without(_ facts: CollectedFacts) -> CollectedFacts {
        var facts = facts
        for name in facts.names(under: "mta") + facts.names(under: "egress/php") {
            guard let bytes = facts.content(name) else { continue }
            let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
            var changed = false
            let cleaned = lines.map { line in
                guard let short = shortened(line) else { return Array(line) }
                changed = true
                return short
            }
            if changed { facts[name] = .content(Array(cleaned.joined(separator: [0x0a]))) }
        }
        return facts
    }

    /// A line `name = value` whose name is that of a secret, without its value; `nil`: another line.
    static func shortened(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        guard let text = String(validating: line, as: UTF8.self) else { return nil }
        // Dovecot's `connect = host=… password=…`
        for mark in ["password=", "dnpass="] {
            if let at = text.firstRange(of: mark), at.lowerBound != text.startIndex {
                let rest = text[at.upperBound...].drop { $0 != " " }
                return Array((text[..<at.upperBound] + hidden + rest).utf8)
            }
        }
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let name = text[..<equals].trimmed.lowercased()
        let value = text[text.index(after: equals)...].trimmed
        guard !value.isEmpty,
            names.contains(where: { name == $0 || name.hasSuffix("_" + $0) || name.hasSuffix("." + $0) })
        else { return nil }
        // Names of settings that end so and are no secrets: mail_crypt_save_version and the like have other values.
        guard !["yes", "no", "true", "false"].contains(value.lowercased()) else { return nil }
        return Array((text[...equals] + " " + hidden).utf8)
    }
}
