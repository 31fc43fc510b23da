import MailTypes

/// From MX records to a finding.
package enum ExchangeChecks {
    /// MX records that are of use: senders try a handful.
    static let maximumExchanges = 20

    package static func finding(_ facts: DomainFacts) -> Finding {
        let (result, evidence) = judged(facts)
        return Finding(.mailExchange, target: facts.domain.description, result, evidence: evidence)
    }

    private static func judged(_ facts: DomainFacts) -> (CheckResult, [String]) {
        switch facts.exchanges {
        case .failure(let reason): return (.unknown(reason), [])
        case .none: return implicit(facts)
        case .records(let records, _):
            if records.allSatisfy({ $0.host == nil }) {
                return facts.isSending
                    ? (
                        .fail(.medium),
                        ["the domain says that it takes no mail (null MX): senders in its name are refused"]
                    )
                    : (.pass, ["the domain takes no mail (null MX)"])
            }
            return explicit(records, facts)
        }
    }

    private static func implicit(_ facts: DomainFacts) -> (CheckResult, [String]) {
        switch facts.addresses {
        case .failure(let reason): (.unknown(reason), [])
        case .none:
            (.fail(.high), ["the domain has neither MX nor address: it takes no mail, and many refuse it as sender"])
        case .records(let addresses, _):
            if let wrong = addresses.first(where: \.isLocal) {
                (.fail(.medium), ["no MX, and the domain's own address \(wrong) is not on the internet"])
            } else {
                (.pass, ["no MX: mail goes to the domain's own address \(addresses.first?.description ?? "")"])
            }
        }
    }

    private static func explicit(_ records: [DomainFacts.Exchange], _ facts: DomainFacts) -> (CheckResult, [String]) {
        var evidence: [String] = []
        var open: [String] = []
        var reachable = 0
        if records.contains(where: { $0.host == nil }) { evidence.append("a null MX stands beside others") }
        if records.count > maximumExchanges { evidence.append("\(records.count) MX records") }
        for name in Set(records.compactMap(\.host)).sorted().prefix(maximumExchanges) {
            if IPAddress(name.description) != nil {
                evidence.append("\(name) is an address, not a name")
                continue
            }
            guard let host = facts.hosts[name] else {
                open.append("\(name) was not looked up")
                continue
            }
            switch host.alias {
            case .records: evidence.append("\(name) is an alias (CNAME)")
            case .failure(let reason): open.append("\(name): \(reason)")
            case .none: break
            }
            switch host.addresses {
            case .failure(let reason): open.append("\(name): \(reason)")
            case .none: evidence.append("\(name) has no address")
            case .records(let addresses, _):
                if let local = addresses.first(where: \.isLocal) {
                    evidence.append("\(name) has \(local), which is not on the internet")
                } else {
                    reachable += 1
                }
            }
        }
        if !evidence.isEmpty { return (.fail(reachable == 0 && open.isEmpty ? .high : .medium), evidence + open) }
        if let first = open.first { return (.unknown(first), open) }
        return (.pass, records.prefix(maximumExchanges).map { "\($0.preference) \($0.host?.description ?? ".")" })
    }
}
