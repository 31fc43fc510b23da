import MailTypes

/// From what lists said to findings.
package enum ListingChecks {
    /// One finding for each list and address or domain, and one for each list about whether it may be believed.
    package static func findings(_ facts: ListingFacts) -> [Finding] {
        facts.lists.map(test) + facts.observations.flatMap(findings)
    }

    private static func test(_ list: ListingFacts.List) -> Finding {
        switch list.test {
        case .passed: Finding(.listTestPoints, target: list.name, .pass)
        case .refused(let reason): Finding(.listTestPoints, target: list.name, .fail(.low), evidence: [reason])
        case .unknown(let reason): Finding(.listTestPoints, target: list.name, .unknown(reason))
        }
    }

    private static func findings(_ observation: ListingObservation) -> [Finding] {
        let target = "\(observation.subject) \(observation.list)"
        let isDomain = if case .domain = observation.subject { true } else { false }
        let main: CheckID = isDomain ? .domainListing : .addressListing
        let ids: [CheckID] = observation.tellsPolicy ? [main, .policyListing] : [main]
        switch observation.answer {
        case .notListed: return ids.map { Finding($0, target: target, .pass) }
        case .unknown(let reason): return ids.map { Finding($0, target: target, .unknown(reason)) }
        case .listed(let listed):
            // A range that does not send mail is another matter than spam seen.
            return ids.map { id in
                let about = listed.filter { ($0.kind == .policy) == (id == .policyListing) || !observation.tellsPolicy }
                guard let worst = about.map(\.kind.severity).max() else { return Finding(id, target: target, .pass) }
                return Finding(id, target: target, .fail(worst), evidence: evidence(observation, about))
            }
        }
    }

    private static func evidence(_ observation: ListingObservation, _ listed: [ListingObservation.Listed]) -> [String] {
        var evidence = listed.map(\.text)
        if let covers = observation.covers { evidence.append("an entry covers \(covers)") }
        evidence += observation.reasons.map { "the list says: \($0)" }
        if !observation.removal.isEmpty {
            evidence.append("removal, once the cause is gone and proven so: \(observation.removal)")
        }
        return evidence
    }
}
