import MailTypes

/// Sets what the configuration says beside what the probe saw from outside.
package enum MTAAgreement {
    private struct Question {
        var text: String
        var configured: [CheckID]
        var probed: [CheckID]
    }

    private static let questions: [Question] = [
        Question(
            text: "do strangers relay", configured: [.mtaStrangers, .mtaClaims, .mtaRelayDomains],
            probed: [.strangerRelay, .ownSenderRelay, .nullSenderRelay, .heloRelay]),
        Question(text: "are routes in addresses followed", configured: [.mtaRoutes], probed: [.routedRelay]),
        Question(
            text: "are unknown recipients taken", configured: [.mtaUnknownRecipients], probed: [.unknownRecipient]),
        Question(text: "does port 25 take logins", configured: [.mtaAuthOnPort25], probed: [.authOnPort25]),
        Question(text: "are logins taken without TLS", configured: [.mtaAuthWithoutTLS], probed: [.authWithoutTLS]),
        Question(text: "does a login on port 25 relay", configured: [.mtaLoginRelay], probed: [.loginRelay]),
        Question(text: "does a login send in any name", configured: [.mtaLoginSender], probed: [.loginSender]),
        Question(
            text: "may clients write their own address", configured: [.mtaTrustedCommands], probed: [.trustedCommands]),
        Question(text: "is STARTTLS missing", configured: [.mtaStartTLS], probed: [.startTLS]),
        Question(text: "do VRFY and EXPN tell", configured: [.mtaHarvest], probed: [.addressHarvest]),
    ]

    /// One finding: `pass` if every question that both answer has one answer, `fail` with both sides where they differ,
    /// `unknown` if there is no such question. `target` names both.
    package static func finding(configuration: [Finding], probe: [Finding], target: String) -> Finding {
        var agreed: [String] = []
        var differing: [String] = []
        // Who relays everything follows routes, too: that says nothing about the switch for them.
        let isOpen = probe.contains { $0.check == .strangerRelay && $0.result.severity != nil }
        for question in questions where !isOpen || question.probed != [.routedRelay] {
            guard let configured = answer(configuration, question.configured),
                let probed = answer(probe, question.probed)
            else { continue }
            if configured.isYes == probed.isYes {
                agreed.append("\(question.text)? both: \(configured.isYes ? "yes" : "no")")
            } else {
                differing.append("\(question.text)? configuration: \(told(configured)); probe: \(told(probed))")
            }
        }
        if !differing.isEmpty {
            return Finding(.mtaAgreement, target: target, .fail(.medium), evidence: differing + agreed)
        }
        guard !agreed.isEmpty else {
            return Finding(.mtaAgreement, target: target, .unknown("no question that both could answer"))
        }
        return Finding(.mtaAgreement, target: target, .pass, evidence: agreed)
    }

    private struct Answer {
        var isYes: Bool
        var evidence: [String]
    }

    /// Yes if one of the checks failed, no if all passed; `nil` if that is not known.
    private static func answer(_ findings: [Finding], _ ids: [CheckID]) -> Answer? {
        let asked = findings.filter { ids.contains($0.check) }
        let failed = asked.filter { $0.result.severity != nil }
        if !failed.isEmpty { return Answer(isYes: true, evidence: failed.flatMap { Array($0.evidence.prefix(2)) }) }
        guard !asked.isEmpty, asked.allSatisfy({ $0.result == .pass }) else { return nil }
        return Answer(isYes: false, evidence: asked.flatMap { Array($0.evidence.prefix(1)) })
    }

    private static func told(_ answer: Answer) -> String {
        let evidence = answer.evidence.prefix(2).joined(separator: "; ")
        return (answer.isYes ? "yes" : "no") + (evidence.isEmpty ? "" : " (\(evidence))")
    }
}
