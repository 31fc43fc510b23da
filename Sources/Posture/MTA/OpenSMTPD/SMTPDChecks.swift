import MailTypes

/// From an OpenSMTPD's configuration to results.
struct SMTPDChecks {
    private let facts: MTAFacts
    private let configuration: SMTPDConfiguration
    private var results = MTAResults(system: "OpenSMTPD")

    static let ids: [CheckID] = [
        .mtaStrangers, .mtaNetworks, .mtaClaims, .mtaRelayDomains, .mtaRoutes, .mtaUnknownRecipients, .mtaAuthOnPort25,
        .mtaAuthWithoutTLS, .mtaMechanisms, .mtaLoginRelay, .mtaLoginSender, .mtaRateLimits, .mtaSubmission,
        .mtaTrustedCommands, .mtaSmuggling, .mtaFilter, .mtaStartTLS, .mtaHarvest,
    ]

    /// `nil`: nothing of an OpenSMTPD is there.
    static func results(_ facts: MTAFacts) -> MTAResults? {
        guard let source = facts[.openSMTPD] else { return nil }
        do throws(PostureError) {
            var checks = SMTPDChecks(
                facts: facts, configuration: try SMTPDConfiguration(source, files: facts.tables))
            checks.run()
            return checks.results
        } catch {
            var results = MTAResults(system: "OpenSMTPD")
            for id in ids { results.unknown(id, "the configuration cannot be read: \(error)") }
            return results
        }
    }

    private init(facts: MTAFacts, configuration: SMTPDConfiguration) {
        self.facts = facts
        self.configuration = configuration
    }

    private mutating func run() {
        for path in configuration.missing { results.unknown(.mtaStrangers, "\(path) is included and was not read") }
        networks()
        var reached = 0
        let filtered = configuration.listeners.contains {
            $0.filter != nil && (facts.published[$0.port] ?? $0.port) == 25
        }
        for listener in configuration.listeners {
            let outside = facts.published[listener.port] ?? listener.port
            let isLocal =
                ["lo", "lo0", "localhost"].contains(listener.interface)
                || NetworkWidth.network(listener.interface)?.first.isLoopback == true
            guard facts.published[listener.port] != nil || !isLocal else {
                results.pass(.mtaListening, "\(listener.place): loopback only")
                continue
            }
            reached += 1
            look(listener, outside: outside, filtered: filtered)
        }
        if reached == 0 { for id in Self.ids { results.pass(id, "no listener but on loopback") } }
        results.pass(.mtaRoutes, "OpenSMTPD follows no routes in addresses")
        results.pass(.mtaListedUsers, "OpenSMTPD asks no lists itself; filters are not looked into")
        results.pass(.mtaHarvest, "OpenSMTPD answers neither VRFY nor EXPN")
        results.pass(.mtaMechanisms, "OpenSMTPD offers PLAIN and LOGIN only")
        results.pass(.mtaAuthWithoutTLS, "OpenSMTPD offers AUTH behind TLS only")
        results.unknown(.mtaSmuggling, "which version it is, and how it reads bare line ends")
    }

    private mutating func networks() {
        for match in configuration.matches where match.action != nil {
            for condition in match.conditions where condition.name == "from src" && !condition.isNegated {
                for value in condition.values {
                    guard value.hasPrefix("<") else {
                        judge(value, match.place)
                        continue
                    }
                    for row in (configuration.tables[String(value.dropFirst().dropLast())] ?? nil) ?? [] {
                        judge(row, match.place)
                    }
                }
            }
        }
    }

    private mutating func judge(_ text: String, _ place: String) {
        guard let network = NetworkWidth.network(text) else { return }
        results.judge(trusted: network, "\(place): from src")
    }

    private mutating func look(_ listener: SMTPDConfiguration.Listener, outside: Int, filtered: Bool) {
        let place = "\(listener.place), port \(outside)"
        let stranger = SMTPDWalk(configuration: configuration, listener: listener, asker: .stranger).ways()
        results.judge(strangerWays: stranger, place: place)
        recipients(place)
        logins(listener, outside, place, filtered: filtered)
        if listener.takesProxy {
            results.fail(.mtaTrustedCommands, .critical, "\(place): proxy-v2: who connects writes his own address")
        } else {
            results.pass(.mtaTrustedCommands, place)
        }
        if outside == 25 {
            if listener.tls == .none {
                results.fail(.mtaStartTLS, .medium, "\(place): no tls")
            } else {
                results.pass(.mtaStartTLS, place)
            }
        }
        if [25, 465, 587].contains(outside) {
            results.pass(.mtaListening, place)
        } else {
            results.fail(.mtaListening, .low, "\(place) takes SMTP from the world")
        }
        submission(listener, outside, place)
    }

    /// The first match for own domains decides: one that only relays them on takes every mailbox.
    private mutating func recipients(_ place: String) {
        for match in configuration.matches {
            func has(_ name: String) -> Bool { match.conditions.contains { $0.name == name && !$0.isNegated } }
            guard let action = match.action,
                has("from any") || match.conditions.contains(where: { $0.name == "from src" && $0.isNegated }),
                !match.conditions.contains(where: { $0.name == "auth" || $0.name.hasSuffix("rcpt-to") })
            else { continue }
            let isOther = match.conditions.contains {
                !["from any", "from src", "for any", "for domain", "tls"].contains($0.name)
            }
            if isOther { continue }
            let relays = configuration.actions[action]?.first == "relay"
            if has("for any") || has("for domain"), relays {
                let severity: Severity = has("for any") ? .high : .medium
                results.fail(
                    .mtaUnknownRecipients, severity, "\(place): \(match.place): relays on without rcpt-to <recipients>")
            }
            if has("for any") || has("for domain") { break }
        }
        results.pass(.mtaUnknownRecipients, "\(place): local recipients are looked up at RCPT")
    }

    private mutating func logins(
        _ listener: SMTPDConfiguration.Listener, _ outside: Int, _ place: String, filtered: Bool
    ) {
        let ids: [CheckID] = [.mtaAuthOnPort25, .mtaLoginRelay, .mtaLoginSender, .mtaRateLimits, .mtaFilter]
        guard listener.auth != .none else {
            for id in ids { results.pass(id, "\(place): no auth") }
            return
        }
        if outside == 25 { results.fail(.mtaAuthOnPort25, .high, place) }
        results.pass(.mtaAuthOnPort25, place)
        let ways = SMTPDWalk(configuration: configuration, listener: listener, asker: .login).ways()
        let certain = ways.filter { $0.missing == nil && ($0.lever == .login || $0.lever == .nothing) }
        if certain.isEmpty, let missing = ways.compactMap(\.missing).first {
            for id in [CheckID.mtaLoginRelay, .mtaLoginSender] { results.unknown(id, "\(place): \(missing)") }
        }
        if outside == 25 { for way in certain { results.fail(.mtaLoginRelay, .high, "\(place): \(way.rule)") } }
        results.pass(.mtaLoginRelay, place)
        guard !certain.isEmpty else {
            for id in [CheckID.mtaLoginSender, .mtaRateLimits, .mtaFilter] {
                results.pass(id, "\(place): logins do not relay")
            }
            return
        }
        if listener.bindsSenders {
            results.pass(.mtaLoginSender, "\(place): senders")
        } else {
            results.fail(.mtaLoginSender, .high, "\(place): auth without senders <table>")
        }
        if let filter = listener.filter {
            results.unknown(.mtaRateLimits, "\(place): whether the filter \(filter) counts")
            results.pass(.mtaFilter, place)
        } else {
            results.fail(.mtaRateLimits, .medium, "\(place): no filter that could count")
            if filtered {
                results.fail(.mtaFilter, .medium, "\(place): port 25 has a filter, this listener has none")
            } else {
                results.pass(.mtaFilter, "\(place): no filter is set anywhere")
            }
        }
    }

    private mutating func submission(_ listener: SMTPDConfiguration.Listener, _ outside: Int, _ place: String) {
        guard outside == 587 || outside == 465 else {
            results.pass(.mtaSubmission, place)
            return
        }
        let isProtected = outside == 465 ? listener.tls == .implicit : listener.tls == .required
        if !isProtected { results.fail(.mtaSubmission, .medium, "\(place): TLS is not demanded") }
        if listener.auth != .required { results.fail(.mtaSubmission, .medium, "\(place): no login is demanded") }
        results.pass(.mtaSubmission, place)
    }
}
