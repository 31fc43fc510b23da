import MailTypes

/// From MTA-STS, TLS-RPT and DANE to findings.
package enum TransportChecks {
    package static func findings(_ facts: DomainFacts) -> [Finding] {
        let dane = dane(facts)
        let sts = sts(facts)
        let target = facts.domain.description
        return [
            Finding(.mtaSTS, target: target, sts.result, evidence: sts.evidence),
            reports(facts, isUsed: sts.isAnnounced || dane.isUsed, dane.result),
            Finding(.dane, target: target, dane.result, evidence: dane.evidence),
        ]
    }

    // MARK: DANE

    private struct Judged {
        var result: CheckResult
        var evidence: [String] = []
        var isUsed = false
    }

    private static func dane(_ facts: DomainFacts) -> Judged {
        if let reason = facts.exchanges.failure { return Judged(result: .unknown(reason)) }
        if takesNoMail(facts) { return Judged(result: .pass, evidence: ["the domain takes no mail"]) }
        if facts.hosts.isEmpty { return Judged(result: .unknown("no mail host was found")) }
        var wrong: [String] = []
        var open: [String] = []
        var good: [String] = []
        var mismatched: [String] = []
        // Validated, though not compared.
        var isSeen = false
        for (name, host) in facts.hosts.sorted(by: { $0.key < $1.key }) {
            switch host.tlsa {
            case .none: continue
            case .failure(let reason): open.append("\(name): \(reason)")
            case .records(let records, let isSecure):
                if !facts.isValidating {
                    open.append("\(name): has TLSA records, but nothing was validated (--trust-anchor)")
                    continue
                }
                let hasMX = !facts.exchanges.records.isEmpty
                if !isSecure || hasMX && !facts.exchanges.isSecure {
                    wrong.append(
                        "\(name): TLSA records without DNSSEC of the host's and the MX record's zone are ignored")
                    continue
                }
                let read = records.map { TLSARecord($0) }
                let problems = read.map { $0.map { $0.problem } ?? "a record that cannot be read" }.compactMap { $0 }
                wrong += problems.map { "\(name): \($0)" }
                guard problems.count < read.count else { continue }
                let shown = "\(name): \(records.count) TLSA records, validated"
                isSeen = true
                switch host.presented {
                case .notAsked(let reason): open.append("\(shown); the certificate was not looked at: \(reason)")
                case .failure(let reason): open.append("\(shown); the certificate: \(reason)")
                case .none(let reason): mismatched.append("\(name): TLSA records, but no TLS: \(reason)")
                case .chain(let chain):
                    let hits = read.compactMap { $0 }.filter { $0.matches(chain) }
                    if let hit = hits.first {
                        let form = "\(hit.usage) \(hit.selector) \(hit.matching)"
                        good.append("\(shown); \(hits.count) match the certificate shown (\(form))")
                    } else {
                        mismatched.append("\(name): no TLSA record matches the certificate that the host shows")
                    }
                }
            }
        }
        // Senders that look at DANE do not deliver there at all.
        if !mismatched.isEmpty {
            return Judged(result: .fail(.high), evidence: mismatched + wrong + open, isUsed: true)
        }
        if !wrong.isEmpty { return Judged(result: .fail(.medium), evidence: wrong + open, isUsed: true) }
        if let first = open.first {
            return Judged(result: .unknown(first), evidence: open, isUsed: !good.isEmpty || isSeen)
        }
        return Judged(
            result: .pass, evidence: good.isEmpty ? ["no MX host publishes TLSA records: DANE is not in use"] : good,
            isUsed: !good.isEmpty)
    }

    // MARK: MTA-STS

    private static func sts(_ facts: DomainFacts) -> (result: CheckResult, evidence: [String], isAnnounced: Bool) {
        if let reason = facts.mtaSTS.failure { return (.unknown(reason), [], false) }
        let records = facts.mtaSTS.records.filter { TagList.isVersion("STSv1", $0) }
        guard let record = records.first else {
            let dane = dane(facts)
            if dane.isUsed, dane.result == .pass { return (.pass, ["no MTA-STS; DANE is in use"], false) }
            if dane.isUsed, case .unknown(let reason) = dane.result {
                return (.unknown("no MTA-STS; whether DANE works: \(reason)"), [], false)
            }
            if takesNoMail(facts) { return (.pass, ["the domain takes no mail"], false) }
            let lacking = "there is no record at _mta-sts.\(facts.domain), and DANE is not in use or does not hold"
            return (.fail(.low), [lacking], false)
        }
        if records.count > 1 { return (.fail(.medium), ["several records at _mta-sts: none counts"], true) }
        let tags = TagList(record)
        let identifier = tags["id"] ?? ""
        guard tags.problems.isEmpty, (1...32).contains(identifier.utf8.count),
            identifier.utf8.allSatisfy(ASCII.isAlphanumeric)
        else { return (.fail(.medium), tags.problems + ["id= is not 1 to 32 letters and digits"], true) }
        switch facts.mtaSTSPolicy {
        case .notAsked(let reason): return (.unknown("the policy was not fetched: \(reason)"), [], true)
        case .failure(let reason): return (.unknown("the policy: \(reason)"), [], true)
        case .wrong(let reason): return (.fail(.medium), ["the policy: \(reason)"], true)
        case .fetched(let bytes):
            let (result, evidence) = policy(MTASTSPolicy(bytes), facts)
            return (result, evidence, true)
        }
    }

    private static func policy(_ policy: MTASTSPolicy, _ facts: DomainFacts) -> (CheckResult, [String]) {
        if !policy.problems.isEmpty { return (.fail(.medium), policy.problems) }
        let hosts = facts.exchanges.records.compactMap(\.host)
        let uncovered = Set(hosts.filter { !policy.covers($0) }).sorted()
        if policy.mode != MTASTSPolicy.Mode.none, !uncovered.isEmpty {
            return (
                .fail(policy.mode == .enforce ? .high : .medium),
                uncovered.map { "the MX host \($0) is not named: senders refuse to deliver to it" }
            )
        }
        if let reason = facts.exchanges.failure { return (.unknown("MX: \(reason)"), []) }
        var evidence: [String] = []
        if policy.mode != .enforce { evidence.append("mode: \(policy.mode?.rawValue ?? "") protects nothing yet") }
        if (policy.maximumAge ?? 0) < 86_400 { evidence.append("max_age is under a day: easily waited out") }
        return evidence.isEmpty ? (.pass, ["mode: enforce"]) : (.fail(.low), evidence)
    }

    private static func takesNoMail(_ facts: DomainFacts) -> Bool {
        let records = facts.exchanges.records
        return !records.isEmpty && records.allSatisfy { $0.host == nil }
    }

    // MARK: TLS-RPT

    private static func reports(_ facts: DomainFacts, isUsed: Bool, _ dane: CheckResult) -> Finding {
        func finding(_ result: CheckResult, _ evidence: [String] = []) -> Finding {
            Finding(.tlsReports, target: facts.domain.description, result, evidence: evidence)
        }
        if let reason = facts.tlsReports.failure { return finding(.unknown(reason)) }
        let records = facts.tlsReports.records.filter { TagList.isVersion("TLSRPTv1", $0) }
        guard let record = records.first else {
            if !isUsed, case .unknown(let reason) = dane { return finding(.unknown(reason)) }
            return isUsed
                ? finding(.fail(.low), ["there is no record at _smtp._tls.\(facts.domain)"])
                : finding(.pass, ["neither MTA-STS nor DANE is in use: there is nothing to report"])
        }
        if records.count > 1 { return finding(.fail(.low), ["several records at _smtp._tls: none counts"]) }
        let tags = TagList(record)
        let places = (tags["rua"] ?? "").split(separator: ",").map {
            ASCII.lowercased(String(decoding: Array(TagList.trimmed(Array($0.utf8))), as: UTF8.self))
        }
        guard tags.problems.isEmpty, !places.isEmpty,
            places.allSatisfy({ $0.hasPrefix("mailto:") || $0.hasPrefix("https:") })
        else { return finding(.fail(.low), tags.problems + ["rua= is not mailto: or https:"]) }
        return finding(.pass, places)
    }
}
