import MailTypes

/// Plain limits, which people know and some want: asked before anything is weighed.
extension Detector {
    /// The first plain limit that the message would break.
    func exceededLimit(_ event: SubmissionEvent, _ places: Places) -> Evidence? {
        let customer = event.identity.customer
        let count = event.recipients.count
        // What the sender does not know; worked out only where a limit may ask for it.
        lazy var new = withPrincipal(places) { state in
            event.recipients.count { !(state.habits?.recipients.knows($0) ?? false) }
        }
        if let account = event.identity.account, let place = places.account,
            let limits = policy.limits(of: .account(account, customer)),
            let evidence = exceeded(limits, accounts[place], "account", count, new, event.time.seconds)
        {
            return evidence
        }
        if let limits = policy.limits(of: .server(event.identity.server, customer)),
            let evidence = exceeded(limits, servers[places.server], "server", count, new, event.time.seconds)
        {
            return evidence
        }
        return policy.limits(of: .customer(customer)).flatMap {
            exceeded($0, customers[places.customer], "customer", count, new, event.time.seconds)
        }
    }

    private func exceeded(
        _ limits: DetectionPolicy.Limits, _ state: SourceState, _ name: String, _ recipients: Int,
        _ new: @autoclosure () -> Int, _ seconds: Int64
    ) -> Evidence? {
        if limits == DetectionPolicy.Limits() { return nil }
        let counts = limits.newRecipientsPerMinute ?? limits.newRecipientsPerHour ?? limits.newRecipientsPerDay
        let new = counts == nil ? 0 : new()
        let newInMinute = state.firstTimeInMinute.estimate(at: seconds, width: Rates.widths.minute)
        let newInHour = state.firstTimeInHour.estimate(at: seconds, width: Rates.widths.hour)
        let newInDay = state.newRecipientsInDay.estimate(at: seconds, width: Rates.widths.day)
        let checks: [(Int?, Double, Int, String)] = [
            (limits.messagesPerMinute, state.messages.inMinute(at: seconds), 1, "messages a minute"),
            (limits.messagesPerHour, state.messages.inHour(at: seconds), 1, "messages an hour"),
            (limits.messagesPerDay, state.messages.inDay(at: seconds), 1, "messages a day"),
            (limits.recipientsPerMinute, state.recipients.inMinute(at: seconds), recipients, "recipients a minute"),
            (limits.recipientsPerHour, state.recipients.inHour(at: seconds), recipients, "recipients an hour"),
            (limits.recipientsPerDay, state.recipients.inDay(at: seconds), recipients, "recipients a day"),
            (limits.newRecipientsPerMinute, newInMinute, new, "first-time recipients a minute"),
            (limits.newRecipientsPerHour, newInHour, new, "first-time recipients an hour"),
            (limits.newRecipientsPerDay, newInDay, new, "first-time recipients a day"),
        ]
        for (limit, count, more, what) in checks {
            guard let limit, more > 0, count + Double(more) > Double(limit) else { continue }
            return Evidence(
                .limit, logOdds: 0, "the \(name)'s limit of \(limit) \(what) is reached (\(Int(count)) so far)")
        }
        return nil
    }
}
