import MailTypes

/// From what a probe saw to findings.
package struct RelayChecks {
    private let facts: RelayFacts

    /// All findings of the group RELAY.
    package static func findings(_ facts: RelayFacts) -> [Finding] {
        let checks = RelayChecks(facts: facts)
        guard facts.greeting != nil else {
            let missing = facts.problems.last ?? "the server gave no greeting"
            return Check.relay.map { Finding($0.id, target: facts.target, .unknown(missing)) }
        }
        return [
            checks.relay(.strangerRelay, .stranger), checks.relay(.ownSenderRelay, .ownSender),
            checks.relay(.nullSenderRelay, .nullSender), checks.relay(.routedRelay, .routed),
            checks.relay(.heloRelay, .helo), checks.unknownRecipient(), checks.authOnPort25(), checks.authWithoutTLS(),
            checks.weakMechanisms(), checks.harvest(), checks.serverName(), checks.startTLS(), checks.loginRelay(),
            checks.loginSender(), checks.roles(), checks.trustedCommands(), checks.certificate(), checks.oldVersions(),
        ]
    }

    private func finding(_ id: CheckID, _ result: CheckResult, _ evidence: [String] = []) -> Finding {
        Finding(id, target: facts.target, result, evidence: evidence)
    }

    // MARK: Relaying

    private enum Meaning {
        case refused, relayed
        case open(String)
    }

    /// Whether a mailbox that cannot exist is refused there. `nil`: not known.
    private func refusesUnknown(_ domain: String) -> Bool? {
        for trial in facts.trials where trial.attempt.kind == .control && trial.attempt.localDomain == domain {
            if case .recipient(let reply) = trial.outcome {
                return reply.isPermanent ? true : (reply.isAccepted ? false : nil)
            }
        }
        return nil
    }

    private func meaning(_ trial: RelayTrial) -> Meaning {
        switch trial.outcome {
        case .notTried(let reason): return .open(reason)
        case .senderRefused(let reply):
            // No HELO, no mail; a refused sender says nothing about relaying for others.
            if trial.attempt.kind == .helo || trial.attempt.kind == .ownSender { return .refused }
            if reply.code == 530 || Self.isAboutRelaying(reply.text) { return .refused }
            return .open("the sender was refused: \(reply)")
        case .recipient(let reply):
            if reply.isAccepted {
                guard let local = trial.attempt.localDomain else { return .relayed }
                switch refusesUnknown(local) {
                case true?: return .relayed
                case false?: return .open("mailboxes that cannot exist are accepted there, so this says nothing")
                case nil: return .open("it is not known whether mailboxes that cannot exist are accepted there")
                }
            }
            let isClaim = trial.attempt.kind == .ownSender || trial.attempt.kind == .helo
            if Self.isAboutTheProbe(reply.text) || !isClaim && Self.isAboutTheClaim(reply.text) {
                return .open("refused for the probe's own address or name: \(reply); see --helo and --sender")
            }
            if Self.isAboutRelaying(reply.text) { return .refused }
            if Self.isAboutTheDomain(reply.text) {
                return .open("refused for the recipient's domain, not for relaying: \(reply); give --recipient")
            }
            return reply.isPermanent ? .refused : .open("put off: \(reply)")
        }
    }

    private static func isAboutRelaying(_ text: String) -> Bool {
        let lowered = ASCII.lowercased(text)
        return lowered.contains("relay") || lowered.contains("5.7.1") || lowered.contains("authenti")
    }

    /// Refused for the address that the probe comes from: that says nothing about others.
    private static func isAboutTheProbe(_ text: String) -> Bool {
        let lowered = ASCII.lowercased(text)
        return [
            "client host rejected", "blocked using", "blacklist", "blocklist", "spamhaus", "greylist", "too many",
            "rate limit",
        ].contains { lowered.contains($0) }
    }

    /// Refused for the sender or the name that was given: a refusal only where these are what is tried.
    private static func isAboutTheClaim(_ text: String) -> Bool {
        let lowered = ASCII.lowercased(text)
        return ["helo command rejected", "sender address rejected"].contains { lowered.contains($0) }
    }

    private static func isAboutTheDomain(_ text: String) -> Bool {
        let lowered = ASCII.lowercased(text)
        return [
            "domain not found", "null mx", "nullmx", "does not accept mail", "domain of", "unrouteable",
            "unroutable",
            "no such domain", "domain does not exist", "4.1.2", "5.1.2", "5.1.10", "host unknown",
        ].contains { lowered.contains($0) }
    }

    private func relay(_ id: CheckID, _ kind: RelayAttempt.Kind) -> Finding {
        let trials = facts.trials.filter { $0.attempt.kind == kind }
        var relayed: [String] = []
        var open: [String] = []
        for trial in trials {
            switch meaning(trial) {
            case .refused: break
            case .relayed:
                if case .recipient(let reply) = trial.outcome { relayed.append("\(shown(trial.attempt)): \(reply)") }
            case .open(let why): open.append("\(shown(trial.attempt)): \(why)")
            }
        }
        if !relayed.isEmpty { return finding(id, .fail(.critical), delivered(kind) + relayed) }
        guard !trials.isEmpty else { return finding(id, .unknown(facts.problems.last ?? "nothing was tried")) }
        guard open.isEmpty else {
            return finding(id, .unknown("\(open.count) of \(trials.count) tries have no clear answer"), open)
        }
        return finding(id, .pass, ["\(trials.count) tries were refused"])
    }

    /// What a message in earnest showed, which was sent in one way of this kind.
    private func delivered(_ kind: RelayAttempt.Kind) -> [String] {
        guard let delivery = facts.delivery, delivery.attempt.kind == kind else { return [] }
        return switch delivery {
        case .taken(let attempt, let reply): ["one message was sent, and taken: \(shown(attempt)): \(reply)"]
        case .refused(let attempt, let reply): ["one message was sent, and refused: \(shown(attempt)): \(reply)"]
        case .failed(let attempt, let reason): ["one message could not be sent: \(shown(attempt)): \(reason)"]
        }
    }

    private func shown(_ attempt: RelayAttempt) -> String {
        switch attempt.helo {
        case nil: "(no HELO) " + attempt.description
        case ""?: attempt.description
        case let helo?: "(HELO \(helo)) " + attempt.description
        }
    }

    private func unknownRecipient() -> Finding {
        guard facts.hasOwnDomain else { return finding(.unknownRecipient, .unknown("--own-domain was not given")) }
        guard let trial = facts.trials.first(where: { $0.attempt.kind == .control }) else {
            return finding(.unknownRecipient, .unknown(facts.problems.last ?? "nothing was tried"))
        }
        switch trial.outcome {
        case .recipient(let reply):
            let evidence = ["\(shown(trial.attempt)): \(reply)"]
            if reply.isAccepted { return finding(.unknownRecipient, .fail(.high), evidence) }
            if Self.isAboutRelaying(reply.text) {
                return finding(
                    .unknownRecipient, .unknown("the server does not take mail for the domain given"), evidence)
            }
            return reply.isPermanent
                ? finding(.unknownRecipient, .pass, evidence)
                : finding(.unknownRecipient, .unknown("the recipient was put off, not refused"), evidence)
        case .senderRefused(let reply): return finding(.unknownRecipient, .unknown("the sender was refused: \(reply)"))
        case .notTried(let reason): return finding(.unknownRecipient, .unknown(reason))
        }
    }

    private func roles() -> Finding {
        guard facts.hasOwnDomain else { return finding(.roleMailboxes, .unknown("--own-domain was not given")) }
        let trials = facts.trials.filter { $0.attempt.kind == .role }
        var refused: [String] = []
        var open: [String] = []
        for trial in trials {
            switch trial.outcome {
            case .recipient(let reply) where reply.isAccepted: break
            case .recipient(let reply) where reply.isPermanent && !Self.isAboutRelaying(reply.text):
                refused.append("\(trial.attempt.recipient): \(reply)")
            case .recipient(let reply), .senderRefused(let reply): open.append("\(trial.attempt.recipient): \(reply)")
            case .notTried(let reason): open.append("\(trial.attempt.recipient): \(reason)")
            }
        }
        if !refused.isEmpty { return finding(.roleMailboxes, .fail(.medium), refused) }
        return open.isEmpty && !trials.isEmpty
            ? finding(.roleMailboxes, .pass)
            : finding(.roleMailboxes, .unknown("no clear answer for \(max(open.count, 1)) of them"), open)
    }

    // MARK: Logins

    private func authOnPort25() -> Finding {
        guard facts.port == 25 else { return finding(.authOnPort25, .pass, ["port \(facts.port) is not 25"]) }
        guard facts.extensions != nil else { return finding(.authOnPort25, .unknown("EHLO was not answered")) }
        let offered = RelayFacts.mechanisms(facts.extensions).union(RelayFacts.mechanisms(facts.secureExtensions))
        if !offered.isEmpty {
            return finding(.authOnPort25, .fail(.high), ["AUTH " + offered.sorted().joined(separator: " ")])
        }
        if facts.tls == .works, facts.secureExtensions == nil {
            return finding(.authOnPort25, .unknown("EHLO after STARTTLS was not answered"))
        }
        return finding(.authOnPort25, .pass)
    }

    private func authWithoutTLS() -> Finding {
        if facts.tls == .implicit { return finding(.authWithoutTLS, .pass, ["the port begins with TLS"]) }
        guard let extensions = facts.extensions else {
            return finding(.authWithoutTLS, .unknown("EHLO was not answered"))
        }
        let offered = RelayFacts.mechanisms(extensions)
        return offered.isEmpty
            ? finding(.authWithoutTLS, .pass)
            : finding(.authWithoutTLS, .fail(.high), ["without TLS: AUTH " + offered.sorted().joined(separator: " ")])
    }

    private func weakMechanisms() -> Finding {
        guard facts.extensions != nil else { return finding(.weakMechanisms, .unknown("EHLO was not answered")) }
        if case .failed(let reason) = facts.tls { return finding(.weakMechanisms, .unknown("TLS failed: \(reason)")) }
        let offered = RelayFacts.mechanisms(facts.extensions).union(RelayFacts.mechanisms(facts.secureExtensions))
        let weak = offered.intersection(["CRAM-MD5", "DIGEST-MD5", "NTLM", "ANONYMOUS", "APOP", "RPA", "OTP", "SKEY"])
        guard !weak.isEmpty else { return finding(.weakMechanisms, .pass, offered.sorted()) }
        return finding(
            .weakMechanisms, .fail(weak.contains("ANONYMOUS") ? .critical : .medium),
            ["AUTH " + weak.sorted().joined(separator: " ")])
    }

    private func loginRelay() -> Finding {
        let tried = facts.logins.filter { $0.isAccepted == true }
        guard !facts.logins.isEmpty else {
            return finding(.loginRelay, .unknown("no login was given (--credentials)"))
        }
        guard !tried.isEmpty else { return noLogin(.loginRelay) }
        let relaying = tried.filter { login in
            [login.ownSender, login.foreignSender].contains {
                if case .recipient(let reply)? = $0 { return reply.isAccepted }
                return false
            }
        }
        let evidence = relaying.map { "\($0.account) may send to any domain" }
        guard facts.port == 25 else {
            return finding(.loginRelay, .pass, ["port \(facts.port) is not 25"] + evidence)
        }
        return relaying.isEmpty
            ? finding(.loginRelay, .pass, ["\(tried.count) logins, none relays"])
            : finding(.loginRelay, .fail(.high), evidence)
    }

    private func loginSender() -> Finding {
        guard !facts.logins.isEmpty else {
            return finding(.loginSender, .unknown("no login was given (--credentials)"))
        }
        let tried = facts.logins.filter { $0.isAccepted == true }
        guard !tried.isEmpty else { return noLogin(.loginSender) }
        var free: [String] = []
        var open: [String] = []
        for login in tried {
            switch login.foreignSender {
            case .recipient(let reply)? where reply.isAccepted:
                free.append("\(login.account) may send in any name: \(reply)")
            case .recipient(let reply)? where !reply.isPermanent: open.append("\(login.account): \(reply)")
            case .recipient?, .senderRefused?: break
            case .notTried(let reason)?: open.append("\(login.account): \(reason)")
            case nil: open.append("\(login.account): not tried")
            }
        }
        if !free.isEmpty { return finding(.loginSender, .fail(.high), free) }
        return open.isEmpty ? finding(.loginSender, .pass) : finding(.loginSender, .unknown("no clear answer"), open)
    }

    private func noLogin(_ id: CheckID) -> Finding {
        if facts.logins.allSatisfy({ $0.isAccepted == false }) {
            return finding(id, .unknown("none of the logins given was accepted"), facts.logins.map(\.account))
        }
        return finding(id, .unknown(facts.problems.last ?? "no login could be tried"))
    }

    // MARK: What the server tells

    private func harvest() -> Finding {
        var told: [String] = []
        for (command, replies) in [("VRFY", facts.vrfy), ("EXPN", facts.expn)] where replies.count == 2 {
            // 252 tells nothing by itself, nor does a complaint about a name without a domain (501); a refusal beside it does.
            let isTelling = replies[0].isAccepted && [550, 551, 553].contains(replies[1].code)
            if isTelling || replies[0].code == 250 { told.append("\(command) postmaster: \(replies[0])") }
        }
        if !told.isEmpty { return finding(.addressHarvest, .fail(.low), told) }
        guard facts.vrfy.count == 2, facts.expn.count == 2 else {
            return finding(.addressHarvest, .unknown(facts.problems.last ?? "VRFY and EXPN were not answered"))
        }
        // Put off is not answered.
        if let later = (facts.vrfy + facts.expn).first(where: { (400...499).contains($0.code) && $0.code != 454 }) {
            return finding(.addressHarvest, .unknown("VRFY or EXPN was put off: \(later)"))
        }
        return finding(.addressHarvest, .pass, ["VRFY: \(facts.vrfy[0])", "EXPN: \(facts.expn[0])"])
    }

    private func serverName() -> Finding {
        guard let name = facts.heloName else { return finding(.serverName, .unknown("EHLO was not answered")) }
        let domain = DomainName(name)
        let isFull = (domain?.labels.count ?? 0) > 1 && IPAddress(name) == nil
        let isLocal = ["localhost", "local", "localdomain", "lan", "internal"].contains(
            String(domain?.labels.last ?? ""))
        return isFull && !isLocal
            ? finding(.serverName, .pass, [name]) : finding(.serverName, .fail(.low), ["it calls itself “\(name)”"])
    }

    private func startTLS() -> Finding {
        switch facts.tls {
        case .works: finding(.startTLS, .pass)
        case .implicit: finding(.startTLS, .pass, ["the port begins with TLS"])
        case .notOffered:
            facts.extensions == nil
                ? finding(.startTLS, .unknown("EHLO was not answered"))
                : finding(.startTLS, .fail(.medium), ["EHLO does not offer STARTTLS"])
        case .failed(let reason): finding(.startTLS, .fail(.medium), ["the handshake failed: \(reason)"])
        }
    }

    private func certificate() -> Finding {
        guard let quality = facts.tlsQuality else { return finding(.certificate, .unknown(noTLS)) }
        var evidence: [String] = []
        if let days = quality.daysLeft {
            evidence.append(days < 0 ? "it ended \(-days) days ago" : "it ends in \(days) days")
        }
        // Mail between servers is encrypted without anybody looking at the certificate; users' programs look.
        let severity: Severity = facts.port == 25 ? .low : .medium
        if let distrust = quality.distrust {
            return finding(.certificate, .fail(severity), ["not trusted for \(quality.name): \(distrust)"] + evidence)
        }
        return finding(.certificate, .pass, ["trusted for \(quality.name)"] + evidence)
    }

    private func oldVersions() -> Finding {
        guard let takesOld = facts.tlsQuality?.takesOldVersions else { return finding(.oldTLS, .unknown(noTLS)) }
        return takesOld
            ? finding(.oldTLS, .fail(.low), ["a handshake with TLS 1.1 or older worked"])
            : finding(.oldTLS, .pass, ["TLS 1.1 and older are refused"])
    }

    private var noTLS: String {
        switch facts.tls {
        case .notOffered: "TLS is not offered"
        case .failed(let reason): "TLS failed: \(reason)"
        case .works, .implicit: facts.problems.last ?? "it could not be looked at"
        }
    }

    private func trustedCommands() -> Finding {
        guard let extensions = facts.extensions else {
            return finding(.trustedCommands, .unknown("EHLO was not answered"))
        }
        let offered = (extensions + (facts.secureExtensions ?? [])).filter {
            $0.hasPrefix("XCLIENT") || $0.hasPrefix("XFORWARD")
        }
        return offered.isEmpty
            ? finding(.trustedCommands, .pass)
            : finding(.trustedCommands, .fail(.critical), Array(Set(offered)).sorted())
    }
}
