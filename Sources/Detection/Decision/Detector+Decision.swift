package import MailTypes

/// From one message's log-odds to what is done with it, and with its sources.
extension Detector {
    /// A thief who waits longer than this after his last login logs in again.
    private static let daysToTaint = 3

    /// What the sender's suspicion adds. Suspicion that is already there makes doubtful mail worth holding, never clean
    /// mail.
    func history(_ places: Places, _ logOdds: Double) -> Evidence? {
        withPrincipal(places) { state in
            guard state.sum > 0, state.suspectsInSum > 0, logOdds > policy.historyFrom else { return nil }
            return Evidence(
                .history, logOdds: min(policy.largestHistory, state.sum / 2),
                "\(state.suspectsInSum) suspect messages of this sender since \(state.sumBegan.iso8601), cumulative log-odds \(Figure.signed(state.sum))"
            )
        }
    }

    /// deliver → throttle → hold, and what a stop makes of it.
    func action(
        _ event: SubmissionEvent, _ places: Places, logOdds: Double, history: Double, isCovered: Bool, wasCovered: Bool,
        limit: Bool
    ) -> Verdict.Action {
        if limit { return .throttle }
        if isCovered { return policy.actionUnderStop(logOdds, isNew: !wasCovered) }
        if logOdds + history >= policy.hold { return .hold }
        // Only a server tries again by itself.
        guard event.identity.evidence != .login, logOdds > policy.historyFrom else { return .deliver }
        return withPrincipal(places) { $0.sum >= policy.throttle && $0.suspectsInSum > 0 } ? .throttle : .deliver
    }

    func isStopped(_ places: Places, at time: Timestamp) -> Bool {
        if let place = places.campaign, campaigns[place].isStopped(policy, at: time) { return true }
        if let place = places.account, accounts[place].isStopped(policy, at: time) { return true }
        return servers[places.server].isStopped(policy, at: time)
            || customers[places.customer].isStopped(policy, at: time)
    }

    /// Adds the message to the sums of its sources, and names the one to stop, if the proof is complete.
    mutating func accumulate(
        _ event: SubmissionEvent, _ places: Places, logOdds: Double, isSuspect: Bool
    ) -> SourceID? {
        let policy = self.policy
        func fold(_ state: inout SourceState) {
            if state.stoppedAt > .distantPast, !state.isStopped(policy, at: event.time) { state.lapse(policy) }
            state.accumulate(logOdds, isSuspect: isSuspect, policy: policy, at: event.time)
            if isSuspect { state.suspects.add(1) }
        }
        if let place = places.campaign { fold(&campaigns[place]) }
        if let place = places.account { fold(&accounts[place]) }
        fold(&servers[places.server])
        fold(&customers[places.customer])
        guard isSuspect, let source = sourceToStop(event, places) else { return nil }
        return stop(source, event, places) ? source : nil
    }

    /// Marks a source as stopped; false if it was already.
    private mutating func stop(_ source: SourceID, _ event: SubmissionEvent, _ places: Places) -> Bool {
        let (policy, time) = (self.policy, event.time)
        func mark(_ state: inout SourceState) -> Bool {
            defer { state.stoppedAt = max(time, Timestamp(microseconds: 1)) }
            return !state.isStopped(policy, at: time)
        }
        switch source {
        case .campaign: return places.campaign.map { mark(&campaigns[$0]) } ?? false
        case .account:
            guard let place = places.account, mark(&accounts[place]) else { return false }
            customers[places.customer].stoppedAccounts.note(
                StableHash.of(source.description), isStopped: true, at: time)
            taint(accounts[place], event, places)
            return true
        case .server: return mark(&servers[places.server])
        case .customer: return mark(&customers[places.customer])
        }
    }

    /// Remembers from where a stolen account was used: its strange logins of the last days, and a strange submitting network.
    /// What was strange before may be a new place of the owner's.
    private mutating func taint(_ account: SourceState, _ event: SubmissionEvent, _ places: Places) {
        let time = event.time
        let since = Int(TraitMemory.day(time.seconds)) - Self.daysToTaint
        for entry in account.logins?.networks.entries ?? [] where Int(entry.lastDay) >= since {
            networks.update(entry.hash) { $0.tainted = time }
        }
        let own = StableHash.network(event.identity.server)
        let habits = customers[places.customer].habits
        if habits?.networks.novelty(of: own, at: time.seconds) ?? 1 > 0 {
            networks.update(TraitMemory.hash(own)) { $0.tainted = time }
        }
    }

    private mutating func sourceToStop(_ event: SubmissionEvent, _ places: Places) -> SourceID? {
        let identity = event.identity
        let (customer, time) = (identity.customer, event.time)
        let server = SourceID.server(identity.server, customer)
        let hash = StableHash.of(principal(identity).description)
        if let place = places.campaign { campaigns[place].parts.note(hash, isStopped: false, at: time) }

        if let account = identity.account, let place = places.account {
            let isProven = accounts[place].isProven(policy)
            servers[places.server].parts.note(hash, isStopped: isProven, at: time)
            let serverIsProven = isWide(servers[places.server], at: time)
            if serverIsProven, noteOnCustomer(server, places, at: time) { return .customer(customer) }
            // The account's own record decides first: what was stolen is one password, until several were.
            if isProven, !accounts[place].isStopped(policy, at: time) { return .account(account, customer) }
            if serverIsProven { return server }
            return campaignToStop(event, places)
        }
        // No account is known: one text among ordinary mail is a form or a mailbox of that server, and its other mail need
        // not suffer.
        if let campaign = campaignToStop(event, places) { return campaign }
        if let place = places.campaign, campaigns[place].isProven(policy),
            isMixed(servers[places.server], at: time.seconds)
        {
            return event.campaign.map { .campaign($0.campaign, customer) }
        }
        guard servers[places.server].isProven(policy) else { return nil }
        return noteOnCustomer(server, places, at: time) ? .customer(customer) : server
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

    /// Forgets the suspicion against a source, as when an operator lifts its stop. Its counts and habits stay.
    package mutating func reinstate(_ source: SourceID) {
        let hash = StableHash.of(source.description)
        func clear(_ state: inout SourceState) {
            state.forgetSum()
            state.stoppedAt = .distantPast
            state.parts.entries = []
            state.logins = nil
        }
        switch source.scope {
        case .campaign: campaigns.known(source).map { clear(&campaigns[$0]) }
        case .account: accounts.known(source).map { clear(&accounts[$0]) }
        case .server: servers.known(source).map { clear(&servers[$0]) }
        case .customer: break
        }
        customers.known(.customer(source.customer)).map {
            customers[$0].parts.forget(hash)
            customers[$0].stoppedAccounts.forget(hash)
            if source.scope == .customer {
                clear(&customers[$0])
                customers[$0].stoppedAccounts.entries = []
            }
        }
    }
}
