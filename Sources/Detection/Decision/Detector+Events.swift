import MailTypes

/// What comes beside submissions.
extension Detector {
    /// Counts what a receiver answered.
    package mutating func observe(_ outcome: OutcomeEvent) {
        update(outcome.identity, outcome.campaign) { state in
            // Outcomes come late and in any order; they do not move the source's clock back.
            state.advance(to: max(state.last, outcome.time))
            switch outcome.result {
            case .delivered: state.delivered.add(1)
            case .unknownRecipient: state.unknown.add(1)
            case .policyRefusal: state.refused.add(1)
            case .otherFailure, .deferred: break
            }
        }
    }

    /// Takes word from outside. A sender who calls his own spam good moves only his own sum.
    package mutating func observe(_ feedback: FeedbackEvent) {
        let policy = self.policy
        update(feedback.identity, feedback.campaign) { state in
            state.advance(to: max(state.last, feedback.time))
            switch feedback.kind {
            case .complaint: state.complaints = min(state.complaints + 1, 100)
            case .bounce: state.unknown.add(1)
            case .trap: state.traps = min(state.traps + 1, 100)
            case .listing: state.complaints = min(state.complaints + 2, 100)
            case .foundGood:
                state.sum = max(0, state.sum - policy.largestStep)
                if state.sum == 0 { state.forgetSum() }
            case .foundSpam:
                state.accumulate(policy.largestStep + policy.drift, isSuspect: true, policy: policy, at: feedback.time)
            }
        }
    }

    /// Notes a message that was judged and could not be kept: the client has it, and brings it again.
    package mutating func observe(returned message: ReturnedEvent) {
        returned.table.set(.init(time: message.time, isLearnt: true), for: message.message)
    }

    private mutating func update(
        _ identity: SubmissionIdentity, _ campaign: CampaignID?, _ change: (inout SourceState) -> Void
    ) {
        let customer = identity.customer
        if let campaign, let place = campaigns.known(.campaign(campaign, customer)) { change(&campaigns[place]) }
        if let account = identity.account, let place = accounts.known(.account(account, customer)) {
            change(&accounts[place])
        }
        if let place = servers.known(.server(identity.server, customer)) { change(&servers[place]) }
        if let place = customers.known(.customer(customer)) { change(&customers[place]) }
    }

    /// Notes a login: what casts doubt is a network that neither the account nor its customer ever used.
    package mutating func observe(_ login: LoginEvent) {
        let (time, seconds) = (login.time, login.time.seconds)
        let source = SourceID.account(login.account, login.customer)
        let place = accounts.place(of: source, at: time)
        accounts[place].advance(to: max(accounts[place].last, time))
        guard login.succeeded else {
            accounts[place].withLogins {
                $0.advance(to: time)
                $0.failures.add(1)
            }
            return
        }
        let customer = customers.place(of: .customer(login.customer), at: time)
        customers[customer].advance(to: max(customers[customer].last, time))
        let network = login.network
        let own = accounts[place].habits
        let all = customers[customer].habits
        let isKnown = own?.networks.knows(network) ?? false
        let (isForeign, isDomestic) = country(login, own, all)
        let isKnownToCustomer = all?.networks.knows(network) ?? false
        // The very first of a customer tells nothing.
        if isKnown || isKnownToCustomer || all?.networks.isEmpty ?? true {
            noteNetwork(network, place, customer, at: seconds)
            note(login.country, place, customer, at: seconds)
            if isKnown { noteHome(login, place) }
            return
        }
        let key = TraitMemory.hash(network)
        let today = TraitMemory.day(seconds)
        if let entry = accounts[place].logins?.networks.entries.first(where: { $0.hash == key }) {
            // Days have gone by and nothing came of it: it is a place of the account's now.
            if entry.firstDay + 5 <= today, networks.known(key)?.isTainted(at: time) != true {
                noteNetwork(network, place, customer, at: seconds)
                note(login.country, place, customer, at: seconds)
                noteHome(login, place)
            }
            accounts[place].withLogins { $0.networks.note(network, at: seconds, capacity: Habits.Capacity.some) }
            return
        }
        let visitor = StableHash.of(source.description)
        networks.update(key) { $0.note(visitor, at: time) }
        let state = networks.known(key)
        let isShared = (state?.visitors.count ?? 0) >= 2 || state?.isTainted(at: time) == true
        let isFirst = own?.networks.isEmpty ?? true
        accounts[place].withLogins {
            $0.advance(to: time)
            if $0.strange == 0 { $0.strangeSince = time }
            // Of an account about which nothing is known a new place says little; one in the country where the account
            // always is says less than one elsewhere.
            $0.strange = min($0.strange + (isFirst ? 0.3 : isDomestic ? 0.6 : 1), 16)
            if isForeign { $0.abroad = 1 }
            if $0.failures.estimate(at: seconds, width: Rates.widths.day) >= 3 { $0.guessed = 1 }
            if isShared { $0.shared = 1 }
            $0.networks.note(network, at: seconds, capacity: Habits.Capacity.some)
        }
        if isFirst { noteNetwork(network, place, nil, at: seconds) }
    }

    /// The account's owner was last seen there.
    private mutating func noteHome(_ login: LoginEvent, _ account: Int) {
        accounts[account].withLogins {
            ($0.latest, $0.latestTime) = (StableHash.network(login.address), max($0.latestTime, login.time))
        }
    }

    /// Whether a login's country is new to account and customer, and whether it is the account's own.
    private func country(_ login: LoginEvent, _ own: Habits?, _ all: Habits?) -> (isForeign: Bool, isDomestic: Bool) {
        guard login.country != 0, let all, !all.countries.isEmpty else { return (false, false) }
        let country = UInt64(login.country)
        let isDomestic = own?.countries.knows(country) ?? false
        return (!isDomestic && !all.countries.knows(country), isDomestic)
    }

    private mutating func note(_ country: UInt16, _ account: Int, _ customer: Int, at seconds: Int64) {
        guard country != 0 else { return }
        accounts[account].withHabits {
            $0.countries.note(UInt64(country), at: seconds, capacity: Habits.Capacity.few)
        }
        customers[customer].withHabits {
            $0.countries.note(UInt64(country), at: seconds, capacity: Habits.Capacity.some)
        }
    }

    private mutating func noteNetwork(_ network: UInt64, _ account: Int, _ customer: Int?, at seconds: Int64) {
        accounts[account].withHabits { $0.networks.note(network, at: seconds, capacity: Habits.Capacity.networks) }
        if let customer {
            customers[customer].withHabits {
                $0.networks.note(network, at: seconds, capacity: Habits.Capacity.networksOfCustomer)
            }
        }
    }
}
