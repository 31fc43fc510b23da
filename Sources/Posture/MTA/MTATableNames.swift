import MailTypes

extension MTAFacts {
    /// Files that are read for their entries at most.
    private static let maximumTables = 200

    /// Paths of text files that the lists of the configurations are read from, as far as checks look into them. Stores of
    /// passwords are never among them.
    package var wantedTables: [String] {
        var paths: [String] = []
        func want(_ path: String) {
            guard path.hasPrefix("/"), !path.contains("/../"), !paths.contains(path), paths.count < Self.maximumTables,
                !Self.isSecret(path)
            else { return }
            paths.append(path)
        }
        let postfix = [Part.mainCF, .postconfChanged, .masterCF, .postconfServices]
        // Aliases name people: they are looked into only where it has to be known which domains are own ones.
        let needsAliases = postfix.contains { self[$0]?.text.contains("check_recipient_access") == true }
        for part in postfix {
            for line in (try? PostfixLines.logical(self[part]?.text ?? "")) ?? []
            where Self.isList(line.text) || needsAliases && line.text.hasPrefix("virtual_") {
                for word in MTAText.words(line.text, separators: [" ", "\t", ",", "=", "{", "}"]) {
                    guard let (type, path) = MTAText.pair(word, ":") else {
                        want(word)
                        continue
                    }
                    if Self.readable.contains(type) { want(path) }
                    if type == "proxy", let (inner, path) = MTAText.pair(path, ":"), Self.readable.contains(inner) {
                        want(path)
                    }
                }
            }
        }
        for part in [Part.eximFile, .eximValues, .openSMTPD] {
            for (_, line) in MTAText.lines(self[part]?.text ?? "") {
                let separators: Set<Character> = [" ", "\t", ":", ";", "=", "\"", "{", "}", ",", "<", ">"]
                for word in MTAText.words(String(line).replacing("{", with: " "), separators: separators)
                where Self.isListLine(line) {
                    want(word)
                }
            }
        }
        return paths
    }

    private static let readable: Set<String> = [
        "hash", "lmdb", "btree", "dbm", "cdb", "texthash", "sdbm", "regexp", "pcre", "cidr",
    ]

    private static func isList(_ line: String) -> Bool {
        line.hasPrefix("mynetworks") || line.contains("_access") || line.contains("restrictions")
            || line.contains("domains") || line.hasPrefix("mydestination") || line.contains("smtpd_sender_login_maps")
            || line.contains("_hosts")
    }

    private static func isListLine(_ line: Substring) -> Bool {
        let line = MTAText.trimmed(line)
        return [
            "hostlist", "domainlist", "addresslist", "localpartlist", "hosts", "domains", "senders", "!hosts", "table",
        ]
        .contains { line.hasPrefix($0) }
    }

    private static func isSecret(_ path: String) -> Bool {
        let name = ASCII.lowercased(path)
        return ["passw", "shadow", "secret", "credential", ".key", "private"].contains { name.contains($0) }
    }
}
