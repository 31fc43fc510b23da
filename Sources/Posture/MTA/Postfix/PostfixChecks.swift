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
            .mtaTrustedCommands, .mtaSmuggling, .mtaFilter, .mtaStartTLS, .mtaHarvest, .mtaListedUsers,
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
        let trust = PostfixTrust(settings: settings, facts: facts)
        let world = trust.networks(&results)
        let owns = trust.domains(&results)
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
            // A service's -o may trust others than main.cf does, and take other domains for its own.
            let its = PostfixTrust(settings: own, facts: facts)
            let isNet = service.options.keys.contains(where: PostfixTrust.networkNames.contains)
            let isDomain = service.options.keys.contains(where: PostfixTrust.domainNames.contains)
            var checks = PostfixServiceChecks(
                service: service, settings: own, facts: facts, trustsWorld: isNet ? its.networks(&results) : world,
                ownsEverything: isDomain ? its.domains(&results) : owns, ownDomains: its.names)
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
