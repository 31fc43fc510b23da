package import MailTypes

/// From SPF's answers to findings.
package enum SPFChecks {
    /// `outcome` is `nil` if no address was given to judge.
    package static func findings(domain: DomainName, address: IPAddress?, outcome: SPFOutcome?, reach: SPFReach)
        -> [Finding]
    {
        func finding(_ id: CheckID, _ result: CheckResult, _ evidence: [String]) -> Finding {
            Finding(id, target: domain.description, result, evidence: evidence)
        }
        var findings: [Finding] = []
        if let outcome {
            let evidence =
                ["\(address.map { "\($0): " } ?? "")\(outcome.result.rawValue): \(outcome.reason)"] + outcome.steps
                + ["\(outcome.lookups) lookups, \(outcome.voidLookups) of them void"]
            switch outcome.result {
            case .pass: findings.append(finding(.spfAuthorises, .pass, evidence))
            case .temperror: findings.append(finding(.spfAuthorises, .unknown(outcome.reason), evidence))
            case .none, .neutral: findings.append(finding(.spfAuthorises, .fail(.medium), evidence))
            case .fail, .softfail, .permerror: findings.append(finding(.spfAuthorises, .fail(.high), evidence))
            }
        } else {
            findings.append(finding(.spfAuthorises, .unknown("no address was given (--ip)"), []))
        }
        guard let fallback = reach.fallback else {
            let missing = reach.problems.first ?? "there is no SPF record"
            findings.append(finding(.spfWorld, .unknown(missing), []))
            findings.append(
                finding(
                    .spfValid,
                    reach.isFaulty ? .fail(.high) : reach.problems.isEmpty ? .fail(.medium) : .unknown(missing),
                    [missing]))
            findings.append(finding(.spfFallback, .unknown(missing), []))
            return findings
        }
        findings.append(finding(.spfWorld, world(reach), evidence(reach)))
        findings.append(finding(.spfValid, valid(reach), reach.problems + ["\(reach.lookups) terms ask DNS"]))
        findings.append(
            finding(
                .spfFallback, fallback == .fail || fallback == .softfail ? .pass : .fail(.low),
                ["who matches nothing: \(fallback.rawValue)"]))
        return findings
    }

    private static func world(_ reach: SPFReach) -> CheckResult {
        if reach.isWorld { return .fail(.critical) }
        if reach.isWide { return .fail(.medium) }
        if !reach.problems.isEmpty { return .unknown("not all records could be read") }
        return reach.undecided.isEmpty
            ? .pass : .unknown("\(reach.undecided.count) terms depend on the message or the peer")
    }

    private static func valid(_ reach: SPFReach) -> CheckResult {
        if reach.lookups > SPFEvaluator.maximumLookups { return .fail(.high) }
        guard let problem = reach.problems.first else { return .pass }
        return reach.isFaulty ? .fail(.high) : .unknown(problem)
    }

    private static func evidence(_ reach: SPFReach) -> [String] {
        let largest = reach.largest.prefix(10).map { "\($0) by \(reach.networks[$0] ?? "")" }
        return reach.open.map { "everybody: \($0)" } + [
            "\(reach.ipv4Count) IPv4 addresses in \(reach.networks.count) networks"
        ]
            + largest + reach.undecided.map { "not decided: \($0)" }
    }
}
