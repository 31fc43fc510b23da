package import MailTypes

/// From DMARC records to findings.
package enum DMARCChecks {
    /// The record that holds for the domain, with the domain it was found at.
    package enum Found: Sendable, Hashable {
        case record(DMARCPolicy, at: DomainName)
        /// Several records at one name count as none (RFC 7489 §6.6.3).
        case several(DomainName)
        case missing
        case failure(String)
    }

    package static func found(_ facts: DomainFacts) -> Found {
        guard !facts.dmarc.isEmpty else { return .failure("not asked") }
        for lookup in facts.dmarc {
            if let reason = lookup.texts.failure { return .failure("_dmarc.\(lookup.domain): \(reason)") }
            let records = DMARCPolicy.records(lookup.texts.records)
            if records.count > 1 { return .several(lookup.domain) }
            if let record = records.first { return .record(DMARCPolicy(record), at: lookup.domain) }
        }
        return .missing
    }

    package static func findings(_ facts: DomainFacts) -> [Finding] {
        func finding(_ id: CheckID, _ result: CheckResult, _ evidence: [String] = []) -> Finding {
            Finding(id, target: facts.domain.description, result, evidence: evidence)
        }
        switch found(facts) {
        case .failure(let reason):
            return [finding(.dmarcPolicy, .unknown(reason)), finding(.dmarcReports, .unknown(reason))]
        case .missing:
            return [
                finding(.dmarcPolicy, .fail(.medium), ["there is no record at _dmarc.\(facts.domain) or above"]),
                finding(.dmarcReports, .unknown("there is no DMARC record")),
            ]
        case .several(let owner):
            return [
                finding(.dmarcPolicy, .fail(.medium), ["_dmarc.\(owner) has several records: none counts"]),
                finding(.dmarcReports, .unknown("several DMARC records")),
            ]
        case .record(let policy, let owner):
            let (result, evidence) = reports(policy, owner, facts)
            return [
                finding(.dmarcPolicy, Self.result(policy, owner, facts), Self.evidence(policy, owner, facts)),
                finding(.dmarcReports, result, evidence),
            ]
        }
    }

    private static func disposition(_ policy: DMARCPolicy, _ owner: DomainName, _ facts: DomainFacts)
        -> DMARCPolicy.Disposition?
    { owner == facts.domain ? policy.policy : policy.subdomainPolicy ?? policy.policy }

    private static func result(_ policy: DMARCPolicy, _ owner: DomainName, _ facts: DomainFacts) -> CheckResult {
        guard let disposition = disposition(policy, owner, facts) else { return .fail(.medium) }
        if !policy.problems.isEmpty { return .fail(.medium) }
        return disposition == .none || policy.percent < 100 ? .fail(.low) : .pass
    }

    private static func evidence(_ policy: DMARCPolicy, _ owner: DomainName, _ facts: DomainFacts) -> [String] {
        var evidence = policy.problems
        let word = disposition(policy, owner, facts)?.rawValue ?? "none that can be read"
        evidence.append("policy at _dmarc.\(owner): \(word)")
        if policy.percent < 100 { evidence.append("for \(policy.percent) % of the mail only") }
        return evidence
    }

    private static func reports(_ policy: DMARCPolicy, _ owner: DomainName, _ facts: DomainFacts)
        -> (CheckResult, [String])
    {
        guard !policy.reportDomains.isEmpty else { return (.fail(.low), ["no reports are asked for (rua=)"]) }
        var refused: [String] = []
        var open: [String] = []
        for target in policy.foreignReportDomains(of: facts.domain, record: owner) {
            let name = "\(owner)._report._dmarc.\(target)"
            switch facts.reportConsents[target] {
            case nil: open.append("\(name): not asked")
            case .failure(let reason)?: open.append("\(name): \(reason)")
            case .some(let answer):
                if DMARCPolicy.records(answer.records).isEmpty {
                    refused.append("\(target) has not agreed to take the reports: \(name) is not there")
                }
            }
        }
        if !refused.isEmpty { return (.fail(.low), refused + open) }
        if let first = open.first { return (.unknown(first), open) }
        return (.pass, policy.reportDomains.map { "to \($0)" })
    }
}
