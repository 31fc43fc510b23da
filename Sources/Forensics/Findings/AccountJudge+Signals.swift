import MailTypes

extension AccountJudge {
    /// How far the account left its own past, and how much of that came from suspect addresses.
    mutating func weighSpike(_ suspects: [AccountView.Use]) {
        let spike = view.sending.spike
        guard !spike.isEmpty else { return }
        let usual = max(10, Double(spike.usualHour))
        let hourly = Double(spike.peakHour) / usual
        let daily = Double(spike.recipients) / max(25, Double(spike.usualDay)) / 1.5
        let ratio = max(1, max(hourly, daily))
        var worth = min(4.5, max(1, logarithm2(ratio)))
        let perMessage = Double(spike.recipients) / Double(max(1, spike.messages))
        if spike.messages <= 5, perMessage >= 20 {
            worth -= 2.5
            signals.append("few messages with many recipients each: the shape of a newsletter")
        }
        if spike.pastDays >= 5 { worth += 0.5 }
        if spike.pastDays < 2, view.record.kind == .login { worth -= 1 }
        score += worth
        hasAbuse = true
        signals.append(
            "sent to \(spike.recipients) recipients, up to \(spike.peakHour) an hour; before, at most \(spike.usualHour) an "
                + "hour on \(spike.pastDays) days with mail")
        let foreign = suspects.reduce(0) { $0 + Int($1.record.recipients) }
        guard foreign > 0 else { return }
        let share = Double(foreign) / Double(max(1, spike.recipients))
        if share >= 0.5 {
            score += 2.5
            signals.append("it came from addresses in networks that the account had never used")
        }
    }

    /// What receivers made of it.
    mutating func weighResults(_ suspects: [AccountView.Use]) {
        let spike = view.sending.spike
        let byPairs = suspects.reduce((unknown: 0, refusals: 0, recipients: 0)) {
            (
                $0.unknown + Int($1.record.unknown), $0.refusals + Int($1.record.refusals),
                $0.recipients + Int($1.record.recipients)
            )
        }
        let unknown = max(Int(spike.unknown), byPairs.unknown)
        let refusals = max(Int(spike.refusals), byPairs.refusals)
        let recipients = max(1, max(Int(spike.recipients), byPairs.recipients))
        if unknown >= 5, unknown * 100 >= recipients * 4 {
            score += unknown * 100 >= recipients * 10 ? 2.5 : 1.5
            hasAbuse = true
            signals.append("\(unknown) recipients did not exist: a bought or old list")
        }
        if refusals >= 3 {
            score += refusals >= 10 ? 2.5 : 1.5
            hasAbuse = true
            signals.append("\(refusals) times receivers refused it as spam, by policy or by a blocklist")
        }
        let foreign = byPairs.recipients
        if foreign >= 20, spike.isEmpty {
            score += 1
            hasAbuse = true
            signals.append("\(foreign) recipients were written to from networks that the account had never used")
        }
        if !spike.isEmpty, view.sending.senders.estimate >= 8, view.record.kind == .login {
            score += 1.5
            signals.append("\(view.sending.senders.text) different sender addresses")
        }
    }

    /// How the suspects came in.
    mutating func weighLogins(_ suspects: [AccountView.Use]) {
        guard !suspects.isEmpty else { return }
        let guesses = suspects.map { Int($0.record.failuresBefore) }.max() ?? 0
        if guesses >= 3 {
            var worth = min(6, logarithm2(Double(guesses)))
            // A device with an old password fails for hours too; but then it goes on reading mail for days.
            if suspects.allSatisfy({ $0.record.activeDays >= 2 && $0.record.recipients < 20 && !$0.isAttacker }) {
                worth -= 3
            }
            score += worth + 1
            hasGuess = hasGuess || guesses >= 5
            signals.append("success after \(guesses) failed logins from the same address")
        }
        if suspects.contains(where: { $0.record.flags & PairRecord.guessed != 0 }) {
            score += 2
            hasGuess = true
            signals.append(
                "the account was being guessed from \(view.record.failingAddresses.text) addresses at that time")
        }
        if suspects.contains(where: \.isAttacker) {
            score += 3
            hasGuess = true
            signals.append("an address that got in had tried the passwords of many other accounts")
        }
        if suspects.contains(where: { builder.accomplices.contains($0.record.address) }), !accomplicesAreOwn(suspects) {
            score += 2.5
            hasGuess = true
            signals.append("the same addresses used other stolen accounts")
        }
        weighNetworks(suspects)
    }

    /// True when nobody else was used from the suspects' addresses: then being an accomplice says nothing new.
    private func accomplicesAreOwn(_ suspects: [AccountView.Use]) -> Bool {
        !suspects.contains { builder.analysis.addresses.records[$0.record.address].okAccounts >= 2 }
    }

    private mutating func weighNetworks(_ suspects: [AccountView.Use]) {
        var best = 0
        var start = 0
        let sorted = suspects.sorted { $0.record.firstSuccess < $1.record.firstSuccess }
        for end in sorted.indices {
            while sorted[end].record.firstSuccess - sorted[start].record.firstSuccess > AccountJudge.day { start += 1 }
            best = max(best, Set(sorted[start...end].map { AccountView.region($0.address) }).count)
        }
        let countries = Set(suspects.compactMap { $0.place?.country })
        if best >= 4 {
            manyNetworks = best
            score += best >= 12 ? 4.5 : best >= 6 ? 3 : 1.5
            signals.append("used from \(best) new networks within a day")
        }
        if countries.count >= 3 {
            score += 1.5
            signals.append("from \(countries.count) countries: \(countries.sorted().prefix(8).joined(separator: ", "))")
        }
        if let jump = Travel.impossible(view) {
            score += suspects.isEmpty ? 0 : 2
            signals.append(jump)
        }
    }
}

/// Distances that nobody travels in the time.
enum Travel {
    /// A sentence about the fastest jump above 1,000 km/h over more than 500 km; `nil` without places or jumps.
    static func impossible(_ view: AccountView) -> String? {
        var previous: AccountView.Use?
        for use in view.uses where !use.isShared {
            defer { previous = use }
            guard let before = previous, let a = before.place, let b = use.place, let lat1 = a.latitude,
                let lon1 = a.longitude, let lat2 = b.latitude, let lon2 = b.longitude
            else { continue }
            let km = distance(lat1, lon1, lat2, lon2)
            let from = max(before.record.firstSuccess, min(before.record.lastSuccess, use.record.firstSuccess))
            let hours = max(1.0 / 60, Double(use.record.firstSuccess - from) / 3600)
            if km > 500, km / hours > 1000 {
                return
                    "impossible travel: \(Int(km)) km in \(Int(hours * 60)) minutes (\(a.country ?? "?") to \(b.country ?? "?"))"
            }
        }
        return nil
    }
}
