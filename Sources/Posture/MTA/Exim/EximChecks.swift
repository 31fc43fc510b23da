import MailTypes

/// From an Exim's configuration to results.
struct EximChecks {
    private let facts: MTAFacts
    private let configuration: EximConfiguration
    private var results = MTAResults(system: "Exim")

    static let ids: [CheckID] = [
        .mtaStrangers, .mtaNetworks, .mtaClaims, .mtaRelayDomains, .mtaRoutes, .mtaUnknownRecipients, .mtaAuthOnPort25,
        .mtaAuthWithoutTLS, .mtaMechanisms, .mtaLoginRelay, .mtaLoginSender, .mtaRateLimits, .mtaSubmission,
        .mtaTrustedCommands, .mtaSmuggling, .mtaFilter, .mtaStartTLS, .mtaHarvest, .mtaPasswordSources, .mtaListedUsers,
    ]

    /// `nil`: nothing of an Exim is there.
    static func results(_ facts: MTAFacts) -> MTAResults? {
        guard facts[.eximFile] != nil || facts[.eximValues] != nil else { return nil }
        var results = MTAResults(system: "Exim")
        guard facts[.eximFile] != nil else {
            for id in ids { results.unknown(id, "the configuration file is missing: exim -bP config") }
            return results
        }
        do throws(PostureError) {
            var checks = EximChecks(
                facts: facts,
                configuration: try EximConfiguration(
                    file: facts[.eximFile], values: facts[.eximValues], tables: facts.tables))
            checks.run()
            return checks.results
        } catch {
            for id in ids { results.unknown(id, "the configuration cannot be read: \(error)") }
            return results
        }
    }

    private init(facts: MTAFacts, configuration: EximConfiguration) {
        self.facts = facts
        self.configuration = configuration
    }

    private func value(_ name: String) -> String? { configuration.options[name]?.value }

    private func shown(_ name: String) -> String {
        guard let option = configuration.options[name] else { return "default: \(name)" }
        return "\(option.place): \(name) = \(option.value)"
    }

    private mutating func run() {
        for path in configuration.missingIncludes {
            results.unknown(.mtaStrangers, "\(path) is included and was not read")
        }
        for port in ports() { look(port: port, outside: facts.published[port] ?? port) }
        networks()
        host()
        passwords()
    }

    // MARK: Ports

    private static let names = ["smtp": 25, "submission": 587, "submissions": 465, "smtps": 465, "ssmtp": 465]

    /// Ports that others reach.
    private mutating func ports() -> [Int] {
        let set = EximLists.split(value("daemon_smtp_ports") ?? value("daemon_smtp_port") ?? "smtp")
        let interfaces = EximLists.split(value("local_interfaces") ?? "0.0.0.0")
        func isLocal(_ text: String) -> Bool {
            let host = text.hasPrefix("[") ? String(text.dropFirst().prefix { $0 != "]" }) : text
            let parts = host.split(separator: ".", omittingEmptySubsequences: false)
            // 127.0.0.1.25: with the port behind a dot.
            let address = parts.count == 5 ? parts.prefix(4).joined(separator: ".") : host
            return NetworkWidth.network(address)?.first.isLoopback == true
        }
        var ports: [Int] = []
        for name in set {
            guard let port = Int(name) ?? Self.names[name] else {
                results.unknown(.mtaListening, "\(shown("daemon_smtp_ports")): the port \(name) is not known")
                continue
            }
            ports.append(port)
        }
        for interface in interfaces {
            let parts = interface.split(separator: ".")
            if parts.count == 5, let port = Int(parts[4]), !ports.contains(port), !isLocal(interface) {
                ports.append(port)
            }
        }
        if !interfaces.isEmpty, interfaces.allSatisfy(isLocal) {
            ports = ports.filter { facts.published[$0] != nil }
            if ports.isEmpty {
                for id in Self.ids { results.pass(id, "\(shown("local_interfaces")): loopback only") }
            }
        }
        for port in ports {
            let outside = facts.published[port] ?? port
            if [25, 465, 587].contains(outside) {
                results.pass(.mtaListening, "port \(outside)")
            } else {
                results.fail(
                    .mtaListening, .low, "\(shown("daemon_smtp_ports")): port \(outside) takes SMTP from the world")
            }
        }
        return ports
    }

    private func expression(_ port: Int, isSecure: Bool, _ asker: RelayAsker) -> EximExpression {
        EximExpression(port: port, isSecure: isSecure, isLoggedIn: asker == .login)
    }

    private func walk(
        _ asker: RelayAsker, _ port: Int, isSecure: Bool, _ recipient: EximWalk.Recipient = .foreign
    ) -> EximWalk {
        EximWalk(
            configuration: configuration, tables: facts.tables, asker: asker,
            expression: expression(port, isSecure: isSecure, asker), recipient: recipient)
    }

    private mutating func look(port: Int, outside: Int) {
        let place = "port \(outside)"
        var strangers = walk(.stranger, port, isSecure: false)
        let rcpt = strangers.run(option: "acl_smtp_rcpt")
        // Without an ACL, no recipient is taken at all.
        results.judge(strangerWays: rcpt?.ways ?? [], place: place)
        recipients(port, place)
        logins(port, outside, place)
        verify(port, place)
    }

    private mutating func recipients(_ port: Int, _ place: String) {
        var local = walk(.stranger, port, isSecure: false, .unknownLocal)
        guard let outcome = local.run(option: "acl_smtp_rcpt") else {
            results.pass(.mtaUnknownRecipients, "\(place): no acl_smtp_rcpt: no mail is taken")
            return
        }
        if let way = outcome.ways.first(where: { $0.lever == .nothing && $0.missing == nil }) {
            results.fail(.mtaUnknownRecipients, .high, "\(place): \(way.rule) comes without verify = recipient")
        } else if let missing = outcome.ways.compactMap(\.missing).first {
            results.unknown(.mtaUnknownRecipients, "\(place): \(missing)")
        } else {
            routers(port, place)
            results.pass(.mtaUnknownRecipients, "\(place): \(outcome.refusedBy ?? "refused")")
        }
    }

    /// `verify = recipient` refuses only what no router takes.
    private mutating func routers(_ port: Int, _ place: String) {
        let verifying = statements.flatMap(\.conditions).filter {
            $0.name == "verify" && $0.value.hasPrefix("recipient")
        }
        guard !verifying.isEmpty else { return }
        let routers = EximRouters(
            configuration: configuration, tables: facts.tables, expression: expression(port, isSecure: false, .stranger)
        )
        // One that holds for a list of recipients only asks for nobody else.
        let callout = statements.contains { statement in
            statement.verb == "require"
                && statement.conditions.contains {
                    $0.name == "verify" && $0.value.hasPrefix("recipient") && $0.value.contains("callout")
                }
        }
        for name in ["local_domains", "relay_to_domains"] {
            guard let list = configuration.lists["domain \(name)"], !EximLists.split(list.value).isEmpty,
                let router = routers.catchAll(list: name, callout: callout)
            else { continue }
            results.fail(
                .mtaUnknownRecipients, .medium,
                "\(place): \(router.place): the router \(router.name) takes every mailbox of \(name): verify = recipient refuses none"
            )
        }
    }

    // MARK: Logins

    /// Whether AUTH is offered there. `nil`: not known.
    private func offersAuth(_ port: Int, isSecure: Bool) -> Bool? {
        guard !configuration.authenticators.isEmpty else { return false }
        let expression = expression(port, isSecure: isSecure, .stranger)
        let lists = EximLists(configuration: configuration, tables: facts.tables, expression: expression)
        switch lists.hosts(value("auth_advertise_hosts") ?? "*") {
        case .never: return false
        case .unknown: return nil
        case .always, .chosen: break
        }
        var isKnown = true
        for authenticator in servers {
            guard let condition = authenticator.options["server_advertise_condition"] else { return true }
            guard let value = expression.value(condition) else {
                isKnown = false
                continue
            }
            if !["", "0", "no", "false"].contains(ASCII.lowercased(MTAText.trimmed(value))) { return true }
        }
        return isKnown ? false : nil
    }

    /// Authenticators that serve clients, not those for logging in elsewhere.
    private var servers: [EximConfiguration.Authenticator] {
        configuration.authenticators.filter { authenticator in
            authenticator.options.keys.contains {
                $0.hasPrefix("server_") && $0 != "server_set_id" && $0 != "server_prompts"
            }
        }
    }

    private mutating func logins(_ port: Int, _ outside: Int, _ place: String) {
        let clear = offersAuth(port, isSecure: false)
        let secure = offersAuth(port, isSecure: true)
        let isImplicit = EximLists.split(value("tls_on_connect_ports") ?? "").contains(String(port))
        if isImplicit || clear == false {
            results.pass(.mtaAuthWithoutTLS, "\(place): \(shown("auth_advertise_hosts"))")
        } else if clear == true {
            results.fail(.mtaAuthWithoutTLS, .high, "\(place): \(shown("auth_advertise_hosts"))")
        } else {
            results.unknown(
                .mtaAuthWithoutTLS, "\(place): \(shown("auth_advertise_hosts")) depends on more than is here")
        }
        if outside == 465, !isImplicit {
            results.fail(.mtaSubmission, .medium, "\(place): \(shown("tls_on_connect_ports")) does not name it")
        } else {
            results.pass(.mtaSubmission, place)
        }
        let isOffered = clear == true || secure == true
        let ids: [CheckID] = [
            .mtaAuthOnPort25, .mtaLoginRelay, .mtaLoginSender, .mtaRateLimits, .mtaFilter, .mtaListedUsers,
        ]
        guard isOffered else {
            for id in ids {
                if secure == nil { results.unknown(id, "\(place): whether AUTH is offered") }
                results.pass(id, "\(place): no AUTH")
            }
            return
        }
        if outside == 25 { results.fail(.mtaAuthOnPort25, .high, "\(place): \(shown("auth_advertise_hosts"))") }
        results.pass(.mtaAuthOnPort25, place)
        relaying(port, outside, place)
    }

    private mutating func relaying(_ port: Int, _ outside: Int, _ place: String) {
        var mail = walk(.login, port, isSecure: true)
        _ = mail.run(option: "acl_smtp_mail")
        var rcpt = walk(.login, port, isSecure: true)
        let ways = rcpt.run(option: "acl_smtp_rcpt")?.ways ?? []
        let certain = ways.filter { $0.missing == nil && ($0.lever == .login || $0.lever == .nothing) }
        if let rule = mail.listedUsers ?? rcpt.listedUsers {
            results.fail(.mtaListedUsers, .low, "\(place): \(rule), also for logins")
        } else {
            results.pass(.mtaListedUsers, place)
        }
        if certain.isEmpty, let missing = ways.compactMap(\.missing).first {
            for id in [CheckID.mtaLoginRelay, .mtaLoginSender] { results.unknown(id, "\(place): \(missing)") }
            return
        }
        if outside == 25 { for way in certain { results.fail(.mtaLoginRelay, .high, "\(place): \(way.rule)") } }
        results.pass(.mtaLoginRelay, place)
        guard !certain.isEmpty else {
            for id in [CheckID.mtaLoginSender, .mtaRateLimits, .mtaFilter] {
                results.pass(id, "\(place): logins do not relay")
            }
            return
        }
        if mail.bindsSender || rcpt.bindsSender {
            results.pass(.mtaLoginSender, "\(place): a statement compares login and sender")
        } else if statements.contains(where: { mentions($0, "authenticated_id") && mentions($0, "sender") }) {
            results.unknown(
                .mtaLoginSender, "\(place): a statement looks at login and sender in a way that is not known here")
        } else {
            results.fail(.mtaLoginSender, .high, "\(place): \(certain[0].rule)")
        }
        if let limit = statements.first(where: { statement in statement.conditions.contains { $0.name == "ratelimit" } }
        ) {
            results.pass(.mtaRateLimits, limit.place)
        } else {
            results.fail(.mtaRateLimits, .medium, "\(place): no ACL has a ratelimit")
        }
        filter(place)
    }

    private var statements: [EximConfiguration.Statement] {
        configuration.acls.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    private func mentions(_ statement: EximConfiguration.Statement, _ text: String) -> Bool {
        statement.conditions.contains { $0.value.contains(text) }
    }

    /// In acl_smtp_data, an accept for logins before what looks at the content.
    private mutating func filter(_ place: String) {
        let data = value("acl_smtp_data").flatMap { configuration.acls[$0] } ?? []
        let scanning = data.firstIndex { statement in
            statement.conditions.contains { ["malware", "spam", "regex", "mime_regex"].contains($0.name) }
        }
        guard let scanning else {
            results.pass(.mtaFilter, "\(place): acl_smtp_data looks at no content")
            return
        }
        if let early = data[..<scanning].first(where: { statement in
            statement.verb == "accept" && statement.conditions.contains { $0.name == "authenticated" && !$0.isNegated }
        }) {
            results.fail(.mtaFilter, .medium, "\(early.place): accept authenticated before the content is looked at")
        } else if data[scanning].conditions.contains(where: { $0.name == "authenticated" && $0.isNegated }) {
            results.fail(.mtaFilter, .medium, "\(data[scanning].place): not for logins")
        } else {
            results.pass(.mtaFilter, data[scanning].place)
        }
    }

    // MARK: The whole host

    private mutating func verify(_ port: Int, _ place: String) {
        for option in ["acl_smtp_vrfy", "acl_smtp_expn"] {
            var stranger = walk(.stranger, port, isSecure: false)
            guard let outcome = stranger.run(option: option) else { continue }
            if outcome.ways.contains(where: { $0.missing == nil }) {
                results.fail(.mtaHarvest, .low, "\(place): \(shown(option)) accepts")
            } else if let missing = outcome.ways.compactMap(\.missing).first {
                results.unknown(.mtaHarvest, "\(place): \(missing)")
            }
        }
        results.pass(.mtaHarvest, "\(place): no ACL accepts VRFY or EXPN")
    }

    private mutating func networks() {
        // Each list once: lists that name others twice double at each level.
        var seen: Set<String> = []
        networks("host relay_from_hosts", &seen)
        for (name, list) in configuration.lists.sorted(by: { $0.key < $1.key })
        where ["domain relay_to_domains", "domain local_domains"].contains(name) {
            for item in EximLists.split(list.value) {
                let name = item.hasPrefix("*.") ? String(item.dropFirst(2)) : item
                if ["*", "^.*", "^.*$", "^.+$", "^"].contains(item) {
                    results.fail(.mtaRelayDomains, .critical, "\(list.place): \(list.value): every domain")
                } else if item.hasPrefix("*"), PostfixWalk.isTopLevel(name) {
                    results.fail(.mtaRelayDomains, .critical, "\(list.place): \(list.value): all of .\(name)")
                }
            }
        }
    }

    private mutating func networks(_ name: String, _ seen: inout Set<String>) {
        guard let list = configuration.lists[name], seen.insert(name).inserted, seen.count < 100 else { return }
        for item in EximLists.split(list.value) {
            let place = "\(list.place): relay_from_hosts"
            if item == "*" {
                results.fail(.mtaNetworks, .critical, "\(place) = \(list.value): everybody")
            } else if let network = NetworkWidth.network(item) {
                _ = results.judge(trusted: network, place, in: facts)
            } else if item.hasPrefix("+") {
                networks("host \(item.dropFirst())", &seen)
            } else if let semicolon = item.firstIndex(of: ";"), item[..<semicolon].contains("lsearch"),
                let text = facts.tables[MTAText.trimmed(item[item.index(after: semicolon)...])]
            {
                for (number, line) in MTAText.lines(text) where !MTAText.trimmed(line).hasPrefix("#") {
                    var key = String(MTAText.trimmed(line).prefix { $0 != " " && $0 != "\t" })
                    if NetworkWidth.network(key) == nil, key.hasSuffix(":") { key.removeLast() }
                    if let network = NetworkWidth.network(key) {
                        _ = results.judge(trusted: network, "\(place): \(item) line \(number)", in: facts)
                    }
                }
            }
        }
    }

    private mutating func host() {
        if let percent = value("percent_hack_domains"), !percent.isEmpty {
            results.fail(.mtaRoutes, .critical, shown("percent_hack_domains"))
        } else {
            results.pass(.mtaRoutes, "percent_hack_domains is empty")
        }
        let proxies = EximLists.split(value("hosts_proxy") ?? "")
        for proxy in proxies {
            if proxy == "*" || NetworkWidth.network(proxy).map({ NetworkWidth.of($0) != .own }) ?? false {
                results.fail(.mtaTrustedCommands, .critical, shown("hosts_proxy"))
            }
        }
        results.pass(.mtaTrustedCommands, shown("hosts_proxy"))
        if let chunking = value("chunking_advertise_hosts"), chunking.isEmpty {
            results.pass(.mtaSmuggling, shown("chunking_advertise_hosts"))
        } else {
            smuggling()
        }
        if let advertised = value("tls_advertise_hosts"), advertised.isEmpty {
            results.fail(.mtaStartTLS, .medium, shown("tls_advertise_hosts"))
        } else {
            results.pass(.mtaStartTLS, shown("tls_advertise_hosts"))
        }
    }

    private mutating func smuggling() {
        let version = facts[.eximVersion].flatMap { MTAText.lines($0.text).first?.text }.map(String.init)
        let package = facts[.eximPackage].map { MTAText.trimmed($0.text) }
        let shown = [version, package.map { "package \($0)" }].compactMap { $0 }.joined(separator: ", ")
        switch EximVersion.isMended(version, package: package) {
        case true?: results.pass(.mtaSmuggling, shown)
        case false?: results.fail(.mtaSmuggling, .medium, "\(shown); \(self.shown("chunking_advertise_hosts"))")
        case nil:
            results.unknown(
                .mtaSmuggling,
                "which version it is, with the distribution's patches (exim -bV): 4.97.1 or 4.96-15+deb12u4")
        }
    }

    private mutating func passwords() {
        results.pass(.mtaMechanisms, "\(servers.count) authenticators")
        results.pass(.mtaPasswordSources, "\(servers.count) authenticators")
        for authenticator in servers {
            let driver = authenticator.options["driver"] ?? ""
            let place = "\(authenticator.place): \(authenticator.name)"
            if ["cram_md5", "spa"].contains(driver) {
                results.fail(.mtaMechanisms, .medium, "\(place): driver = \(driver)")
            }
            guard driver == "plaintext", let condition = authenticator.options["server_condition"] else { continue }
            let known = EximExpression(port: 587, isSecure: true, isLoggedIn: false).value(condition)
            if let known, !["", "0", "no", "false"].contains(ASCII.lowercased(known)) {
                results.fail(.mtaPasswordSources, .critical, "\(place): server_condition lets every password in")
            } else if known == nil, condition.contains("eq{$auth") || condition.contains("eq {$auth"),
                !condition.contains("crypteq"),
                !condition.contains("md5{"), !condition.contains("sha")
            {
                results.fail(
                    .mtaPasswordSources, .medium, "\(place): server_condition compares with a password in plain text")
            }
        }
    }
}
