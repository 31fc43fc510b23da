import MailTypes

extension Detector {
    /// Adds the message to the sums of its sources, and names the one to stop, if the proof is complete.
    mutating func accumulate(
        _ event: SubmissionEvent, _ places: Places, logOdds: Double, isSuspect: Bool, at seconds: Int64
    ) -> SourceID? {
        let policy = self.policy
        func fold(_ state: inout SourceState) {
            state.accumulate(logOdds, isSuspect: isSuspect, policy: policy, at: event.time)
            if isSuspect { state.suspects.add(1) }
        }
        if let place = places.campaign { fold(&campaigns[place]) }
        if let place = places.account { fold(&accounts[place]) }
        fold(&servers[places.server])
        fold(&customers[places.customer])
        guard isSuspect else { return nil }
        return sourceToStop(event, places, at: seconds)
    }

    private mutating func sourceToStop(_ event: SubmissionEvent, _ places: Places, at seconds: Int64) -> SourceID? {
        let identity = event.identity
        let customer = identity.customer
        let server = SourceID.server(identity.server, customer)
        let principal = identity.account.map { SourceID.account($0, customer) } ?? server
        let hash = StableHash.of(principal.description)
        if let place = places.campaign { campaigns[place].parts.note(hash, isStopped: false, at: event.time) }

        if let account = identity.account, let place = places.account {
            let isProven = accounts[place].isProven(policy)
            servers[places.server].parts.note(hash, isStopped: isProven, at: event.time)
            let serverIsProven = isWide(servers[places.server], at: event.time)
            if serverIsProven, noteOnCustomer(server, places, at: event.time) { return .customer(customer) }
            // The account's own record decides first: what was stolen is one password, until several were.
            if isProven { return serverIsProven ? server : .account(account, customer) }
            if let campaign = campaignToStop(event, places) { return campaign }
            return serverIsProven ? server : nil
        }
        // No account is known: one text among ordinary mail is a form or a mailbox of that server, and its other mail need
        // not suffer.
        if let campaign = campaignToStop(event, places) { return campaign }
        if let place = places.campaign, campaigns[place].isProven(policy), isMixed(servers[places.server], at: seconds)
        {
            return event.campaign.map { .campaign($0.campaign, customer) }
        }
        guard servers[places.server].isProven(policy) else { return nil }
        return noteOnCustomer(server, places, at: event.time) ? .customer(customer) : server
    }

    /// A campaign that several senders of a customer spread, none of them provably a spammer alone.
    private func campaignToStop(_ event: SubmissionEvent, _ places: Places) -> SourceID? {
        guard let place = places.campaign, let sighting = event.campaign else { return nil }
        let state = campaigns[place]
        guard state.isProven(policy), state.parts.count(at: event.time, window: policy.wideningWindow) >= 2 else {
            return nil
        }
        return .campaign(sighting.campaign, event.identity.customer)
    }

    /// Whether so many parts of a wider source are affected, and so much of its mail is suspect, that it is itself the
    /// one to stop.
    private func isWide(_ state: SourceState, at time: Timestamp) -> Bool {
        state.isProven(policy)
            && state.parts.weight(at: time, window: policy.wideningWindow) >= Double(policy.accountsToWiden)
            && state.suspectShare(at: time.seconds) >= policy.shareToWiden
    }

    /// Notes a stopped server on its customer; true if the customer itself is now to be stopped.
    private mutating func noteOnCustomer(_ server: SourceID, _ places: Places, at time: Timestamp) -> Bool {
        customers[places.customer].parts.note(StableHash.of(server.description), isStopped: true, at: time)
        return isWide(customers[places.customer], at: time)
    }

    /// Ordinary mail comes from the server as well: half of at least ten messages an hour.
    private func isMixed(_ state: SourceState, at seconds: Int64) -> Bool {
        state.messages.inHour(at: seconds) >= 10 && state.suspectShare(at: seconds) <= 0.5
    }

    /// The first plain limit that the message would break.
    func exceededLimit(_ event: SubmissionEvent, _ places: Places) -> Evidence? {
        let seconds = event.time.seconds
        let customer = SourceID.customer(event.identity.customer)
        if let account = event.identity.account, let place = places.account,
            let limits = policy.limits(of: .account(account, event.identity.customer)),
            let evidence = exceeded(limits, accounts[place], "account", event.recipients.count, seconds)
        {
            return evidence
        }
        return policy.limits(of: customer).flatMap {
            exceeded($0, customers[places.customer], "customer", event.recipients.count, seconds)
        }
    }

    private func exceeded(
        _ limits: DetectionPolicy.Limits, _ state: SourceState, _ name: String, _ recipients: Int, _ seconds: Int64
    ) -> Evidence? {
        let checks: [(Int?, Double, Int, String)] = [
            (limits.messagesPerHour, state.messages.inHour(at: seconds), 1, "messages an hour"),
            (limits.messagesPerDay, state.messages.inDay(at: seconds), 1, "messages a day"),
            (limits.recipientsPerHour, state.recipients.inHour(at: seconds), recipients, "recipients an hour"),
            (limits.recipientsPerDay, state.recipients.inDay(at: seconds), recipients, "recipients a day"),
        ]
        for (limit, count, more, what) in checks {
            guard let limit, count + Double(more) > Double(limit) else { continue }
            return Evidence(
                .limit, logOdds: 0, "the \(name)'s limit of \(limit) \(what) is reached (\(Int(count)) so far)")
        }
        return nil
    }

    /// Counts what a receiver answered.
    package mutating func observe(_ outcome: OutcomeEvent) {
        let customer = outcome.identity.customer
        func note(_ state: inout SourceState) {
            // Outcomes come late and in any order; they do not move the source's clock back.
            state.advance(to: max(state.last, outcome.time))
            switch outcome.result {
            case .delivered: state.delivered.add(1)
            case .unknownRecipient: state.unknown.add(1)
            case .policyRefusal: state.refused.add(1)
            case .otherFailure, .deferred: break
            }
        }
        if let campaign = outcome.campaign, let place = campaigns.known(.campaign(campaign, customer)) {
            note(&campaigns[place])
        }
        if let account = outcome.identity.account, let place = accounts.known(.account(account, customer)) {
            note(&accounts[place])
        }
        if let place = servers.known(.server(outcome.identity.server, customer)) { note(&servers[place]) }
        if let place = customers.known(.customer(customer)) { note(&customers[place]) }
    }
}
