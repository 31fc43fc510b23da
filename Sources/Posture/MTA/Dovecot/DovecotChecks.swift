import MailTypes

/// From a Dovecot's configuration to results.
struct DovecotChecks {
    private let file: String
    private let root: DovecotBlock
    private var results = MTAResults(system: "Dovecot")

    static let ids: [CheckID] = [.mtaAuthWithoutTLS, .mtaMechanisms, .mtaPasswordSources, .mtaStartTLS, .mtaRateLimits]

    /// `nil`: nothing of a Dovecot is there.
    static func results(_ facts: MTAFacts) -> MTAResults? {
        guard let source = facts[.doveconf] else { return nil }
        do throws(PostureError) {
            var checks = DovecotChecks(file: source.name, root: try DovecotBlock.read(source))
            checks.run()
            return checks.results
        } catch {
            var results = MTAResults(system: "Dovecot")
            for id in ids { results.unknown(id, "the configuration cannot be read: \(error)") }
            return results
        }
    }

    private init(file: String, root: DovecotBlock) {
        self.file = file
        self.root = root
    }

    private func shown(_ name: String) -> String { root.shown(name, file: file) }

    /// Users log in over the network, not only Postfix by its socket.
    private var servesUsers: Bool {
        guard let protocols = root.value("protocols") else { return true }
        return MTAText.words(protocols).contains { !["lmtp", "none"].contains($0) }
    }

    private mutating func run() {
        clearText()
        mechanisms()
        passwords()
        delay()
        trusted()
        listeners()
    }

    private mutating func clearText() {
        guard servesUsers else {
            for id in [CheckID.mtaAuthWithoutTLS, .mtaStartTLS] { results.pass(id, "\(shown("protocols")): no users") }
            return
        }
        let ssl = ASCII.lowercased(root.value("ssl") ?? "yes")
        let allows =
            ASCII.lowercased(root.value("disable_plaintext_auth") ?? "yes") == "no"
            || MTAText.isYes(root.value("auth_allow_cleartext"))
        let name = root.value("auth_allow_cleartext") == nil ? "disable_plaintext_auth" : "auth_allow_cleartext"
        if allows, ssl != "required" {
            results.fail(.mtaAuthWithoutTLS, .high, "\(shown(name)), \(shown("ssl"))")
        }
        for block in root.all("remote") + root.all("protocol") + root.all("local") {
            let isOpen =
                ASCII.lowercased(block.value("disable_plaintext_auth") ?? "yes") == "no"
                || MTAText.isYes(block.value("auth_allow_cleartext"))
            guard isOpen, ssl != "required" else { continue }
            if block.name == "remote", let network = NetworkWidth.network(block.argument),
                NetworkWidth.isPrivate(network)
            {
                continue
            }
            results.fail(.mtaAuthWithoutTLS, .high, "\(file) line \(block.line): \(block.name) \(block.argument)")
        }
        results.pass(.mtaAuthWithoutTLS, shown(name))
        if ssl == "no" {
            results.fail(.mtaStartTLS, .medium, shown("ssl"))
        } else {
            results.pass(.mtaStartTLS, shown("ssl"))
        }
        if let minimum = root.value("ssl_min_protocol"),
            ["SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1", "ANY"].contains(minimum)
        {
            results.fail(.mtaStartTLS, .low, shown("ssl_min_protocol"))
        }
    }

    private static let weak: Set<String> = [
        "cram-md5", "digest-md5", "ntlm", "apop", "rpa", "otp", "skey", "anonymous", "gss-spnego",
    ]

    private mutating func mechanisms() {
        let set = MTAText.words(ASCII.lowercased(root.value("auth_mechanisms") ?? "plain"))
        let weak = set.filter(Self.weak.contains)
        if weak.isEmpty {
            results.pass(.mtaMechanisms, shown("auth_mechanisms"))
        } else {
            results.fail(.mtaMechanisms, weak.contains("anonymous") ? .critical : .medium, shown("auth_mechanisms"))
        }
    }

    // MARK: Passwords

    private mutating func passwords() {
        let passdbs = root.all("passdb")
        if passdbs.isEmpty { results.unknown(.mtaPasswordSources, "\(file) has no passdb") }
        for passdb in passdbs { source(passdb) }
        for name in ["auth_debug_passwords", "auth_verbose_passwords"] {
            guard let value = root.value(name), !["no", "sha1"].contains(ASCII.lowercased(value)),
                !ASCII.lowercased(value).hasPrefix("sha1:")
            else { continue }
            results.fail(.mtaPasswordSources, .high, "\(shown(name)): passwords are written to the log")
        }
    }

    private mutating func source(_ passdb: DovecotBlock) {
        let driver = ASCII.lowercased(passdb.value("driver") ?? passdb.value("passdb_driver") ?? passdb.argument)
        let arguments = MTAText.words(passdb.value("args") ?? "")
        let place = "\(file) line \(passdb.line): passdb \(driver)"
        // A passdb that only refuses lets nobody in.
        if MTAText.isYes(passdb.value("deny")) || MTAText.isYes(passdb.value("passdb_deny")) {
            results.pass(.mtaPasswordSources, "\(place) refuses only")
            return
        }
        let fields =
            arguments + MTAText.words(passdb.value("override_fields") ?? "")
            + MTAText.words(passdb.value("default_fields") ?? "")
            + passdb.all("fields").flatMap { block in block.settings.map { "\($0.name)=\($0.value)" } }
            + passdb.settings.map { "\($0.name)=\($0.value)" }
        let lacksPassword = fields.contains { $0 == "nopassword" || $0 == "nopassword=y" || $0 == "nopassword=yes" }
        let nets = fields.first { $0.hasPrefix("allow_nets=") }
        // A proxy hands the password on: the server behind it tests it.
        let isProxy = fields.contains {
            ["proxy", "proxy=y", "proxy=yes", "proxy_maybe=y", "proxy_maybe=yes"].contains($0)
        }
        if lacksPassword, isProxy {
            results.pass(.mtaPasswordSources, "\(place): a proxy; the server behind it asks for the password")
            return
        }
        if lacksPassword {
            if let nets, !isWide(String(nets.dropFirst("allow_nets=".count))) {
                results.fail(.mtaPasswordSources, .medium, "\(place): no password is asked for from \(nets)")
            } else {
                results.fail(.mtaPasswordSources, .critical, "\(place): every name logs in without a password")
            }
            return
        }
        if driver == "static",
            fields.contains(where: { $0.hasPrefix("password=") || $0.hasPrefix("passdb_static_password=") })
        {
            results.fail(.mtaPasswordSources, .critical, "\(place): every name logs in with one password")
            return
        }
        if fields.contains(where: {
            ["scheme=plain", "scheme=cleartext", "passdb_default_password_scheme=plain"].contains(ASCII.lowercased($0))
        }) {
            results.fail(.mtaPasswordSources, .medium, "\(place): passwords are stored as they are")
            return
        }
        // `return-ok` for who failed lets everybody in; for a source that is down, whenever it is down.
        for name in ["result_failure", "result_internalfail"] {
            let value = ASCII.lowercased(passdb.value(name) ?? passdb.value("passdb_" + name) ?? "")
            guard ["return-ok", "continue-ok"].contains(value) else { continue }
            let severity: Severity = name == "result_failure" ? .critical : .high
            results.fail(.mtaPasswordSources, severity, "\(place): \(name) = \(value): a wrong password logs in")
            return
        }
        switch driver {
        case "sql", "ldap", "lua", "checkpassword", "dict", "oauth2":
            results.unknown(
                .mtaPasswordSources,
                "\(place): its query and scheme stand in \(arguments.first ?? "another file"), which is not read")
        case "passwd-file", "pam", "shadow", "passwd", "bsdauth", "static", "imap":
            results.pass(.mtaPasswordSources, place)
        default: results.unknown(.mtaPasswordSources, "\(place): the driver is not known")
        }
    }

    private func isWide(_ list: String) -> Bool {
        MTAText.words(list).contains { word in
            guard let network = NetworkWidth.network(word) else { return word != "local" }
            return NetworkWidth.of(network) != .own
        }
    }

    // MARK: Guessing and trust

    private mutating func delay() {
        let value = ASCII.lowercased(root.value("auth_failure_delay") ?? "2 secs")
        if value.prefix(while: { $0.isNumber }) == "0" {
            results.fail(
                .mtaRateLimits, .medium, "\(shown("auth_failure_delay")): passwords are guessed without a pause")
        } else {
            results.pass(.mtaRateLimits, shown("auth_failure_delay"))
        }
    }

    private mutating func trusted() {
        for name in ["login_trusted_networks", "haproxy_trusted_networks"] {
            guard let value = root.value(name), !value.isEmpty else { continue }
            guard isWide(value) else {
                results.pass(.mtaTrustedCommands, shown(name))
                continue
            }
            results.fail(
                .mtaTrustedCommands, .critical, "\(shown(name)): clients there write their own address")
            if name == "login_trusted_networks", servesUsers, ASCII.lowercased(root.value("ssl") ?? "") != "required" {
                results.fail(.mtaAuthWithoutTLS, .high, "\(shown(name)): clients there need no TLS")
            }
        }
    }

    private mutating func listeners() {
        for service in root.all("service") where ["auth", "lmtp", "doveadm"].contains(service.argument) {
            for listener in service.all("inet_listener") where listener.value("port").map({ $0 != "0" }) ?? false {
                let address = listener.value("address") ?? listener.value("listen") ?? "*"
                let isLocal = MTAText.words(address).allSatisfy {
                    $0 == "localhost" || NetworkWidth.network($0)?.first.isLoopback == true
                }
                let shown =
                    "\(file) line \(listener.line): service \(service.argument) listens on port \(listener.value("port") ?? "") of \(address)"
                if isLocal {
                    results.pass(.mtaListening, shown)
                } else {
                    let why =
                        service.argument == "lmtp"
                        ? "whoever reaches it puts mail into mailboxes" : "whoever reaches it tries passwords unseen"
                    results.fail(.mtaListening, service.argument == "auth" ? .high : .medium, "\(shown): \(why)")
                }
            }
        }
    }
}
