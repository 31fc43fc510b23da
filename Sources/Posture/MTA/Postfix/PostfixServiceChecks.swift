import MailTypes

/// From one SMTP service of a Postfix that the internet reaches to results.
struct PostfixServiceChecks {
    let service: PostfixService
    let settings: PostfixSettings
    let facts: MTAFacts
    let trustsWorld: Bool
    let ownsEverything: Bool
    let ownDomains: Set<String>?

    private var takesLogins: Bool { settings.isYes("smtpd_sasl_auth_enable") }
    private var isSubmission: Bool { service.port == 587 || service.port == 465 }

    private func walk(_ asker: RelayAsker) -> PostfixWalk {
        PostfixWalk(
            settings: settings, tables: facts.tables, asker: asker, takesLogins: takesLogins, trustsWorld: trustsWorld,
            ownsEverything: ownsEverything, ownDomains: ownDomains)
    }

    mutating func run(into results: inout MTAResults, mainFilters: [String]) {
        var strangers = walk(.stranger)
        let strangerWays = strangers.ways()
        results.judge(strangerWays: strangerWays, place: service.shown)
        var logins = walk(.login)
        let loginWays = takesLogins ? logins.ways() : []
        let relays = loginWays.contains { $0.missing == nil }
        auth(&results, ways: loginWays)
        senders(&results, relays: relays, walk: logins)
        limits(&results, relays: relays, policyService: logins.asksPolicyService)
        listed(&results, logins.listedUsers)
        if isSubmission { submission(&results) }
        if service.port == 25 { transport(&results) }
        recipients(&results)
        trusted(&results)
        smuggling(&results)
        filter(&results, relays: relays, mainFilters: mainFilters)
        if ![25, 465, 587].contains(service.port) {
            if strangerWays.contains(where: { $0.missing == nil }) {
                results.fail(.mtaListening, .high, "\(service.shown) takes mail from the world and relays it")
            } else {
                results.fail(.mtaListening, .low, "\(service.shown) takes SMTP from the world")
            }
        } else {
            results.pass(.mtaListening, service.shown)
        }
    }

    // MARK: Logins

    private func auth(_ results: inout MTAResults, ways: [RelayWay]) {
        let shown = "\(service.shown): \(settings.shown("smtpd_sasl_auth_enable"))"
        guard takesLogins else {
            for id in [CheckID.mtaAuthOnPort25, .mtaAuthWithoutTLS, .mtaMechanisms, .mtaLoginRelay] {
                results.pass(id, shown)
            }
            return
        }
        if service.port == 25 {
            results.fail(.mtaAuthOnPort25, .high, shown)
            let certain = ways.filter { $0.missing == nil }
            for way in certain { results.fail(.mtaLoginRelay, .high, "\(service.shown): \(way.rule)") }
            for way in ways where certain.isEmpty { results.unknown(.mtaLoginRelay, way.missing ?? way.rule) }
        }
        results.pass(.mtaAuthOnPort25, "\(service.shown) is not port 25")
        results.pass(.mtaLoginRelay, "\(service.shown): logins may not relay on port 25")
        let level = settings.value("smtpd_tls_security_level") ?? ""
        let isProtected =
            settings.isYes("smtpd_tls_auth_only") || settings.isYes("smtpd_tls_wrappermode")
            || settings.isYes("smtpd_enforce_tls") || level == "encrypt"
            || options("smtpd_sasl_security_options").contains("noplaintext")
        if isProtected {
            results.pass(.mtaAuthWithoutTLS, "\(service.shown): \(settings.shown("smtpd_tls_auth_only"))")
        } else {
            results.fail(.mtaAuthWithoutTLS, .high, "\(service.shown): \(settings.shown("smtpd_tls_auth_only"))")
        }
        for name in ["smtpd_sasl_security_options", "smtpd_sasl_tls_security_options"] {
            if options(name).contains("noanonymous") {
                results.pass(.mtaMechanisms, "\(service.shown): \(settings.shown(name))")
            } else {
                results.fail(
                    .mtaMechanisms, .critical, "\(service.shown): \(settings.shown(name)) lets ANONYMOUS log in")
            }
        }
    }

    private func options(_ name: String) -> [String] { settings.words(name)?.map { ASCII.lowercased($0) } ?? [] }

    private func senders(_ results: inout MTAResults, relays: Bool, walk: PostfixWalk) {
        guard relays else {
            results.pass(.mtaLoginSender, "\(service.shown): logins do not relay")
            return
        }
        let maps = settings.words("smtpd_sender_login_maps") ?? []
        let free = maps.first { map in
            guard let table = PostfixTable.read(map, tables: facts.tables) else { return false }
            // `$1` gives each address a login of its own; names give all addresses to them.
            return table.kind == .fixed
                || table.rows.contains {
                    table.kind == .regex && PostfixTable.isCatchAll($0.key) && !$0.value.contains("$")
                }
        }
        if !walk.bindsSender {
            results.fail(
                .mtaLoginSender, .high,
                "\(service.shown): no reject_sender_login_mismatch that a login reaches; \(settings.shown("smtpd_sender_restrictions"))"
            )
        } else if maps.isEmpty {
            results.pass(
                .mtaLoginSender, "\(service.shown): reject_sender_login_mismatch, and no login owns an address")
        } else if let free {
            results.fail(.mtaLoginSender, .high, "\(service.shown): \(free) gives every address to every login")
        } else {
            results.pass(.mtaLoginSender, "\(service.shown): \(settings.shown("smtpd_sender_login_maps"))")
        }
    }

    private func limits(_ results: inout MTAResults, relays: Bool, policyService: String?) {
        guard relays else {
            results.pass(.mtaRateLimits, "\(service.shown): logins do not relay")
            return
        }
        let names = ["smtpd_client_message_rate_limit", "smtpd_client_recipient_rate_limit"]
        if let name = names.first(where: { (Int(settings.value($0) ?? "") ?? 0) > 0 }) {
            results.pass(.mtaRateLimits, "\(service.shown): \(settings.shown(name))")
        } else if let policyService {
            results.unknown(.mtaRateLimits, "\(service.shown): whether the policy service \(policyService) counts")
        } else if let milters = settings.value("smtpd_milters"), !milters.isEmpty {
            results.unknown(.mtaRateLimits, "\(service.shown): whether the milter \(milters) counts")
        } else {
            results.fail(
                .mtaRateLimits, .medium, "\(service.shown): \(settings.shown(names[0])), \(settings.shown(names[1]))")
        }
    }

    /// Blocklists that meet users before their login does.
    private func listed(_ results: inout MTAResults, _ rule: String?) {
        guard takesLogins else {
            results.pass(.mtaListedUsers, "\(service.shown): no logins")
            return
        }
        let screens = settings.value("postscreen_dnsbl_sites") ?? ""
        let action = ASCII.lowercased(settings.value("postscreen_dnsbl_action") ?? "")
        if let rule {
            results.fail(.mtaListedUsers, .low, "\(service.shown): \(rule) comes before permit_sasl_authenticated")
        } else if service.isScreened, !screens.isEmpty, ["enforce", "drop"].contains(action) {
            results.fail(
                .mtaListedUsers, .low, "\(service.shown) takes logins: \(settings.shown("postscreen_dnsbl_sites"))")
        } else {
            results.pass(.mtaListedUsers, service.shown)
        }
    }

    private func submission(_ results: inout MTAResults) {
        let level = settings.value("smtpd_tls_security_level") ?? ""
        // A list that ends in a plain refusal takes nobody without a login.
        let asks = [
            "smtpd_client_restrictions", "smtpd_helo_restrictions", "smtpd_sender_restrictions",
            "smtpd_relay_restrictions", "smtpd_recipient_restrictions",
        ].contains { name in settings.words(name)?.contains { ["reject", "defer"].contains($0) } == true }
        // Who has to log in, and can do so behind TLS only, has to use TLS.
        let isImplied = asks && takesLogins && level == "may" && settings.isYes("smtpd_tls_auth_only")
        let isProtected =
            service.port == 465
            ? settings.isYes("smtpd_tls_wrappermode")
            : level == "encrypt" || settings.isYes("smtpd_enforce_tls") || isImplied
        if isProtected {
            results.pass(.mtaSubmission, service.shown)
        } else {
            let name = service.port == 465 ? "smtpd_tls_wrappermode" : "smtpd_tls_security_level"
            results.fail(.mtaSubmission, .medium, "\(service.shown): \(settings.shown(name))")
        }
        if !takesLogins {
            results.fail(.mtaSubmission, .medium, "\(service.shown): \(settings.shown("smtpd_sasl_auth_enable"))")
        }
        if !asks {
            results.fail(.mtaSubmission, .low, "\(service.shown): takes mail for own domains without a login")
        }
    }

    // MARK: Everybody

    private func transport(_ results: inout MTAResults) {
        let level = settings.value("smtpd_tls_security_level") ?? ""
        let certificates = ["smtpd_tls_cert_file", "smtpd_tls_chain_files", "smtpd_tls_eccert_file"]
        let hasCertificate = certificates.contains { !["", "none"].contains(settings.value($0) ?? "") }
        let isOn =
            ["may", "encrypt"].contains(level) || settings.isYes("smtpd_use_tls") || settings.isYes("smtpd_enforce_tls")
        let shown = "\(service.shown): \(settings.shown("smtpd_tls_security_level"))"
        if isOn, hasCertificate {
            results.pass(.mtaStartTLS, shown)
        } else {
            results.fail(.mtaStartTLS, .medium, isOn ? "\(service.shown): no certificate is set" : shown)
        }
    }

    private func recipients(_ results: inout MTAResults) {
        let lists = ["smtpd_relay_restrictions", "smtpd_recipient_restrictions"].flatMap { settings.words($0) ?? [] }
        let isVerified = lists.contains("reject_unverified_recipient")
        let looksUp = settings.isYes("smtpd_reject_unlisted_recipient") || lists.contains("reject_unlisted_recipient")
        if !looksUp, !isVerified {
            // A service that takes nobody without a login bounces to its own users only.
            if isSubmission, lists.contains("reject") {
                results.pass(.mtaUnknownRecipients, "\(service.shown): with a login only")
            } else {
                results.fail(
                    .mtaUnknownRecipients, .high,
                    "\(service.shown): \(settings.shown("smtpd_reject_unlisted_recipient"))")
            }
            return
        }
        if settings.isSet("local_recipient_maps"), (settings.value("local_recipient_maps") ?? "?").isEmpty, !isVerified,
            settings.value("mydestination") != ""
        {
            results.fail(.mtaUnknownRecipients, .high, settings.shown("local_recipient_maps"))
        }
        let relayed = settings.value("relay_domains") ?? ""
        if settings.isSet("relay_domains"), !relayed.isEmpty, relayed != settings.value("mydestination"),
            (settings.value("relay_recipient_maps") ?? "").isEmpty, !isVerified
        {
            results.fail(
                .mtaUnknownRecipients, .medium,
                "\(settings.shown("relay_domains")), \(settings.shown("relay_recipient_maps"))")
        }
        results.pass(.mtaUnknownRecipients, "\(service.shown): \(settings.shown("smtpd_reject_unlisted_recipient"))")
    }

    private func trusted(_ results: inout MTAResults) {
        for name in ["smtpd_authorized_xclient_hosts", "smtpd_authorized_xforward_hosts"] {
            guard let words = settings.words(name) else {
                results.unknown(.mtaTrustedCommands, "\(settings.shown(name)) cannot be expanded")
                continue
            }
            for word in words where !word.hasPrefix("!") {
                if let network = NetworkWidth.network(word) {
                    if case .own = NetworkWidth.of(network) { continue }
                    results.fail(.mtaTrustedCommands, .critical, "\(service.shown): \(settings.shown(name))")
                } else if word.hasPrefix("static:") {
                    results.fail(.mtaTrustedCommands, .critical, "\(service.shown): \(settings.shown(name))")
                } else if word.contains(":") || word.hasPrefix("/") {
                    results.unknown(.mtaTrustedCommands, "\(settings.shown(name)): \(word) was not read")
                }
            }
            results.pass(.mtaTrustedCommands, "\(service.shown): \(settings.shown(name))")
        }
        for name in ["smtpd_upstream_proxy_protocol"]
            + (service.isScreened ? ["postscreen_upstream_proxy_protocol"] : [])
        where settings.value(name) != "" {
            results.fail(
                .mtaTrustedCommands, .critical,
                "\(service.shown): \(settings.shown(name)): who connects writes his own address")
        }
    }

    private func smuggling(_ results: inout MTAResults) {
        let forbids = ASCII.lowercased(settings.value("smtpd_forbid_bare_newline") ?? "")
        let refusesPipelining =
            (settings.words("smtpd_data_restrictions") ?? []).contains("reject_unauth_pipelining")
            || settings.isYes("smtpd_forbid_unauth_pipelining")
        let hidesChunking = options("smtpd_discard_ehlo_keywords").contains("chunking")
        if ["yes", "normalize", "reject", "note"].contains(forbids), forbids != "note" {
            results.pass(.mtaSmuggling, "\(service.shown): \(settings.shown("smtpd_forbid_bare_newline"))")
        } else if refusesPipelining, hidesChunking {
            results.pass(
                .mtaSmuggling, "\(service.shown): pipelining without a word is refused, and CHUNKING is not offered")
        } else if settings.isSet("smtpd_forbid_bare_newline") || settings.knowsAll {
            results.fail(
                .mtaSmuggling, .medium,
                "\(service.shown): \(settings.raw("smtpd_forbid_bare_newline") == nil ? "this version has no smtpd_forbid_bare_newline" : settings.shown("smtpd_forbid_bare_newline"))"
            )
        } else {
            results.unknown(
                .mtaSmuggling,
                "\(service.shown): smtpd_forbid_bare_newline is not set, and its default depends on the version (`postconf` tells)"
            )
        }
    }

    private func filter(_ results: inout MTAResults, relays: Bool, mainFilters: [String]) {
        guard relays else {
            results.pass(.mtaFilter, "\(service.shown): logins do not relay")
            return
        }
        let lacking = mainFilters.filter { (settings.value($0) ?? "").isEmpty }
        let own = ["smtpd_milters", "content_filter", "smtpd_proxy_filter"].contains {
            !(settings.value($0) ?? "").isEmpty
        }
        if !lacking.isEmpty, !own {
            results.fail(
                .mtaFilter, .medium, "\(service.shown): \(lacking.map { settings.shown($0) }.joined(separator: ", "))")
        } else {
            results.pass(
                .mtaFilter, mainFilters.isEmpty ? "\(service.shown): no filter is set anywhere" : service.shown)
        }
    }
}
