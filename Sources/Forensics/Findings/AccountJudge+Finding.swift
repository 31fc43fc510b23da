import MailTypes

extension AccountJudge {
    func finding(_ suspects: [AccountView.Use], _ shown: [AccountView.Use]) -> Finding {
        let spike = view.sending.spike
        let first = suspects.map(\.record.firstSuccess).min()
        var start = first ?? spike.start
        if start == 0 { start = view.sending.firstSeen }
        let last = max(suspects.map { max($0.record.lastSuccess, $0.record.lastMessage) }.max() ?? 0, spike.end)
        var finding = Finding(
            kind: kind(suspects), confidence: Finding.confidence(score), score: score, subject: view.name, start: start,
            end: max(start, last), summary: "")
        finding.signals = signals
        let recipients = suspects.reduce(0) { $0 + Int($1.record.recipients) }
        let messages = suspects.reduce(0) { $0 + Int($1.record.messages) }
        let out = recipients > 0 ? recipients : Int(spike.recipients)
        finding.numbers = [
            ("messages", recipients > 0 ? messages : Int(spike.messages)), ("recipients", out),
            ("addresses", suspects.count),
            ("unknown-recipients", max(Int(spike.unknown), suspects.reduce(0) { $0 + Int($1.record.unknown) })),
            ("refusals", max(Int(spike.refusals), suspects.reduce(0) { $0 + Int($1.record.refusals) })),
            ("failures-before", suspects.map { Int($0.record.failuresBefore) }.max() ?? 0),
            ("usual-per-hour", Int(spike.usualHour)), ("peak-per-hour", Int(spike.peakHour)),
        ]
        finding.addresses = shown.map { use(of: $0) }
        finding.days = days()
        finding.summary = summary(finding.kind, suspects.count, out)
        finding.timeline = timeline(suspects)
        finding.evidence = evidence(suspects)
        finding.benign = benign(finding.kind, suspects)
        finding.advice = Advice.lines(finding.kind, view.name)
        return finding
    }

    private func kind(_ suspects: [AccountView.Use]) -> Finding.Kind {
        switch view.record.kind {
        case .script: return .spammingScript
        case .client: return .spammingClient
        case .login, .system: break
        }
        if suspects.isEmpty {
            let bad = view.sending.spike.unknown + view.sending.spike.refusals
            return bad >= 3 && bad * 25 >= view.sending.spike.recipients ? .compromisedAccount : .sendingSpike
        }
        if hasAbuse { return .compromisedAccount }
        return hasGuess ? .successAfterFailures : .manyNetworks
    }

    private func summary(_ kind: Finding.Kind, _ addresses: Int, _ recipients: Int) -> String {
        let from = addresses == 1 ? "one alien address" : "\(addresses) alien addresses"
        return switch kind {
        case .compromisedAccount where addresses == 0:
            "sends spam from its usual place: an infected computer, or a password used from there"
        case .compromisedAccount: "was used by a stranger from \(from); \(recipients) recipients were written to"
        case .spammingScript: "sends spam from this server itself: \(recipients) recipients"
        case .spammingClient: "relays spam without a login: \(recipients) recipients"
        case .successAfterFailures: "was entered after failed attempts, from \(from); no spam seen yet"
        case .manyNetworks: "was entered from \(from) in unrelated networks"
        default: "sent far more than it used to: \(recipients) recipients"
        }
    }

    private func benign(_ kind: Finding.Kind, _ suspects: [AccountView.Use]) -> String? {
        switch kind {
        case .sendingSpike: "a newsletter, an invitation to many, or a new program that sends by this account"
        case .successAfterFailures: "the user mistyped, or a device kept an old password, while on the move"
        case .manyNetworks:
            "a mobile device, a VPN or a mail app whose servers fetch for it (their logins come from the app's maker)"
        case .compromisedAccount where Finding.confidence(score) < .high:
            "a journey on which the user sent more than usual"
        case .spammingScript where Finding.confidence(score) < .high:
            "a shop or forum that had a busy day, or a new mailing list"
        case .spammingClient where Finding.confidence(score) < .high:
            "an application server or printer with more to report than usual"
        default: nil
        }
    }

    private func use(of use: AccountView.Use) -> Finding.AddressUse {
        Finding.AddressUse(
            address: use.address, first: use.record.firstSuccess,
            last: max(use.record.lastSuccess, use.record.lastMessage),
            logins: Int(use.record.successes), failures: Int(use.record.failuresBefore),
            messages: Int(use.record.messages),
            recipients: Int(use.record.recipients), place: use.place?.text)
    }

    private func days() -> [(day: Int, recipients: Int, failed: Int)] {
        var days: [(day: Int, recipients: Int, failed: Int)] = []
        var bin = view.sending.firstBin
        while bin != noRecord, days.count < 1000 {
            let record = builder.analysis.bins[bin]
            days.append((Int(record.day), Int(max(record.recipients, record.messages)), Int(record.failed)))
            bin = record.next
        }
        let sending = view.sending
        if sending.dayRecipients > 0 || sending.dayFailed > 0 {
            days.append(
                (Int(sending.day), Int(max(sending.dayRecipients, sending.dayMessages)), Int(sending.dayFailed)))
        }
        return days
    }

    private func timeline(_ suspects: [AccountView.Use]) -> [Finding.Moment] {
        var moments: [Finding.Moment] = []
        func add(_ seconds: UInt32, _ text: String, _ ref: EvidenceRef) {
            guard seconds > 0 else { return }
            moments.append(
                Finding.Moment(seconds: seconds, text: text, evidence: ref == .none ? nil : Finding.Evidence(ref)))
        }
        if view.record.firstFailure > 0, hasGuess {
            add(view.record.firstFailure, "first failed login of this account", view.record.failureRef)
        }
        for (index, use) in suspects.enumerated() where index < 60 {
            let place = use.place?.text.map { " (\($0))" } ?? ""
            add(
                use.record.firstSuccess,
                "\(index == 0 ? "first alien login" : "alien login") from \(use.address)\(place)", use.record.successRef
            )
            if use.record.messages > 0, use.record.firstMessage > use.record.firstSuccess {
                add(use.record.firstMessage, "first message from \(use.address)", use.record.messageRef)
            }
        }
        let spike = view.sending.spike
        if !spike.isEmpty {
            add(spike.start, "sending rises above the account's past", spike.ref)
            add(spike.end, "last message above the account's past", .none)
        }
        if view.sending.refusalFirst > 0 {
            add(view.sending.refusalFirst, "first refusal as spam", view.sending.refusalRef)
        }
        return moments.sorted { ($0.seconds, $0.text) < ($1.seconds, $1.text) }
    }

    private func evidence(_ suspects: [AccountView.Use]) -> [Finding.Evidence] {
        var refs = suspects.prefix(6).flatMap { [$0.record.successRef, $0.record.messageRef] }
        refs += [view.sending.spike.ref, view.sending.refusalRef]
        if hasGuess { refs.insert(view.record.failureRef, at: 0) }
        var seen: Set<EvidenceRef> = []
        return refs.filter { $0 != .none && seen.insert($0).inserted }.prefix(10).map { Finding.Evidence($0) }
    }
}
