import MailTypes

/// Follows an ACL, statement by statement, for somebody with an address anywhere.
///
/// A refusal that only holds for what the client can avoid is taken as avoided; one that cannot be decided makes every later
/// way uncertain.
struct EximWalk {
    enum Recipient: Sendable, Hashable {
        /// At a domain elsewhere.
        case foreign
        /// At an own domain, where there is no such mailbox.
        case unknownLocal
    }

    let configuration: EximConfiguration
    let tables: [String: String]
    let asker: RelayAsker
    let expression: EximExpression
    var recipient = Recipient.foreign

    struct Outcome {
        var ways: [RelayWay] = []
        /// A statement accepts without a condition that matters.
        var isOpen = false
        var refusedBy: String?
    }

    private(set) var bindsSender = false
    /// A statement that refuses by a blocklist before a login counts.
    private(set) var listedUsers: String?
    private var steps = 0
    private static let maximumSteps = 20_000
    private static let maximumDepth = 10

    init(
        configuration: EximConfiguration, tables: [String: String], asker: RelayAsker, expression: EximExpression,
        recipient: Recipient = .foreign
    ) {
        self.configuration = configuration
        self.tables = tables
        self.asker = asker
        self.expression = expression
        self.recipient = recipient
    }

    /// What an option such as `acl_smtp_rcpt` leads to; `nil`: it is not set.
    mutating func run(option: String) -> Outcome? {
        guard let set = configuration.options[option], !set.value.isEmpty else { return nil }
        var outcome = Outcome()
        guard let name = expression.value(set.value) else {
            outcome.ways.append(
                RelayWay(
                    .nothing, set.place, missing: "\(set.place): \(option) = \(set.value) depends on more than is here")
            )
            return outcome
        }
        switch name {
        case "accept":
            outcome.isOpen = true
            outcome.ways.append(RelayWay(.nothing, "\(set.place): \(option) = accept"))
        case "deny": outcome.refusedBy = set.place
        case "": return nil
        default: walk(name, depth: 0, &outcome)
        }
        return outcome
    }

    private mutating func walk(_ name: String, depth: Int, _ outcome: inout Outcome) {
        guard depth < Self.maximumDepth, let statements = configuration.acls[name] else {
            outcome.ways.append(
                RelayWay(.nothing, name, missing: "the ACL \(SafeText.printable(name)) is not in the configuration"))
            return
        }
        var doubt: String?
        // What an earlier `require` asks for, and the asker can bring about.
        var required: RelayWay.Lever?
        for statement in statements {
            steps += 1
            guard steps < Self.maximumSteps else {
                outcome.ways.append(RelayWay(.nothing, name, missing: "the ACLs are too long"))
                return
            }
            if asker == .login, ["deny", "drop", "require"].contains(statement.verb) { noteBinding(statement) }
            if asker == .login, ["deny", "drop", "defer"].contains(statement.verb) { noteList(statement, depth) }
            var truth = Truth.always
            var isLogin = false
            var endsIn = false
            var isPassedEnd = false
            // One condition that the asker need not meet takes him past a refusal, whatever the others are.
            var isAvoidable = false
            for condition in statement.conditions {
                if condition.name == "endpass" {
                    isPassedEnd = true
                    continue
                }
                let here = self.truth(condition, depth: depth)
                if here == .never, isPassedEnd, truth == .always { endsIn = true }
                if condition.name == "authenticated", !condition.isNegated, here == .always { isLogin = true }
                switch here {
                case .never, .chosen: isAvoidable = true
                case .unknown: isAvoidable = isAvoidable || Self.isBlocklist(condition)
                case .always: break
                }
                truth = truth && here
            }
            let shown = "\(statement.place): \(statement.verb) \(Self.told(statement))"
            switch statement.verb {
            case "accept", "discard":
                if endsIn {
                    outcome.refusedBy = shown
                    return
                }
                switch truth {
                case .never: break
                case .always:
                    outcome.ways.append(RelayWay(isLogin ? .login : required ?? .nothing, shown, missing: doubt))
                    outcome.isOpen = doubt == nil && required == nil
                    return
                case .chosen(let lever):
                    outcome.ways.append(RelayWay(lever == .nothing ? required ?? lever : lever, shown, missing: doubt))
                    if lever == .nothing {
                        outcome.isOpen = doubt == nil && required == nil
                        return
                    }
                case .unknown(let missing):
                    outcome.ways.append(RelayWay(.nothing, shown, missing: "\(shown): \(missing)"))
                }
            case "deny", "drop", "defer":
                switch truth {
                case .always:
                    outcome.refusedBy = shown
                    return
                case .unknown(let missing): if !isAvoidable { doubt = doubt ?? "\(shown): \(missing)" }
                case .never, .chosen: break
                }
            case "require":
                switch truth {
                case .never:
                    outcome.refusedBy = shown
                    return
                case .unknown(let missing): doubt = doubt ?? "\(shown): \(missing)"
                case .chosen(let lever): if lever != .nothing { required = required ?? lever }
                case .always: break
                }
            default: break
            }
        }
        outcome.refusedBy = "the end of \(name)"
    }

    /// A list of those who are refused, in a file that is not here: most are not on it.
    private static func isBlocklist(_ condition: EximConfiguration.Statement.Condition) -> Bool {
        ["hosts", "senders", "sender_domains", "local_parts", "recipients", "domains"].contains(condition.name)
            && !condition.isNegated && !condition.value.contains("!") && !condition.value.hasPrefix("+")
    }

    private static func told(_ statement: EximConfiguration.Statement) -> String {
        statement.conditions.filter { !["message", "log_message", "control", "logwrite"].contains($0.name) }.map {
            ($0.isNegated ? "!" : "") + $0.name + " = " + $0.value
        }.joined(separator: ", ")
    }

    // MARK: Conditions

    private var lists: EximLists {
        EximLists(
            configuration: configuration, tables: tables, expression: expression,
            isOwnDomain: recipient == .unknownLocal)
    }

    private static let modifiers: Set<String> = [
        "control", "message", "log_message", "logwrite", "delay", "set", "add_header", "remove_header", "queue",
        "udpsend",
        "continue", "log_reject_target", "ratelimit_",
    ]

    private mutating func truth(_ condition: EximConfiguration.Statement.Condition, depth: Int) -> Truth {
        let name = condition.name
        if Self.modifiers.contains(name) || name.hasPrefix("set ") { return .always }
        let truth = plain(name, condition.value, depth)
        return condition.isNegated ? !truth : truth
    }

    private mutating func plain(_ name: String, _ value: String, _ depth: Int) -> Truth {
        switch name {
        case "hosts": return lists.hosts(value)
        case "domains": return lists.domains(value)
        case "authenticated": return asker == .login ? .always : .never
        case "encrypted": return expression.isSecure ? .always : .chosen(.nothing)
        case "local_parts", "recipients":
            if EximLists.split(value).contains("*") { return .always }
            return recipient == .foreign ? .chosen(.recipient) : .never
        case "senders", "sender_domains":
            if EximLists.split(value).contains("*") { return .always }
            // ${if exists{FILE}{FILE}{}} and the like: an address list, whose addresses anybody can write.
            return value.isEmpty ? .never : .chosen(.claim)
        case "condition", "bool_lax": return expressionTruth(value)
        case "verify":
            if value.hasPrefix("recipient") { return recipient == .unknownLocal ? .never : .always }
            if value.hasPrefix("certificate") {
                return .unknown("verify = certificate: whose certificates are trusted")
            }
            return .chosen(.nothing)
        case "dnslists", "ratelimit", "malware", "spam", "regex", "mime_regex", "seen": return .never
        case "spf", "spf_guess", "dkim_status", "dkim_signers", "dmarc_status", "sender_verify": return .chosen(.claim)
        case "acl":
            var inner = Outcome()
            let acl = value.split(separator: " ").first.map(String.init) ?? value
            walk(acl, depth: depth + 1, &inner)
            if inner.isOpen { return .always }
            guard let way = inner.ways.first else { return .never }
            return way.missing.map { .unknown($0) } ?? .chosen(way.lever)
        default: return .unknown("the condition \(SafeText.printable(name)) is not known")
        }
    }

    private func expressionTruth(_ text: String) -> Truth {
        if let value = expression.value(text) {
            return ["", "0", "no", "false"].contains(ASCII.lowercased(MTAText.trimmed(value))) ? .never : .always
        }
        return EximExpression.isChosen(text) ? .chosen(.claim) : .unknown("condition = \(text)")
    }

    /// `deny dnslists = …` that nothing keeps from logins.
    private mutating func noteList(_ statement: EximConfiguration.Statement, _ depth: Int) {
        guard listedUsers == nil, statement.conditions.contains(where: { $0.name == "dnslists" && !$0.isNegated })
        else { return }
        let others = statement.conditions.filter { $0.name != "dnslists" && $0.name != "endpass" }
        for condition in others where truth(condition, depth: depth) == .never { return }
        listedUsers = "\(statement.place): \(statement.verb) \(Self.told(statement))"
    }

    /// `deny authenticated = *` with a comparison of login and sender.
    private mutating func noteBinding(_ statement: EximConfiguration.Statement) {
        for condition in statement.conditions where condition.name == "condition" {
            let text = condition.value
            guard text.contains("eq"), text.contains("authenticated_id"), text.contains("sender_address") else {
                continue
            }
            let isDifferent = text.contains("!eq") != condition.isNegated
            if statement.verb == "require" ? !isDifferent : isDifferent { bindsSender = true }
        }
    }
}
