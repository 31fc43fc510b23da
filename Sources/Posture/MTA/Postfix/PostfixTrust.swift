import MailTypes

/// Whom a Postfix trusts by address, and which domains it takes for its own: main.cf's, or one service's.
struct PostfixTrust {
    let settings: PostfixSettings
    let facts: MTAFacts

    /// What a service may set otherwise.
    static let networkNames: Set<String> = ["mynetworks", "mynetworks_style"]
    static let domainNames: Set<String> = [
        "relay_domains", "mydestination", "virtual_alias_domains", "virtual_mailbox_domains", "virtual_alias_maps",
        "virtual_mailbox_maps", "relay_recipient_maps", "parent_domain_matches_subdomains",
    ]

    // MARK: Networks

    /// mynetworks. Gives true if that is everybody.
    func networks(_ results: inout MTAResults) -> Bool {
        guard settings.isSet("mynetworks") || settings.knowsAll || settings.raw("mynetworks") != nil else {
            style(&results)
            return false
        }
        guard let words = settings.words("mynetworks") else {
            results.unknown(.mtaNetworks, "\(settings.shown("mynetworks")) cannot be expanded")
            return false
        }
        let shown = settings.shown("mynetworks")
        var isWorld = false
        for word in words where !word.hasPrefix("!") {
            if let network = NetworkWidth.network(word) {
                if trust(network, shown, &results) { isWorld = true }
            } else if let table = PostfixTable.read(word, tables: facts.tables) {
                for row in table.rows where entry(row, table, word, shown, &results) { isWorld = true }
            } else if word.hasPrefix("/"), let text = facts.tables[word] {
                for (number, line) in MTAText.lines(text) where !MTAText.trimmed(line).hasPrefix("#") {
                    for entry in MTAText.words(String(line)) where !entry.hasPrefix("!") {
                        if let network = NetworkWidth.network(entry) {
                            if trust(network, "\(shown): \(word) line \(number)", &results) { isWorld = true }
                        } else {
                            results.unknown(.mtaNetworks, "\(word) line \(number): \(entry)")
                        }
                    }
                }
            } else {
                results.unknown(.mtaNetworks, "\(shown): \(word) could not be read")
            }
        }
        results.pass(.mtaNetworks, shown)
        return isWorld
    }

    private func trust(_ network: IPNetwork, _ evidence: String, _ results: inout MTAResults) -> Bool {
        results.judge(trusted: network, evidence, in: facts)
    }

    /// One row of a table. Gives true if it is for everybody.
    private func entry(
        _ row: PostfixTable.Row, _ table: PostfixTable, _ word: String, _ shown: String, _ results: inout MTAResults
    ) -> Bool {
        if table.kind == .fixed || table.kind == .regex && PostfixTable.isCatchAll(row.key) {
            let place = table.kind == .fixed ? word : row.place
            results.fail(.mtaNetworks, .critical, "\(shown): \(place) matches everybody")
            return true
        }
        if let network = NetworkWidth.network(row.key) { return trust(network, "\(shown): \(row.place)", &results) }
        if table.kind == .regex {
            results.unknown(.mtaNetworks, "\(shown): \(row.place): whom \(row.key) matches")
        }
        return false
    }

    private func style(_ results: inout MTAResults) {
        let style = settings.value("mynetworks_style") ?? ""
        switch style {
        case "host": results.pass(.mtaNetworks, "\(settings.shown("mynetworks_style")): this host only")
        case "class":
            results.fail(
                .mtaNetworks, .high,
                "\(settings.shown("mynetworks_style")): the whole class A, B or C network of each interface")
        default:
            results.unknown(
                .mtaNetworks,
                "mynetworks is not set, and mynetworks_style = \(style) takes the networks of this host's interfaces; "
                    + "`postconf mynetworks` tells them")
        }
    }

    // MARK: Domains

    private static let lists = ["relay_domains", "mydestination", "virtual_alias_domains", "virtual_mailbox_domains"]

    /// Names of all own domains, in small letters; `nil`: a list could not be read.
    var names: Set<String>? {
        var names: Set<String> = []
        for list in Self.lists {
            guard let words = settings.words(list) else { return nil }
            for word in words where !word.hasPrefix("!") {
                if let table = PostfixTable.read(word, tables: facts.tables) {
                    for row in table.rows where table.kind == .exact { names.insert(domain(row.key)) }
                } else if word.hasPrefix("/"), let text = facts.tables[word] {
                    for (_, line) in MTAText.lines(text) { names.formUnion(MTAText.words(String(line)).map(domain)) }
                } else if word.contains(":") || word.hasPrefix("/") {
                    return nil
                } else {
                    names.insert(domain(word))
                }
            }
        }
        return names
    }

    private func domain(_ key: String) -> String {
        let name = key.split(separator: "@").last.map(String.init) ?? key
        return ASCII.lowercased(name.hasPrefix(".") ? String(name.dropFirst()) : name)
    }

    /// The lists of own domains. Gives true if they hold everything.
    func domains(_ results: inout MTAResults) -> Bool {
        var isEverything = false
        for name in Self.lists {
            guard let words = settings.words(name) else {
                // Own names stand in mydestination; they are no wide list.
                if settings.isSet(name), name == "relay_domains" {
                    results.unknown(.mtaRelayDomains, "\(settings.shown(name)) cannot be expanded")
                }
                continue
            }
            for word in words where !word.hasPrefix("!") {
                guard word.contains(":") || word.hasPrefix("/") else {
                    if word == "*", name == "relay_domains" {
                        let what =
                            "Postfix takes * for a name, which opens nothing; whoever wrote it meant every domain"
                        results.fail(.mtaRelayDomains, .low, "\(settings.shown(name)): \(what)")
                    }
                    if PostfixWalk.isTopLevel(word), name == "relay_domains", matchesSubdomains {
                        results.fail(.mtaRelayDomains, .critical, "\(settings.shown(name)): all of .\(word)")
                    }
                    continue
                }
                guard let table = PostfixTable.read(word, tables: facts.tables) else {
                    if name == "relay_domains" { unread(name, word, &results) }
                    continue
                }
                for row in table.rows where domain(row, table, word, list: name, &results) { isEverything = true }
            }
        }
        results.pass(.mtaRelayDomains, settings.shown("relay_domains"))
        return isEverything
    }

    /// One row of a table of domains. Gives true if it takes mail for every domain.
    private func domain(
        _ row: PostfixTable.Row, _ table: PostfixTable, _ word: String, list name: String, _ results: inout MTAResults
    ) -> Bool {
        let pattern = table.kind == .regex ? PostfixPattern(row.key) : .named
        if table.kind == .fixed || pattern == .everything {
            // By default the keys of virtual_alias_maps: what matches is rewritten, and relayed nowhere.
            if name == "virtual_alias_domains", !settings.isSet(name) { return false }
            results.fail(.mtaRelayDomains, .critical, "\(settings.shown(name)): \(word) matches every domain")
            // With a list of recipients, only those are taken.
            return !(name == "relay_domains" && !(settings.value("relay_recipient_maps") ?? "").isEmpty)
        }
        guard name == "relay_domains" else { return false }
        let place = "\(settings.shown(name)): \(row.place)"
        switch pattern {
        case .topLevel(let domain):
            results.fail(.mtaRelayDomains, .critical, "\(place): all of .\(domain)")
        case .unclear: results.unknown(.mtaRelayDomains, "\(place): which domains \(row.key) matches")
        case .everything, .named:
            if table.kind == .exact, PostfixWalk.isTopLevel(row.key), matchesSubdomains {
                results.fail(.mtaRelayDomains, .critical, "\(place): all of .\(row.key)")
            }
        }
        return false
    }

    private func unread(_ name: String, _ word: String, _ results: inout MTAResults) {
        if word.hasPrefix("/"), let text = facts.tables[word] {
            for (number, line) in MTAText.lines(text) where !MTAText.trimmed(line).hasPrefix("#") {
                for entry in MTAText.words(String(line)) where PostfixWalk.isTopLevel(entry) && matchesSubdomains {
                    results.fail(.mtaRelayDomains, .critical, "\(word) line \(number): all of .\(entry)")
                }
            }
            return
        }
        results.unknown(.mtaRelayDomains, "\(settings.shown(name)): \(word) could not be read")
    }

    private var matchesSubdomains: Bool {
        (settings.words("parent_domain_matches_subdomains") ?? []).contains("relay_domains")
    }
}
