import MailTypes

/// From a Sendmail's configuration to results.
struct SendmailChecks {
    private let facts: MTAFacts
    private let configuration: SendmailConfiguration
    private var results = MTAResults(system: "Sendmail")

    static let ids: [CheckID] = [
        .mtaStrangers, .mtaNetworks, .mtaClaims, .mtaRelayDomains, .mtaRoutes, .mtaUnknownRecipients, .mtaAuthOnPort25,
        .mtaAuthWithoutTLS, .mtaMechanisms, .mtaLoginRelay, .mtaLoginSender, .mtaRateLimits, .mtaSubmission,
        .mtaSmuggling,
        .mtaFilter, .mtaStartTLS, .mtaHarvest, .mtaTrustedCommands, .mtaListedUsers,
    ]

    /// `nil`: nothing of a Sendmail is there.
    static func results(_ facts: MTAFacts) -> MTAResults? {
        guard facts[.sendmailCF] != nil || facts[.sendmailMC] != nil else { return nil }
        do throws(PostureError) {
            var checks = SendmailChecks(facts: facts, configuration: try SendmailConfiguration(facts))
            checks.run()
            return checks.results
        } catch {
            var results = MTAResults(system: "Sendmail")
            for id in ids { results.unknown(id, "the configuration cannot be read: \(error)") }
            return results
        }
    }

    private init(facts: MTAFacts, configuration: SendmailConfiguration) {
        self.facts = facts
        self.configuration = configuration
    }

    private func option(_ name: String) -> String? { configuration.options[name]?.text }

    private func shown(_ name: String) -> String {
        guard let option = configuration.options[name] else { return "default: \(name)" }
        return "\(option.place): \(name)=\(option.text)"
    }

    private mutating func run() {
        relaying()
        lists()
        guard configuration.isWhole else {
            for id in Self.ids {
                results.unknown(id, "sendmail.cf is missing; sendmail.mc alone tells its FEATUREs only")
            }
            return
        }
        let daemons = reachable()
        recipients()
        logins(daemons)
        host()
        listed()
        results.pass(.mtaTrustedCommands, "Sendmail knows neither XCLIENT nor XFORWARD")
        for id in [CheckID.mtaStrangers, .mtaNetworks, .mtaClaims, .mtaRelayDomains, .mtaRoutes] {
            results.pass(id, "no FEATURE and no entry that opens it")
        }
    }

    // MARK: Relaying

    private mutating func relaying() {
        let opening: [(String, CheckID, Severity)] = [
            ("promiscuous_relay", .mtaStrangers, .critical), ("relay_local_from", .mtaClaims, .critical),
            ("relay_based_on_MX", .mtaRelayDomains, .critical), ("loose_relay_check", .mtaRoutes, .critical),
            ("relay_entire_domain", .mtaNetworks, .medium),
        ]
        for (name, id, severity) in opening {
            if let feature = configuration.features[name] {
                results.fail(id, severity, "\(feature.place): FEATURE(\(name))")
            }
        }
        if configuration.isWhole, !configuration.refusesRelaying {
            results.fail(.mtaStrangers, .critical, "sendmail.cf: no rule says “Relaying denied”")
        }
        if let feature = configuration.features["relay_mail_from"] {
            let senders = configuration.access.filter {
                isRelay($0.value) && ASCII.lowercased($0.key).hasPrefix("from:")
            }
            for row in senders {
                results.fail(.mtaClaims, .critical, "\(row.place): \(row.key) \(row.value), \(feature.place)")
            }
            if facts[.sendmailAccess] == nil {
                results.unknown(
                    .mtaClaims, "\(feature.place): FEATURE(relay_mail_from), and the access table was not read")
            }
        }
    }

    private func isRelay(_ value: String) -> Bool { ASCII.lowercased(value).hasPrefix("relay") }

    /// The access table and the class R: hosts and networks that may relay, domains that are relayed to.
    private mutating func lists() {
        for row in configuration.access where isRelay(row.value) {
            let key = ASCII.lowercased(row.key)
            let shown = "\(row.place): \(row.key) \(row.value)"
            if key.hasPrefix("connect:") {
                judge(String(key.dropFirst(8)), shown, isClient: true, isRecipient: false)
            } else if key.hasPrefix("to:") {
                judge(String(key.dropFirst(3)), shown, isClient: false, isRecipient: true)
            } else if !key.contains(":") {
                judge(key, shown, isClient: true, isRecipient: true)
            } else if key.hasPrefix("ipv6:") {
                judge(String(key.dropFirst(5)), shown, isClient: true, isRecipient: false)
            }
        }
        for entry in configuration.relayed {
            judge(
                ASCII.lowercased(entry.text), "\(entry.place): \(entry.text) relayed", isClient: true, isRecipient: true
            )
        }
        if configuration.features["access_db"] != nil, facts[.sendmailAccess] == nil {
            for id in [CheckID.mtaNetworks, .mtaClaims, .mtaRelayDomains] {
                results.unknown(id, "the access table was not read (/etc/mail/access)")
            }
        }
    }

    private mutating func judge(_ key: String, _ shown: String, isClient: Bool, isRecipient: Bool) {
        let parts = key.split(separator: ".", omittingEmptySubsequences: true)
        // `192.0.2`: the front of an address.
        if !parts.isEmpty, parts.count <= 4, parts.allSatisfy({ UInt8($0) != nil }) {
            let text = (parts.map(String.init) + Array(repeating: "0", count: 4 - parts.count)).joined(separator: ".")
            if let network = NetworkWidth.network("\(text)/\(parts.count * 8)") {
                results.judge(trusted: network, shown)
            }
            return
        }
        if let network = NetworkWidth.network(key) {
            results.judge(trusted: network, shown)
            return
        }
        guard PostfixWalk.isTopLevel(key) else { return }
        if isClient { results.fail(.mtaClaims, .critical, "\(shown): every host with a name below .\(key)") }
        if isRecipient { results.fail(.mtaRelayDomains, .critical, "\(shown): every domain below .\(key)") }
    }

    private mutating func recipients() {
        if let luser = configuration.luserRelay {
            results.fail(
                .mtaUnknownRecipients, .medium, "\(luser.place): LUSER_RELAY \(luser.text) takes every mailbox")
        }
        let others = configuration.relayed.filter { $0.text.contains(".") && NetworkWidth.network($0.text) == nil }
        if let first = others.first {
            results.unknown(
                .mtaUnknownRecipients,
                "\(first.place): \(first.text) is relayed on; whether its recipients are known here")
        }
        results.pass(.mtaUnknownRecipients, "local users are looked up at RCPT")
    }

    // MARK: Daemons

    private mutating func reachable() -> [SendmailConfiguration.Daemon] {
        var daemons: [SendmailConfiguration.Daemon] = []
        for var daemon in configuration.daemons {
            let isLocal =
                daemon.address.map { $0 == "localhost" || NetworkWidth.network($0)?.first.isLoopback == true } ?? false
            let published = facts.published[daemon.port]
            daemon.port = published ?? daemon.port
            guard published != nil || !isLocal else {
                results.pass(.mtaListening, "\(daemon.place): loopback only")
                continue
            }
            if [25, 465, 587].contains(daemon.port) {
                results.pass(.mtaListening, "\(daemon.place): port \(daemon.port)")
            } else {
                results.fail(.mtaListening, .low, "\(daemon.place): port \(daemon.port) takes SMTP from the world")
            }
            daemons.append(daemon)
        }
        return daemons
    }

    private mutating func logins(_ daemons: [SendmailConfiguration.Daemon]) {
        let mechanisms = option("AuthMechanisms").map { MTAText.words(ASCII.lowercased($0)) }
        let ids: [CheckID] = [
            .mtaAuthOnPort25, .mtaAuthWithoutTLS, .mtaMechanisms, .mtaLoginRelay, .mtaLoginSender, .mtaRateLimits,
            .mtaFilter,
        ]
        for daemon in daemons {
            let place = "\(daemon.place), port \(daemon.port)"
            submission(daemon, place)
            guard !daemon.modifiers.contains("A") else {
                for id in ids { results.pass(id, "\(place): AUTH is switched off (M=A)") }
                continue
            }
            guard let mechanisms else {
                for id in ids {
                    results.unknown(
                        id,
                        "\(place): AuthMechanisms is not set; whether AUTH is offered hangs on SASL (EHLO tells, or --probe)"
                    )
                }
                continue
            }
            if mechanisms.isEmpty {
                for id in ids { results.pass(id, "\(place): no mechanisms") }
                continue
            }
            auth(daemon, place, mechanisms)
        }
    }

    private mutating func auth(_ daemon: SendmailConfiguration.Daemon, _ place: String, _ mechanisms: [String]) {
        if daemon.port == 25 { results.fail(.mtaAuthOnPort25, .high, "\(place): \(shown("AuthMechanisms"))") }
        results.pass(.mtaAuthOnPort25, place)
        let plain = mechanisms.contains { $0 == "plain" || $0 == "login" }
        let isProtected =
            MTAText.words(option("AuthOptions") ?? "").contains { $0.contains("p") } || daemon.modifiers.contains("s")
        if plain, !isProtected {
            results.fail(.mtaAuthWithoutTLS, .high, "\(place): \(shown("AuthOptions")) has no p")
        }
        results.pass(.mtaAuthWithoutTLS, place)
        let weak = mechanisms.filter { ["cram-md5", "digest-md5", "ntlm", "anonymous"].contains($0) }
        if weak.isEmpty {
            results.pass(.mtaMechanisms, shown("AuthMechanisms"))
        } else {
            results.fail(.mtaMechanisms, weak.contains("anonymous") ? .critical : .medium, shown("AuthMechanisms"))
        }
        let trusted = configuration.trustedMechanisms.map { ASCII.lowercased($0) }
        guard mechanisms.contains(where: trusted.contains) else {
            for id in [CheckID.mtaLoginRelay, .mtaLoginSender, .mtaRateLimits, .mtaFilter] {
                results.pass(id, "\(place): no mechanism in TRUST_AUTH_MECH: logins do not relay")
            }
            return
        }
        if daemon.port == 25 {
            results.fail(.mtaLoginRelay, .high, "\(place): TRUST_AUTH_MECH \(trusted.joined(separator: " "))")
        }
        results.pass(.mtaLoginRelay, place)
        limits(daemon, place)
    }

    private mutating func limits(_ daemon: SendmailConfiguration.Daemon, _ place: String) {
        let filters = option("InputMailFilters") ?? ""
        if filters.isEmpty {
            results.fail(.mtaLoginSender, .high, "\(place): nothing compares login and sender")
        } else {
            results.unknown(.mtaLoginSender, "\(place): whether the milter \(filters) compares login and sender")
        }
        if configuration.features["ratecontrol"] != nil,
            configuration.access.contains(where: { ASCII.lowercased($0.key).hasPrefix("clientrate:") })
        {
            results.pass(.mtaRateLimits, "FEATURE(ratecontrol) with ClientRate:")
        } else if filters.isEmpty {
            results.fail(.mtaRateLimits, .medium, "\(place): no FEATURE(ratecontrol) with ClientRate:")
        } else {
            results.unknown(.mtaRateLimits, "\(place): whether the milter \(filters) counts")
        }
        if daemon.hasFilter == false, !filters.isEmpty {
            results.fail(.mtaFilter, .medium, "\(place): its own InputFilter is empty")
        }
        results.pass(.mtaFilter, place)
    }

    private mutating func submission(_ daemon: SendmailConfiguration.Daemon, _ place: String) {
        if daemon.port == 587, !daemon.modifiers.contains("a") {
            results.fail(.mtaSubmission, .medium, "\(place): no login is demanded (M=a)")
        }
        if daemon.port == 465, !daemon.modifiers.contains("s") {
            results.fail(.mtaSubmission, .medium, "\(place): does not begin with TLS (M=s)")
        }
        results.pass(.mtaSubmission, place)
    }

    /// FEATURE(dnsbl) refuses at the connection, before any login, unless FEATURE(delay_checks) waits for it.
    private mutating func listed() {
        let lists = ["dnsbl", "enhdnsbl"].compactMap { configuration.features[$0] }
        let takesLogins = !(option("AuthMechanisms") ?? "").isEmpty
        if let list = lists.first, takesLogins, configuration.features["delay_checks"] == nil {
            results.fail(.mtaListedUsers, .low, "\(list.place): FEATURE(dnsbl) without FEATURE(delay_checks)")
        } else {
            results.pass(.mtaListedUsers, lists.isEmpty ? "no FEATURE(dnsbl)" : "no logins, or FEATURE(delay_checks)")
        }
    }

    // MARK: The whole host

    private mutating func host() {
        let privacy = MTAText.words(ASCII.lowercased(option("PrivacyOptions") ?? ""))
        if privacy.contains("goaway") || (privacy.contains("novrfy") && privacy.contains("noexpn")) {
            results.pass(.mtaHarvest, shown("PrivacyOptions"))
        } else {
            results.fail(.mtaHarvest, .low, shown("PrivacyOptions"))
        }
        if option("ServerCertFile") != nil, option("ServerKeyFile") != nil {
            results.pass(.mtaStartTLS, shown("ServerCertFile"))
        } else {
            results.fail(.mtaStartTLS, .medium, "\(shown("ServerCertFile")), \(shown("ServerKeyFile"))")
        }
        let numbers = (configuration.version ?? "").split(separator: ".").compactMap { Int($0) }
        if [8, 18].lexicographicallyPrecedes(numbers) || numbers == [8, 18] {
            results.pass(.mtaSmuggling, "sendmail.cf is of \(configuration.version ?? "")")
        } else {
            results.unknown(
                .mtaSmuggling,
                "whether the binary has the change of 8.18.1 (sendmail.cf is of \(configuration.version ?? "?"))")
        }
    }
}
