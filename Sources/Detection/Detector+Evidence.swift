import MailTypes

/// How the message's own log-odds come about: what its text says, corrected by how it is sent.
extension Detector {
    /// What behaviour adds at most: volume alone never makes spam.
    private static let behaviourLimit = 3.0
    /// What receivers' answers add at most.
    private static let receptionLimit = 4.0
    /// Beyond these the content model's word is taken as no stronger: one odd text must not decide for a week.
    private static let contentRange = -8.0...10.0

    func weigh(_ event: SubmissionEvent, _ places: Places, new: Int) -> (evidence: [Evidence], logOdds: Double) {
        let content = min(
            max(clipped(event.contentLogOdds), Self.contentRange.lowerBound), Self.contentRange.upperBound)
        // Behaviour speaks in full where the text is doubtful, and hardly at all where it is plainly ordinary: newsletters
        // and invoice runs go to many, fast, and are no spam.
        let openness = min(1, max(0, (content + 3) / 3))
        var evidence: [Evidence] = []
        let seconds = event.time.seconds
        let principal = places.principal(in: self)
        let behaviour =
            rate(principal, seconds) + firstTime(principal, new: new, of: event.recipients.count, seconds)
            + spread(event, places, seconds) + identities(event, principal)
        let reception = reception(principal, seconds)
        let binding: [Evidence] =
            event.senderIsBound
            ? [] : [Evidence(.senderBinding, logOdds: 1, "the sender address lies outside the customer's domains")]
        evidence += scaled(behaviour + binding, by: openness, limit: Self.behaviourLimit)
        evidence += scaled(reception, by: max(0.25, openness), limit: Self.receptionLimit)
        let logOdds = evidence.reduce(content) { $0 + $1.logOdds }
        let percent = 100 / (1 + Exponential.of(-content))
        evidence.append(
            Evidence(
                .content, logOdds: content,
                "the text's log-odds of spam are \(Figure.signed(content)) (\(Figure.decimal(percent, places: 1)) % at even odds)"
            ))
        return (evidence, logOdds)
    }

    /// Each weakened alike, so that they add up to `limit` at most; those that come to nothing are dropped.
    private func scaled(_ evidence: [Evidence], by openness: Double, limit: Double) -> [Evidence] {
        let total = evidence.reduce(0) { $0 + $1.logOdds }
        guard total > 0, openness > 0 else { return [] }
        let factor = openness * min(1, limit / total)
        return evidence.map { Evidence($0.kind, logOdds: $0.logOdds * factor, $0.summary) }
            .filter { $0.logOdds >= 0.05 }
    }

    /// Messages and recipients of this hour against the source's usual hour; from 20 on.
    private func rate(_ state: SourceState, _ seconds: Int64) -> [Evidence] {
        let messages = state.messages.inHour(at: seconds)
        let recipients = state.recipients.inHour(at: seconds)
        let usualMessages = max(10, 2 * state.messages.usualHour)
        let usualRecipients = max(20, 2 * state.recipients.usualHour)
        let excess = max(messages / usualMessages, recipients / usualRecipients)
        guard excess > 1, messages >= 20 || recipients >= 40 else { return [] }
        return [
            Evidence(
                .rate, logOdds: min(2, 0.7 * NaturalLogarithm.of(excess)),
                "\(Int(messages)) messages to \(Int(recipients)) recipients in an hour, where \(Figure.decimal(state.messages.usualHour, places: 1)) to \(Figure.decimal(state.recipients.usualHour, places: 1)) are usual"
            )
        ]
    }

    /// Recipients never written to before, against the source's usual share of them; from 5 in an hour on.
    private func firstTime(_ state: SourceState, new: Int, of count: Int, _ seconds: Int64) -> [Evidence] {
        let hourNew = state.newRecipients.estimate(at: seconds, width: Rates.widths.hour)
        let hour = max(1, state.recipients.inHour(at: seconds))
        guard new > 0, hourNew >= 5, (state.memory?.total ?? 0) >= 5 else { return [] }
        let share = min(1, hourNew / hour)
        let surprise = NaturalLogarithm.of(share / max(0.1, state.usualNewShare))
        guard surprise > 0 else { return [] }
        let certainty = min(1, hourNew / 20)
        return [
            Evidence(
                .firstTimeRecipients, logOdds: min(2, surprise * certainty),
                "\(new) of \(count) recipients are new to this sender, \(Int(hourNew)) of \(Int(hour)) in this hour"
            )
        ]
    }

    /// Near-copies of one text: how many in the hour, through whom, and what was found of them before.
    private func spread(_ event: SubmissionEvent, _ places: Places, _ seconds: Int64) -> [Evidence] {
        guard let place = places.campaign, let sighting = event.campaign else { return [] }
        let state = campaigns[place]
        var evidence: [Evidence] = []
        let hour = state.messages.inHour(at: seconds)
        let recipients = state.recipients.inHour(at: seconds)
        if hour >= 5 || recipients >= 10 {
            let new = state.newRecipients.estimate(at: seconds, width: Rates.widths.hour)
            evidence.append(
                Evidence(
                    .campaign, logOdds: min(2, 0.5 * NaturalLogarithm.of(max(hour, recipients / 2) / 2.5)),
                    "\(Int(hour)) near-copies of one text to \(Int(recipients)) recipients in an hour, \(Int(min(new, recipients))) of them new to the sender"
                ))
        }
        let elsewhere = sighting.earlier - Int(state.messages.inDay(at: seconds))
        if elsewhere >= 5 {
            evidence.append(
                Evidence(
                    .campaign, logOdds: min(1, 0.3 * NaturalLogarithm.of(Double(elsewhere))),
                    "\(elsewhere) near-copies came through other customers since \(sighting.firstSeen.iso8601)"))
        }
        if state.suspectsInSum > 0 {
            evidence.append(
                Evidence(
                    .campaign, logOdds: min(1.5, 0.5 * Double(state.suspectsInSum)),
                    "\(state.suspectsInSum) earlier near-copies of this text were suspect"))
        }
        return evidence
    }

    /// One account as many: envelope senders, host names and addresses of a day against those of the day before.
    private func identities(_ event: SubmissionEvent, _ state: SourceState) -> [Evidence] {
        guard event.identity.account != nil else { return [] }
        var evidence: [Evidence] = []
        for (seen, floor, what) in [
            (state.senders, 4.0, "envelope senders"), (state.heloNames, 5.0, "host names"),
            (state.addresses, 5.0, "client addresses"),
        ] {
            let usual = max(floor, 2 * seen.estimateYesterday)
            guard seen.estimate > usual else { continue }
            evidence.append(
                Evidence(
                    .identity, logOdds: min(1.5, 0.7 * NaturalLogarithm.of(seen.estimate / usual) + 0.3),
                    "about \(Int(seen.estimate.rounded())) different \(what) of one account today"))
        }
        return evidence
    }

    /// What receivers said to the source's mail of today and yesterday; from ten answers and five bad ones on.
    private func reception(_ state: SourceState, _ seconds: Int64) -> [Evidence] {
        func day(_ count: WindowCount) -> Double { count.estimate(at: seconds, width: Rates.widths.day) }
        let (unknown, refused) = (day(state.unknown), day(state.refused))
        let all = day(state.delivered) + unknown + refused
        guard all >= 10 else { return [] }
        var evidence: [Evidence] = []
        if unknown >= 5, unknown / all > 0.08 {
            evidence.append(
                Evidence(
                    .unknownRecipients, logOdds: min(2, NaturalLogarithm.of(unknown / all / 0.08)),
                    "\(Int(unknown)) of \(Int(all)) recipients in a day did not exist"))
        }
        if refused >= 5, refused / all > 0.05 {
            evidence.append(
                Evidence(
                    .policyRefusals, logOdds: min(2.5, NaturalLogarithm.of(refused / all / 0.05)),
                    "receivers refused \(Int(refused)) of \(Int(all)) recipients in a day by their policy"))
        }
        return evidence
    }
}

/// Numbers for people, without Foundation.
enum Figure {
    static func decimal(_ value: Double, places: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "?" }
        let scale = places == 1 ? 10 : 1
        let whole = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && whole > 0 ? "-" : ""
        return places == 1 ? "\(sign)\(whole / 10).\(whole % 10)" : "\(sign)\(whole)"
    }

    static func signed(_ value: Double) -> String { (value >= 0 ? "+" : "") + decimal(value, places: 1) }
}
