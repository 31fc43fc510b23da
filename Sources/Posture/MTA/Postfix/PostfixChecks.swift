import MailTypes

/// From a Postfix' configuration to results.
struct PostfixChecks {
    let facts: MTAFacts
    var results = MTAResults(system: "Postfix")
    private var settings = PostfixSettings()

    /// `nil`: nothing of a Postfix is there.
    static func results(_ facts: MTAFacts) -> MTAResults? {
        guard facts[.mainCF] != nil || facts[.postconfChanged] != nil || facts[.postconfAll] != nil else { return nil }
        var checks = PostfixChecks(facts: facts)
        do throws(PostureError) {
            try checks.run()
        } catch {
            for id in checks.ids { checks.results.unknown(id, "the configuration cannot be read: \(error)") }
        }
        return checks.results
    }

    private init(facts: MTAFacts) { self.facts = facts }

    private var ids: [CheckID] {
        [
            .mtaStrangers, .mtaNetworks, .mtaClaims, .mtaRelayDomains, .mtaRoutes, .mtaUnknownRecipients,
            .mtaAuthOnPort25,
            .mtaAuthWithoutTLS, .mtaMechanisms, .mtaLoginRelay, .mtaLoginSender, .mtaRateLimits, .mtaSubmission,
            .mtaTrustedCommands, .mtaSmuggling, .mtaFilter, .mtaStartTLS, .mtaHarvest,
        ]
    }

    private mutating func run() throws(PostureError) {
        if let all = facts[.postconfAll] { try settings.readDefaults(all) }
        // main.cf has the lines; postconf -n has what Postfix makes of them, such as the last of two.
        if let main = facts[.mainCF] { try settings.read(main) }
        if let changed = facts[.postconfChanged] {
            var read = PostfixSettings()
            try read.read(changed)
            settings = settings.overridden(by: read.entries.filter { settings.raw($0.key) != $0.value.value })
        }
        guard let master = facts[.masterCF] ?? facts[.postconfServices] else {
            for id in ids { results.unknown(id, "master.cf or postconf -M is missing: which services there are") }
            return
        }
        let services = try PostfixService.read(master)
        let world = networks()
        let owns = domains()
        var reached = 0
        var takesLogins = false
        for var service in services {
            let isPublished = facts.published[service.port] != nil
            service.port = facts.published[service.port] ?? service.port
            let own = settings.overridden(by: service.options)
            guard isPublished || service.isReachable(own) else {
                results.pass(.mtaListening, "\(service.shown) listens on loopback only")
                continue
            }
            reached += 1
            takesLogins = takesLogins || own.isYes("smtpd_sasl_auth_enable")
            var checks = PostfixServiceChecks(
                service: service, settings: own, facts: facts, trustsWorld: world, ownsEverything: owns)
            checks.run(into: &results, mainFilters: filters())
        }
        if reached == 0 {
            for id in ids where id != .mtaNetworks {
                results.pass(id, "no SMTP service listens but on loopback")
            }
        }
        host()
        results.pass(.mtaSubmission, "no other service on 465 or 587")
        if !takesLogins { results.pass(.mtaPasswordSources, "no service takes logins") }
    }

    /// Filters that mail from the internet passes.
    private func filters() -> [String] {
        ["smtpd_milters", "content_filter", "smtpd_proxy_filter"].filter { !(settings.value($0) ?? "").isEmpty }
    }

    // MARK: Whom the host trusts

    /// mynetworks. Gives true if that is everybody.
    private mutating func networks() -> Bool {
        guard settings.isSet("mynetworks") || settings.knowsAll || settings.raw("mynetworks") != nil else {
            style()
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
                if results.judge(trusted: network, shown) { isWorld = true }
            } else if let table = PostfixTable.read(word, tables: facts.tables) {
                for row in table.rows {
                    if table.kind == .fixed {
                        isWorld = true
                        results.fail(.mtaNetworks, .critical, "\(shown): \(word) matches everybody")
                    } else if let network = NetworkWidth.network(row.key) {
                        if results.judge(trusted: network, "\(shown): \(row.place)") { isWorld = true }
                    } else if table.kind == .regex, PostfixTable.isCatchAll(row.key) {
                        isWorld = true
                        results.fail(.mtaNetworks, .critical, "\(shown): \(row.place) matches everybody")
                    } else if table.kind == .regex {
                        results.unknown(.mtaNetworks, "\(shown): \(row.place): whom \(row.key) matches")
                    }
                }
            } else if word.hasPrefix("/"), let text = facts.tables[word] {
                for (number, line) in MTAText.lines(text) {
                    let entry = MTAText.trimmed(line)
                    if entry.isEmpty || entry.hasPrefix("#") { continue }
                    if let network = NetworkWidth.network(entry) {
                        if results.judge(trusted: network, "\(shown): \(word) line \(number)") { isWorld = true }
                    } else {
                        results.unknown(.mtaNetworks, "\(word) line \(number): \(entry)")
                    }
                }
            } else {
                results.unknown(.mtaNetworks, "\(shown): \(word) could not be read")
            }
        }
        results.pass(.mtaNetworks, shown)
        return isWorld
    }

    private mutating func style() {
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

    /// The lists of own domains. Gives true if they hold everything.
    private mutating func domains() -> Bool {
        var isEverything = false
        for name in ["relay_domains", "mydestination", "virtual_alias_domains", "virtual_mailbox_domains"] {
            guard let words = settings.words(name) else {
                // Own names stand in mydestination; they are no wide list.
                if settings.isSet(name), name == "relay_domains" {
                    results.unknown(.mtaRelayDomains, "\(settings.shown(name)) cannot be expanded")
                }
                continue
            }
            for word in words where !word.hasPrefix("!") {
                guard word.contains(":") || word.hasPrefix("/") else {
                    if PostfixWalk.isTopLevel(word), name == "relay_domains", matchesSubdomains {
                        results.fail(.mtaRelayDomains, .critical, "\(settings.shown(name)): all of .\(word)")
                    }
                    continue
                }
                guard let table = PostfixTable.read(word, tables: facts.tables) else {
                    if name == "relay_domains", !word.hasPrefix("mysql:"),
                        !word.hasPrefix("proxy:") || word.contains("regexp")
                    {
                        unread(name, word)
                    } else if name == "relay_domains" {
                        unread(name, word)
                    }
                    continue
                }
                for row in table.rows {
                    let isAll = table.kind == .fixed || (table.kind == .regex && PostfixTable.isCatchAll(row.key))
                    if isAll, name == "virtual_alias_domains", !settings.isSet(name) { continue }
                    if isAll {
                        // With a list of recipients, only those are taken.
                        let isListed =
                            name == "relay_domains" && !(settings.value("relay_recipient_maps") ?? "").isEmpty
                        isEverything = isEverything || !isListed
                        results.fail(
                            .mtaRelayDomains, .critical, "\(settings.shown(name)): \(word) matches every domain")
                    } else if name == "relay_domains", PostfixWalk.isTopLevel(row.key), matchesSubdomains {
                        results.fail(
                            .mtaRelayDomains, .critical, "\(settings.shown(name)): \(row.place): all of .\(row.key)")
                    }
                }
            }
        }
        results.pass(.mtaRelayDomains, settings.shown("relay_domains"))
        return isEverything
    }

    private mutating func unread(_ name: String, _ word: String) {
        if word.hasPrefix("/"), let text = facts.tables[word] {
            for (number, line) in MTAText.lines(text) where PostfixWalk.isTopLevel(MTAText.trimmed(line)) {
                results.fail(
                    .mtaRelayDomains, .critical, "\(word) line \(number): all of .\(MTAText.trimmed(line))")
            }
            return
        }
        results.unknown(.mtaRelayDomains, "\(settings.shown(name)): \(word) could not be read")
    }

    private var matchesSubdomains: Bool {
        (settings.words("parent_domain_matches_subdomains") ?? []).contains("relay_domains")
    }

    // MARK: The whole host

    private mutating func host() {
        if settings.isYes("allow_untrusted_routing") {
            results.fail(.mtaRoutes, .critical, settings.shown("allow_untrusted_routing"))
        } else {
            results.pass(.mtaRoutes, settings.shown("allow_untrusted_routing"))
        }
        if settings.isYes("disable_vrfy_command") {
            results.pass(.mtaHarvest, settings.shown("disable_vrfy_command"))
        } else {
            results.fail(.mtaHarvest, .low, settings.shown("disable_vrfy_command"))
        }
    }
}
