import MailTypes

/// From DKIM key records to findings: published, strong, in force.
package enum DKIMChecks {
    /// The least that receivers have to take is 1024 (RFC 8301 §3.2); what is to be used is 2048.
    static let weakest = 1024
    static let strong = 2048

    /// Selectors that programs and providers use unless told otherwise.
    package static let usualSelectors = [
        "default", "dkim", "mail", "email", "smtp", "mta", "mx", "main", "key1", "key2", "s1", "s2", "k1", "k2", "k3",
        "m1", "sel1", "sel2", "selector1", "selector2", "dkim1", "dkim2", "google", "fm1", "fm2", "fm3", "pm", "zoho",
        "protonmail", "protonmail2", "protonmail3", "mxvault", "mandrill", "sig1", "server", "postfix", "exim",
        "opendkim", "rspamd", "rsa", "ed25519", "2024", "2025", "2026",
    ]

    private struct Found {
        var selector: DomainFacts.Selector
        var key: DKIMKey
    }

    package static func findings(_ facts: DomainFacts) -> [Finding] {
        func finding(_ id: CheckID, _ result: CheckResult, _ evidence: [String] = []) -> Finding {
            Finding(id, target: facts.domain.description, result, evidence: evidence)
        }
        let selectors = facts.selectors.filter { $0.isGiven || !facts.answersAnySelector }
        let found = selectors.flatMap { selector in
            selector.texts.records.map { Found(selector: selector, key: DKIMKey($0)) }
        }
        let (result, evidence) = published(selectors, found, facts)
        var findings = [finding(.dkimPublished, result, evidence)]
        let usable = found.filter { $0.key.isUsable }
        let missing = "no key was found to judge"
        if usable.isEmpty {
            return findings + [finding(.dkimStrength, .unknown(missing)), finding(.dkimInForce, .unknown(missing))]
        }
        let judged = usable.map { (found: $0, strength: strength($0.key)) }
        let words = judged.map { "\($0.found.selector.name): \($0.strength.text)" }
        let weak = judged.compactMap(\.strength.severity).max()
        // What was given and could not be looked up may be weak.
        let open = selectors.filter { $0.isGiven && $0.texts.failure != nil }.map(\.name)
        let openEvidence = open.isEmpty ? nil : "not looked up: \(open.joined(separator: ", "))"
        findings.append(
            finding(.dkimStrength, weak.map { .fail($0) } ?? openEvidence.map { .unknown($0) } ?? .pass, words))
        let idle = usable.compactMap { found -> String? in
            if found.key.isTest { return "\(found.selector.name): t=y, a test" }
            return found.key.isSHA1Only ? "\(found.selector.name): h=sha1 only" : nil
        }
        findings.append(
            finding(.dkimInForce, idle.isEmpty ? openEvidence.map { .unknown($0) } ?? .pass : .fail(.low), idle))
        return findings
    }

    private static func published(
        _ selectors: [DomainFacts.Selector], _ found: [Found], _ facts: DomainFacts
    ) -> (CheckResult, [String]) {
        var evidence: [String] = []
        var worst: Severity?
        var open: [String] = []
        for selector in selectors {
            switch selector.texts {
            case .failure(let reason):
                if selector.isGiven { open.append("\(selector.name): \(reason)") }
            case .none:
                guard selector.isGiven else { continue }
                evidence.append("\(selector.name): there is no key")
                worst = .high
            case .records(let texts, _):
                if texts.count > 1 {
                    evidence.append("\(selector.name): \(texts.count) records, of which receivers take any")
                    worst = max(worst ?? .medium, .medium)
                }
                for found in found where found.selector == selector {
                    let problems = found.key.complaints(isGiven: selector.isGiven)
                    evidence += problems.map { "\(selector.name): \($0)" }
                    if !problems.isEmpty { worst = max(worst ?? .medium, selector.isGiven ? .high : .medium) }
                    if problems.isEmpty { evidence.append("\(selector.name): \(strength(found.key).text)") }
                }
            }
        }
        if let worst { return (.fail(worst), evidence) }
        if let first = open.first { return (.unknown(first), evidence) }
        guard found.contains(where: { $0.key.isUsable }) else {
            if let reason = selectors.compactMap(\.texts.failure).first {
                return (.unknown("not all selectors could be looked up: \(reason)"), evidence)
            }
            let missing =
                facts.answersAnySelector
                ? "any selector has a record: give the one in use (--selector)"
                : "no selector was given (--selector), and no usual one has a key in force"
            return (.unknown(missing), evidence)
        }
        return (.pass, evidence)
    }

    private static func strength(_ key: DKIMKey) -> (severity: Severity?, text: String) {
        switch key.material {
        case .revoked: return (nil, "revoked")
        case .ed25519: return (nil, "Ed25519")
        case .unusable(let reason): return (.medium, reason)
        case .rsa(let rsa):
            if let factor = rsa.smallFactor { return (.critical, "RSA, \(rsa.bits) bits, divisible by \(factor)") }
            if rsa.hasWrongExponent { return (.high, "RSA, \(rsa.bits) bits, with the exponent \(rsa.exponent)") }
            if rsa.bits < weakest { return (.high, "RSA, \(rsa.bits) bits: can be computed, and receivers refuse it") }
            return (rsa.bits < strong ? .medium : nil, "RSA, \(rsa.bits) bits")
        }
    }
}

extension DKIMKey {
    fileprivate var isUsable: Bool {
        switch material {
        case .rsa, .ed25519: true
        case .revoked, .unusable: false
        }
    }

    fileprivate func complaints(isGiven: Bool) -> [String] {
        switch material {
        case .unusable(let reason): problems + [reason]
        case .revoked: problems + (isGiven ? ["its key is revoked (p= is empty)"] : [])
        case .rsa, .ed25519: problems
        }
    }
}
