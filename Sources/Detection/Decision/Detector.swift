package import MailTypes

/// Folds submissions and their outcomes into what is known of each source, and judges them by it.
///
/// A value without clock, randomness or I/O: the same events give the same verdicts, also with a snapshot taken and
/// restored in between. Memory is bounded by `Capacity`; at most 6 KiB a source.
///
/// Each message is measured against its sources' past (`Feature`), which gives its log-odds. They are added to a cumulative
/// sum of each source it belongs to (CUSUM, Page 1954), which never goes below zero, so that a long clean record cannot
/// hide a new compromise. A source is stopped when its sum reaches the policy's threshold and the volume floors are met:
/// the smallest one that explains the spam.
package struct Detector: Sendable {
    /// Sources remembered of each scope; the least recently seen go first. A scope cannot push out another's.
    package struct Capacity: Hashable, Sendable {
        package var campaigns = 50_000
        package var accounts = 100_000
        package var servers = 20_000
        package var customers = 10_000
        package var networks = 20_000
        /// 64-bit words of the relay's memory of recipients, twice: a power of two. The default holds 260,000 in 45 days.
        package var relayWords = 32_768
        /// Held submissions whose release is still open.
        package var held = 10_000
        /// Addresses that may be traps, and messages that were sent back to their clients.
        package var traps = 20_000
        package var returned = 20_000

        package init() {}
    }

    package var policy: DetectionPolicy
    var campaigns: SourceTable
    var accounts: SourceTable
    var servers: SourceTable
    var customers: SourceTable
    var networks: NetworkTable
    var relay: RelayMemory
    var held: HeldQueue
    var traps: TrapMemory
    var returned: ReturnedMail

    package init(policy: DetectionPolicy = DetectionPolicy(), capacity: Capacity = Capacity()) {
        self.policy = policy
        campaigns = SourceTable(capacity: capacity.campaigns)
        accounts = SourceTable(capacity: capacity.accounts)
        servers = SourceTable(capacity: capacity.servers)
        customers = SourceTable(capacity: capacity.customers)
        networks = NetworkTable(capacity: capacity.networks)
        relay = RelayMemory(words: capacity.relayWords)
        held = HeldQueue(capacity: capacity.held)
        traps = TrapMemory(capacity: capacity.traps)
        returned = ReturnedMail(capacity: capacity.returned)
    }

    /// Sources remembered, of all scopes.
    package var count: Int { campaigns.count + accounts.count + servers.count + customers.count }

    /// Counts a submission and judges it. A message that a plain limit turns away is not counted: the client will bring it
    /// again. One that was counted and then sent back to its client (`throttle`, or `observe(returned:)`) is not counted a
    /// second time.
    package mutating func judge(_ event: SubmissionEvent) -> Verdict { judge(event, measured: { _ in }) }

    /// - Parameter measured: told the measures, from which weights are found.
    package mutating func judge(_ event: SubmissionEvent, measured: (FeatureValues) -> Void) -> Verdict {
        let places = places(of: event.identity, campaign: event.campaign?.campaign, at: event.time)
        let enforces = policy.mode(of: event.identity.customer) == .enforce
        let limit = exceededLimit(event, places)
        if let limit, enforces {
            return Verdict(
                .throttle, evidence: [limit], logOdds: clipped(event.contentLogOdds), campaign: event.campaign?.campaign
            )
        }
        let (x, facts) = measure(event, places)
        measured(x)
        let logOdds = clipped(policy.weights.logOdds(x))
        let narrator = Narrator(weights: policy.weights, event: event, x: x, facts: facts)
        var evidence = narrator.evidence(isBrief: logOdds < policy.explainFrom)
        if let limit { evidence.append(limit) }

        let isSuspect = logOdds >= policy.suspect
        let past = history(places, logOdds)
        if let past { evidence.append(past) }
        let message = event.identityOfMessage
        let before = returned.known(message, at: event.time)
        let wasCovered = isStopped(places, at: event.time)
        var stop: SourceID?
        if before == nil {
            count(event, places, facts)
            stop = accumulate(event, places, logOdds: logOdds, isSuspect: isSuspect)
        }
        let isCovered = stop != nil || isStopped(places, at: event.time)
        let recommended = action(
            event, places, logOdds: logOdds, history: past?.logOdds ?? 0, isCovered: isCovered,
            wasCovered: wasCovered, limit: limit != nil)
        if recommended == .deliver, !isSuspect, !isCovered, before?.isLearnt != true { learn(event, places) }
        if isCovered, isSuspect { traps.note(event.recipients, of: event.identity.customer, at: event.time.seconds) }
        if recommended == .throttle, enforces {
            returned.table.set(.init(time: event.time, isLearnt: false), for: message)
        } else if before != nil {
            returned.table.forget(message)
        }
        evidence.sort { abs($0.logOdds) > abs($1.logOdds) }
        var verdict = Verdict(
            enforces ? recommended : .deliver, evidence: evidence, logOdds: logOdds, campaign: event.campaign?.campaign,
            stop: enforces ? stop : nil)
        if !enforces, recommended != .deliver || stop != nil {
            verdict.observed = Verdict.Observed(action: recommended, stop: stop)
        }
        if verdict.action == .hold {
            held.append(
                HeldQueue.Entry(id: event.id, source: principal(event.identity), time: event.time, logOdds: logOdds))
        }
        return verdict
    }

    /// What a source has been shown to be; `nil` if it is not remembered.
    package func suspicion(of source: SourceID) -> Suspicion? {
        let table = table(source.scope)
        guard let place = table.known(source) else { return nil }
        let state = table[place]
        return Suspicion(sum: state.sum, suspects: Int(state.suspectsInSum), since: state.sumBegan)
    }

    /// A source's cumulative sum and the suspect messages behind it.
    package struct Suspicion: Hashable, Sendable {
        package var sum: Double
        package var suspects: Int
        package var since: Timestamp
    }

    func table(_ scope: SourceID.Scope) -> SourceTable {
        switch scope {
        case .campaign: campaigns
        case .account: accounts
        case .server: servers
        case .customer: customers
        }
    }

    /// The smallest sender known: the account, or else the server.
    func principal(_ identity: SubmissionIdentity) -> SourceID {
        identity.account.map { .account($0, identity.customer) } ?? .server(identity.server, identity.customer)
    }

    /// Where one submission's sources are, in their tables.
    struct Places {
        var campaign: Int?
        var account: Int?
        var server: Int
        var customer: Int
    }

    func withPrincipal<R>(_ places: Places, _ body: (SourceState) -> R) -> R {
        if let place = places.account { body(accounts[place]) } else { body(servers[places.server]) }
    }

    private mutating func places(of identity: SubmissionIdentity, campaign: CampaignID?, at time: Timestamp) -> Places {
        let customer = identity.customer
        let places = Places(
            campaign: campaign.map { campaigns.place(of: .campaign($0, customer), at: time) },
            account: identity.account.map { accounts.place(of: .account($0, customer), at: time) },
            server: servers.place(of: .server(identity.server, customer), at: time),
            customer: customers.place(of: .customer(customer), at: time))
        if let place = places.campaign { campaigns[place].advance(to: time) }
        if let place = places.account { accounts[place].advance(to: time) }
        servers[places.server].advance(to: time)
        customers[places.customer].advance(to: time)
        return places
    }

    /// Counts the message everywhere.
    private mutating func count(_ event: SubmissionEvent, _ places: Places, _ facts: Facts) {
        func every(_ state: inout SourceState) {
            state.messages.add(1)
            state.recipients.add(event.recipients.count)
            state.newRecipients.add(facts.newToCustomer)
            state.newRecipientsInDay.add(facts.newToSender)
            state.firstTimeInMinute.add(facts.newToSender)
            state.firstTimeInHour.add(facts.newToSender)
        }
        func principal(_ state: inout SourceState) {
            // Of a server many senders are nothing new, many domains are.
            let sender = event.identity.account == nil ? event.senderDomain : event.sender
            state.senders.insert(sender, at: event.time.seconds)
            state.heloNames.insert(event.helo, at: event.time.seconds)
        }
        if let place = places.campaign { every(&campaigns[place]) }
        if let place = places.account {
            every(&accounts[place])
            principal(&accounts[place])
        } else {
            principal(&servers[places.server])
        }
        every(&servers[places.server])
        every(&customers[places.customer])
    }

    /// Takes a message that is not suspect into its sources' habits.
    private mutating func learn(_ event: SubmissionEvent, _ places: Places) {
        let seconds = event.time.seconds
        func own(_ state: inout SourceState) {
            let (messages, recipients) = (state.messages.inHour(at: seconds), state.recipients.inHour(at: seconds))
            state.withHabits {
                $0.learn(event)
                $0.notePeak(messages: messages, recipients: recipients, at: seconds)
            }
        }
        if let place = places.account { own(&accounts[place]) } else { own(&servers[places.server]) }
        func note(_ state: inout SourceState) {
            if event.identity.account == nil {
                state.unnamed = min(state.unnamed + 1, .max - 1)
            } else {
                state.named = min(state.named + 1, .max - 1)
            }
        }
        note(&servers[places.server])
        note(&customers[places.customer])
        customers[places.customer].withHabits { $0.learn(event, networks: Habits.Capacity.networksOfCustomer) }
        relay.learn(event)
        traps.forget(event.recipients)
    }
}

extension StableHash {
    static func of(_ address: IPAddress) -> UInt64 {
        switch address {
        case .v4(let bits): mix(UInt64(bits))
        case .v6(let high, let low): mix(high ^ mix(low))
        }
    }
}

/// Shared by the message's evidence and the verdict.
func clipped(_ logOdds: Double) -> Double { logOdds.isFinite ? min(max(logOdds, -20), 20) : 0 }
