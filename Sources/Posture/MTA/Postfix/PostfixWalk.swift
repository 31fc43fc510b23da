import MailTypes

/// Follows a service's restriction lists, in order, for somebody who writes to a foreign domain.
///
/// Rules that may refuse (blocklists, names that must resolve) are taken as not refusing: who is refused by them is not who
/// is asked about. Rules that may accept without saying so here (policy services, tables that could not be read) are
/// ways that are not certain. OK ends one list only; each of them has to be passed.
struct PostfixWalk {
    let settings: PostfixSettings
    let tables: [String: String]
    let asker: RelayAsker
    /// The service asks for logins at all.
    let takesLogins: Bool
    /// mynetworks holds everybody.
    let trustsWorld: Bool
    /// Foreign domains count as own ones.
    let ownsEverything: Bool
    /// Names of own domains; `nil`: some of their lists could not be read.
    let ownDomains: Set<String>?

    private(set) var bindsSender = false
    /// A blocklist that refuses a client before his login counts.
    private(set) var listedUsers: String?
    private(set) var asksPolicyService: String?
    private var steps = 0

    struct Outcome {
        var ways: [RelayWay] = []
        /// With the rule; `nil`: the list ends without a decision.
        var closedBy: String?
        /// A rule let everybody through before the end.
        var isOpen = false
    }

    /// What is possible through one list of this service.
    private static let lists = [
        "smtpd_client_restrictions", "smtpd_helo_restrictions", "smtpd_sender_restrictions", "smtpd_relay_restrictions",
        "smtpd_recipient_restrictions",
    ]
    private static let maximumSteps = 20_000
    private static let maximumDepth = 20

    init(
        settings: PostfixSettings, tables: [String: String], asker: RelayAsker, takesLogins: Bool, trustsWorld: Bool,
        ownsEverything: Bool, ownDomains: Set<String>?
    ) {
        self.settings = settings
        self.tables = tables
        self.asker = asker
        self.takesLogins = takesLogins
        self.trustsWorld = trustsWorld
        self.ownsEverything = ownsEverything
        self.ownDomains = ownDomains
    }

    /// The ways to a foreign domain; none: every list that decides refuses.
    mutating func ways() -> [RelayWay] {
        var found: [RelayWay] = []
        var isDecided = false
        var missing: [RelayWay] = []
        for name in Self.lists {
            guard let text = settings.value(name) else {
                missing.append(RelayWay(.nothing, name, missing: "\(settings.shown(name)) cannot be expanded"))
                isDecided = true
                continue
            }
            var outcome = Outcome()
            walk(MTAText.words(text), list: name, place: settings.shown(name), depth: 0, &outcome)
            guard outcome.closedBy != nil || !outcome.ways.isEmpty else { continue }
            // A list without a refusal at its end lets everybody on to the next.
            guard outcome.closedBy != nil || outcome.isOpen else {
                if name == "smtpd_relay_restrictions" || name == "smtpd_recipient_restrictions" {
                    found += outcome.ways
                }
                continue
            }
            if outcome.closedBy != nil {
                if outcome.ways.isEmpty { return [] }
                isDecided = true
            }
            found += outcome.ways
        }
        if !isDecided {
            let lists = ["smtpd_relay_restrictions", "smtpd_recipient_restrictions"].map { settings.shown($0) }
            return [RelayWay(trustsWorld ? .network : .nothing, "nothing refuses: " + lists.joined(separator: "; "))]
                + found
        }
        return found + missing
    }

    // MARK: One list

    private mutating func walk(_ words: [String], list: String, place: String, depth: Int, _ outcome: inout Outcome) {
        guard depth < Self.maximumDepth else {
            outcome.ways.append(RelayWay(.nothing, place, missing: "\(place): classes of restrictions call each other"))
            return
        }
        var index = 0
        var onlyWarns = false
        while index < words.count {
            steps += 1
            guard steps < Self.maximumSteps else {
                outcome.ways.append(RelayWay(.nothing, place, missing: "the lists of restrictions are too long"))
                return
            }
            let word = MTAText.withoutBraces(words[index])
            // `{ check_policy_service … }` is one word with an argument.
            let inner = MTAText.words(word)
            let rule = ASCII.lowercased(inner.first ?? "")
            index += 1
            if rule == "warn_if_reject" {
                onlyWarns = true
                continue
            }
            var argument: String? = inner.count > 1 ? inner[1] : nil
            if argument == nil, Self.takesArgument(rule), index < words.count {
                argument = words[index]
                index += 1
            }
            step(rule, argument, onlyWarns: onlyWarns, list: list, place: place, depth: depth, &outcome)
            onlyWarns = false
            if outcome.closedBy != nil || outcome.isOpen { return }
        }
    }

    private static func takesArgument(_ rule: String) -> Bool {
        (rule.hasPrefix("check_") && (rule.hasSuffix("_access") || rule == "check_policy_service"))
            || rule.hasPrefix("reject_rbl_") || rule.hasPrefix("reject_rhsbl_") || rule.hasPrefix("permit_dnswl_")
            || rule.hasPrefix("permit_rhswl_") || rule == "sleep"
    }

    private mutating func step(
        _ rule: String, _ argument: String?, onlyWarns: Bool, list: String, place: String, depth: Int,
        _ outcome: inout Outcome
    ) {
        func open(_ lever: RelayWay.Lever, missing: String? = nil) {
            outcome.ways.append(RelayWay(lever, "\(place): \(rule)", missing: missing))
            if missing == nil, lever == .nothing || lever == .login { outcome.isOpen = true }
        }
        switch rule {
        case "permit", "permit_naked_ip_address": open(.nothing)
        // What defer_if_permit has seen, no later permit undoes.
        case "reject", "defer", "defer_if_permit": if !onlyWarns { outcome.closedBy = "\(place): \(rule)" }
        case "reject_unauth_destination", "defer_unauth_destination", "check_relay_domains":
            if !ownsEverything, !onlyWarns { outcome.closedBy = "\(place): \(rule)" }
        case "permit_mynetworks":
            if trustsWorld {
                outcome.ways.append(
                    RelayWay(.network, "\(settings.shown("mynetworks")), and \(place): permit_mynetworks"))
                outcome.isOpen = true
            }
        case "permit_sasl_authenticated": if asker == .login, takesLogins { open(.login) }
        case "permit_auth_destination": if ownsEverything { open(.recipient) }
        case "permit_mx_backup":
            if isAnyMX { open(.recipient) }
        case "permit_tls_all_clientcerts": certificates(place, &outcome)
        case "check_policy_service":
            asksPolicyService = argument
            if list.hasSuffix("relay_restrictions") || list.hasSuffix("recipient_restrictions"), outcomeMatters(list) {
                open(
                    .nothing, missing: "\(place): the policy service \(argument ?? "") may answer OK before the refusal"
                )
            }
        case "reject_sender_login_mismatch", "reject_authenticated_sender_login_mismatch":
            if asker == .login, !onlyWarns { bindsSender = true }
        case _ where Self.judgesClient(rule):
            if asker == .login, !onlyWarns { listedUsers = listedUsers ?? "\(place): \(rule) \(argument ?? "")" }
        case _ where rule.hasPrefix("check_") && rule.hasSuffix("_access"):
            access(rule, argument ?? "", list: list, place: place, depth: depth, &outcome)
        case _ where Self.neverAccepts(rule): break
        case _ where (settings.words("smtpd_restriction_classes") ?? []).contains(rule):
            nested(rule, list: list, depth: depth, &outcome)
        case _ where rule.contains(":"):
            let kind = list.dropFirst("smtpd_".count).prefix { $0 != "_" }
            access(
                "check_\(kind == "relay" ? "recipient" : kind)_access", rule, list: list, place: place, depth: depth,
                &outcome)
        default:
            open(.nothing, missing: "\(place): the restriction \(SafeText.printable(rule)) is not known")
        }
    }

    /// A policy service behind the refusal cannot open anything; before it, in a list that decides, it can.
    private func outcomeMatters(_ list: String) -> Bool {
        guard list == "smtpd_recipient_restrictions" else { return true }
        // The relay list decides before, and its refusal stands.
        let relay = settings.words("smtpd_relay_restrictions") ?? []
        return !relay.contains { ["reject_unauth_destination", "defer_unauth_destination", "reject"].contains($0) }
    }

    /// Lists that judge the client's address or name: a dynamic address is on them for good reason, its user is not.
    private static func judgesClient(_ rule: String) -> Bool {
        rule.hasPrefix("reject_rbl_client")
            || ["reject_rhsbl_client", "reject_rhsbl_helo", "reject_rhsbl_reverse_client"].contains(rule)
    }

    /// permit_mx_backup for everybody's domains: no network bounds it, or one that everybody's MX may be in.
    private var isAnyMX: Bool {
        let networks = settings.words("permit_mx_backup_networks") ?? []
        return networks.isEmpty
            || networks.contains { word in
                word.hasPrefix("static:") || NetworkWidth.network(word).map { NetworkWidth.of($0) != .own } ?? false
            }
    }

    /// permit_tls_all_clientcerts: whoever has a certificate of a trusted CA.
    private func certificates(_ place: String, _ outcome: inout Outcome) {
        guard settings.isYes("smtpd_tls_ask_ccert") || settings.isYes("smtpd_tls_req_ccert") else { return }
        let authorities = ["smtpd_tls_CAfile", "smtpd_tls_CApath"].map { settings.value($0) ?? "" }
        let isPublic =
            settings.isYes("tls_append_default_CA")
            || authorities.contains { text in
                ["ca-certificates", "ca-bundle", "/etc/ssl/certs", "/etc/pki/tls", "cacert.pem"].contains {
                    text.contains($0)
                }
            }
        let rule = "\(place): permit_tls_all_clientcerts"
        outcome.ways.append(
            isPublic
                ? RelayWay(.claim, "\(rule), and \(settings.shown("smtpd_tls_CAfile")) trusts public authorities")
                : RelayWay(
                    .claim, rule,
                    missing: "\(rule) trusts every certificate of smtpd_tls_CAfile; only for a CA of one's own"))
    }

    private static func neverAccepts(_ rule: String) -> Bool {
        rule.hasPrefix("reject_") || rule.hasPrefix("permit_dnswl_") || rule.hasPrefix("permit_rhswl_")
            || [
                "permit_inet_interfaces", "permit_tls_clientcerts", "defer_if_reject", "sleep", "dunno",
            ]
            .contains(rule)
    }

    private mutating func nested(_ name: String, list: String, depth: Int, _ outcome: inout Outcome) {
        guard let words = settings.words(name) else {
            outcome.ways.append(RelayWay(.nothing, name, missing: "the class \(name) cannot be expanded"))
            return
        }
        walk(words, list: list, place: settings.shown(name), depth: depth + 1, &outcome)
    }

    // MARK: Tables

    private static let claims: Set<String> = [
        "check_sender_access", "check_helo_access", "check_reverse_client_hostname_access", "check_sender_mx_access",
        "check_sender_ns_access", "check_sender_a_access", "check_helo_mx_access", "check_helo_ns_access",
        "check_helo_a_access", "check_reverse_client_hostname_mx_access", "check_reverse_client_hostname_ns_access",
        "check_client_mx_access", "check_client_ns_access", "check_client_a_access",
    ]

    private mutating func access(
        _ rule: String, _ specification: String, list: String, place: String, depth: Int, _ outcome: inout Outcome
    ) {
        if rule == "check_sasl_access" || rule == "check_ccert_access" || rule == "check_etrn_access" { return }
        guard let table = PostfixTable.read(specification, tables: tables) else {
            let matters = list.hasSuffix("relay_restrictions") || outcomeMatters(list)
            if matters {
                outcome.ways.append(
                    RelayWay(
                        .nothing, place, missing: "\(place): the table \(specification) of \(rule) could not be read"))
            }
            return
        }
        for row in table.rows {
            let lever: RelayWay.Lever
            switch rule {
            case _ where Self.claims.contains(rule): lever = table.kind == .fixed ? .nothing : .claim
            case "check_recipient_access":
                guard let wide = recipient(row, table.kind) else { continue }
                lever = wide
                if lever == .domain, ownDomains == nil, Self.isAccept(row) {
                    let missing = "\(place): \(rule): \(row.place): whether \(row.key) is an own domain"
                    outcome.ways.append(RelayWay(.domain, place, missing: missing))
                    continue
                }
            default:
                guard let wide = client(row, table.kind) else { continue }
                lever = wide
            }
            act(row, table, lever, rule: rule, list: list, place: place, depth: depth, &outcome)
            if outcome.closedBy != nil || outcome.isOpen { return }
        }
    }

    /// Whom a row of client access is for; `nil`: single hosts, which somebody vouches for.
    private func client(_ row: PostfixTable.Row, _ kind: PostfixTable.Kind) -> RelayWay.Lever? {
        switch kind {
        case .fixed: return .nothing
        case .regex: return PostfixTable.isCatchAll(row.key) ? .nothing : .claim
        case .exact, .cidr:
            var key = row.key
            if kind == .exact, !key.contains(":"), key.utf8.allSatisfy({ ASCII.isDigit($0) || $0 == 0x2e }) {
                let parts = key.split(separator: ".")
                if parts.count < 4 {
                    key = (parts.map(String.init) + Array(repeating: "0", count: 4 - parts.count)).joined(
                        separator: ".")
                    key += "/\(parts.count * 8)"
                }
            }
            if let network = NetworkWidth.network(key) {
                switch NetworkWidth.of(network) {
                case .own: return nil
                case .wide: return .network
                case .world: return .nothing
                }
            }
            return Self.isTopLevel(key) ? .claim : nil
        }
    }

    /// Which foreign recipients a row of recipient access is for; `nil`: one domain or mailbox, which somebody vouches for.
    private func recipient(_ row: PostfixTable.Row, _ kind: PostfixTable.Kind) -> RelayWay.Lever? {
        switch kind {
        case .fixed: return .nothing
        case .regex:
            switch PostfixPattern(row.key) {
            case .everything: return .nothing
            case .topLevel: return .recipient
            case .named, .unclear: return nil
            }
        case .cidr: return nil
        case .exact:
            if row.key.hasSuffix("@") || Self.isTopLevel(row.key) { return .recipient }
            // One mailbox is a forwarding that somebody wants.
            guard !row.key.contains("@") else { return nil }
            let name = ASCII.lowercased(row.key.hasPrefix(".") ? String(row.key.dropFirst()) : row.key)
            let labels = name.split(separator: ".")
            let isOwn = (0..<labels.count).contains { index in
                ownDomains?.contains(labels.dropFirst(index).joined(separator: ".")) == true
            }
            return isOwn ? nil : .domain
        }
    }

    private static func isAccept(_ row: PostfixTable.Row) -> Bool {
        let action = ASCII.lowercased(MTAText.words(row.value).first ?? "")
        return action == "ok" || action.hasPrefix("permit")
    }

    /// A top-level domain, or one that registries sell names below (`co.uk`, `com.br`).
    static func isTopLevel(_ key: String) -> Bool {
        let name = ASCII.lowercased(key.hasPrefix(".") ? String(key.dropFirst()) : key)
        guard !name.isEmpty, name != "localhost",
            name.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
        else { return false }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        if labels.count == 1 { return true }
        return labels.count == 2 && labels[1].count == 2
            && ["co", "com", "org", "net", "ac", "gov", "edu", "or", "ne", "go", "gob", "nom", "ltd", "plc"].contains(
                labels[0])
    }

    private mutating func act(
        _ row: PostfixTable.Row, _ table: PostfixTable, _ lever: RelayWay.Lever, rule: String, list: String,
        place: String,
        depth: Int, _ outcome: inout Outcome
    ) {
        let words = MTAText.words(row.value)
        let action = ASCII.lowercased(words.first ?? "")
        let shown = "\(place): \(rule) \(table.name): \(row.place): \(row.key) \(row.value)"
        if action == "ok" || (!action.isEmpty && action.utf8.allSatisfy(ASCII.isDigit) && !Self.isReply(action, words))
        {
            outcome.ways.append(RelayWay(lever, shown))
            if lever == .nothing { outcome.isOpen = true }
            return
        }
        guard !Self.actions.contains(action), !Self.isReply(action, words) else {
            if lever == .nothing, ["reject", "defer", "discard", "hold"].contains(action), table.kind == .fixed {
                outcome.closedBy = shown
            }
            return
        }
        // The result is itself a list of restrictions; what it accepts, it accepts for whom the row is for.
        var inner = Outcome()
        walk(words, list: list, place: shown, depth: depth + 1, &inner)
        for way in inner.ways {
            let isForAll = way.lever == .nothing
            outcome.ways.append(RelayWay(isForAll ? lever : way.lever, way.rule, missing: way.missing))
            if isForAll, lever == .nothing, way.missing == nil { outcome.isOpen = true }
        }
    }

    private static let actions: Set<String> = [
        "reject", "defer", "defer_if_permit", "defer_if_reject", "dunno", "discard", "hold", "warn", "info", "prepend",
        "redirect", "filter", "bcc", "strip", "ignore", "",
    ]

    /// `550 text`: a refusal. A number alone, even 550, is OK (access(5): “an all-numerical result is treated as OK”).
    private static func isReply(_ action: String, _ words: [String]) -> Bool {
        (action.hasPrefix("4") || action.hasPrefix("5")) && (action.utf8.count == 3 || action.contains("."))
            && words.count > 1
    }
}
