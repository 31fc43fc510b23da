import MailTypes

/// From gathered configurations to findings.
package enum MTAChecks {
    /// All findings of the group MTA: one a check and system that is there; each check `unknown` where there is none.
    package static func findings(_ facts: MTAFacts) -> [Finding] {
        let systems = [
            PostfixChecks.results(facts), EximChecks.results(facts), SMTPDChecks.results(facts),
            SendmailChecks.results(facts), DovecotChecks.results(facts),
            ListeningChecks.results(facts),
        ].compactMap { $0 }
        var findings = systems.flatMap { $0.findings(target: facts.target) }
        // Nothing is said of lists where no configuration could be read.
        if findings.contains(where: { $0.result == .pass && $0.check != .mtaListening }) {
            findings += ListResolverChecks.results(facts).findings(target: facts.target)
        }
        let seen = Set(findings.map(\.check))
        for check in Check.mta where !seen.contains(check.id) && check.id != .mtaAgreement {
            findings.append(
                Finding(
                    check.id, target: facts.target,
                    .unknown(
                        systems.isEmpty
                            ? "no mail server's configuration was found" : "no configuration that was found says"),
                    evidence: systems.isEmpty ? facts.problems : []))
        }
        return findings
    }
}
