import MailTypes

/// Follows smtpd.conf's matches for somebody at a listener: the first that holds decides.
struct SMTPDWalk {
    let configuration: SMTPDConfiguration
    let listener: SMTPDConfiguration.Listener
    let asker: RelayAsker

    /// The ways to a foreign domain.
    func ways() -> [RelayWay] {
        // Who has to log in does not come to RCPT without.
        if asker == .stranger, listener.auth == .required { return [] }
        var ways: [RelayWay] = []
        for match in configuration.matches {
            let truth = match.conditions.reduce(implied(match)) { $0 && self.truth($1) }
            let needsLogin = match.conditions.contains {
                ["auth", "from auth", "from local or auth"].contains($0.name) && !$0.isNegated
            }
            guard let action = match.action else {
                if truth == .always { return ways }
                continue
            }
            let isLogin = asker == .login && needsLogin
            switch truth {
            case .never: continue
            case .always:
                ways.append(RelayWay(isLogin ? .login : .nothing, "\(match.place): \(told(match, action))"))
                return ways
            case .chosen(let lever):
                ways.append(RelayWay(lever, "\(match.place): \(told(match, action))"))
                if lever == .nothing { return ways }
            case .unknown(let missing):
                ways.append(RelayWay(.nothing, match.place, missing: "\(match.place): \(missing)"))
            }
        }
        return ways
    }

    private func told(_ match: SMTPDConfiguration.Match, _ action: String) -> String {
        "match "
            + match.conditions.map { ($0.isNegated ? "! " : "") + ([$0.name] + $0.values).joined(separator: " ") }
            .joined(separator: " ") + " action \(action)"
    }

    /// Without `from` it is `from local`, without `for` it is `for local`.
    private func implied(_ match: SMTPDConfiguration.Match) -> Truth {
        let hasFrom = match.conditions.contains { $0.name.hasPrefix("from ") }
        let hasFor = match.conditions.contains { $0.name.hasPrefix("for ") }
        return hasFrom && hasFor ? .always : .never
    }

    private func truth(_ condition: SMTPDConfiguration.Match.Condition) -> Truth {
        let truth = plain(condition)
        return condition.isNegated ? !truth : truth
    }

    private func plain(_ condition: SMTPDConfiguration.Match.Condition) -> Truth {
        switch condition.name {
        case "from any", "for any": .always
        case "from local", "from socket", "for local": .never
        case "from local or auth", "from auth", "auth": asker == .login ? .always : .never
        case "from src": any(condition, source)
        case "from rdns", "from mail-from", "helo", "mail-from": .chosen(.claim)
        case "for domain": any(condition, domain)
        case "for rcpt-to", "rcpt-to": any(condition, recipient)
        case "tag": listener.tag.map { condition.values.contains($0) } ?? false ? .always : .never
        case "tls": listener.tls == .none ? .never : .chosen(.nothing)
        default: .unknown("the condition \(condition.name)")
        }
    }

    private func any(
        _ condition: SMTPDConfiguration.Match.Condition, _ ask: (String, Bool) -> Truth
    ) -> Truth {
        var truth = Truth.never
        for value in condition.values {
            guard value.hasPrefix("<"), value.hasSuffix(">") else {
                truth = truth || ask(value, condition.isRegex)
                continue
            }
            let name = String(value.dropFirst().dropLast())
            guard let rows = configuration.tables[name] ?? nil else {
                truth = truth || .unknown("the table \(name) could not be read")
                continue
            }
            for row in rows { truth = truth || ask(row, condition.isRegex) }
        }
        return truth
    }

    private static let catchAll: Set<String> = [".*", ".+", "^.*$", "^.*", ".", "", "^", "^.+$"]

    private func source(_ text: String, _ isRegex: Bool) -> Truth {
        if isRegex { return Self.catchAll.contains(text) ? .always : .unknown("whom \(text) matches") }
        guard let network = NetworkWidth.network(text) else { return .never }
        switch NetworkWidth.of(network) {
        case .own: return .never
        case .wide: return .chosen(.network)
        case .world: return .chosen(.network)
        }
    }

    private func domain(_ text: String, _ isRegex: Bool) -> Truth {
        if isRegex { return Self.catchAll.contains(text) ? .always : .unknown("what \(text) matches") }
        if text == "*" { return .always }
        let name = text.hasPrefix("*.") ? text.dropFirst(2) : Substring(text)
        return text.hasPrefix("*") && !name.contains(".") ? .chosen(.recipient) : .never
    }

    private func recipient(_ text: String, _ isRegex: Bool) -> Truth {
        if isRegex { return Self.catchAll.contains(text) ? .always : .unknown("what \(text) matches") }
        if text == "*" || text == "*@*" || text == "@*" { return .always }
        // postmaster@*: anybody may take a name at a domain of his own.
        return text.hasSuffix("@") || text.hasSuffix("@*") ? .chosen(.recipient) : .never
    }
}
