package import MailTypes

/// Folds submissions and their outcomes into what is known of each source, and judges them by it.
///
/// A value without clock, randomness or I/O: the same events give the same verdicts, also with a snapshot taken and
/// restored in between. Memory is bounded by `Capacity`; at most 2 KiB a source.
///
/// Every message adds its log-odds to a cumulative sum of each source it belongs to (CUSUM, Page 1954), which never goes
/// below zero, so that a long clean record cannot hide a new compromise. A source is stopped when its sum reaches the
/// policy's threshold and the volume floors are met: the smallest one that explains the spam.
package struct Detector: Sendable {
    /// Sources remembered of each scope; the least recently seen go first. A scope cannot push out another's.
    package struct Capacity: Hashable, Sendable {
        package var campaigns = 50_000
        package var accounts = 100_000
        package var servers = 20_000
        package var customers = 10_000

        package init() {}

        func of(_ scope: SourceID.Scope) -> Int {
            switch scope {
            case .campaign: campaigns
            case .account: accounts
            case .server: servers
            case .customer: customers
            }
        }
    }

    package var policy: DetectionPolicy
    var campaigns: SourceTable
    var accounts: SourceTable
    var servers: SourceTable
    var customers: SourceTable

    package init(policy: DetectionPolicy = DetectionPolicy(), capacity: Capacity = Capacity()) {
        self.policy = policy
        campaigns = SourceTable(capacity: capacity.campaigns)
        accounts = SourceTable(capacity: capacity.accounts)
        servers = SourceTable(capacity: capacity.servers)
        customers = SourceTable(capacity: capacity.customers)
    }

    /// Sources remembered, of all scopes.
    package var count: Int { campaigns.count + accounts.count + servers.count + customers.count }

    /// Counts a submission and judges it. A message that a plain limit turns away is not counted: the client will bring it
    /// again.
    package mutating func judge(_ event: SubmissionEvent) -> Verdict {
        let seconds = event.time.seconds
        let places = places(of: event.identity, campaign: event.campaign?.campaign, at: event.time)
        let enforces = policy.mode(of: event.identity.customer) == .enforce
        let limit = exceededLimit(event, places)
        if let limit, enforces {
            return Verdict(
                .throttle, evidence: [limit], logOdds: clipped(event.contentLogOdds), campaign: event.campaign?.campaign
            )
        }
        let fresh = count(event, places)
        var (evidence, logOdds) = weigh(event, places, new: fresh)
        if let limit { evidence.append(limit) }

        // Suspicion that is already there makes doubtful mail worth holding, never clean mail.
        let sum = places.principal(in: self).sum
        let isSuspect = logOdds >= policy.suspect
        var holdOdds = logOdds
        if sum > 0, logOdds > 0 {
            let history = min(3, sum / 2)
            holdOdds += history
            let state = places.principal(in: self)
            evidence.append(
                Evidence(
                    .history, logOdds: history,
                    "\(state.suspectsInSum) suspect messages of this sender since \(state.sumBegan.iso8601), cumulative log-odds \(Figure.signed(sum))"
                ))
        }
        let stop = accumulate(event, places, logOdds: logOdds, isSuspect: isSuspect, at: seconds)
        evidence.sort { abs($0.logOdds) > abs($1.logOdds) }
        let isHeld = holdOdds >= policy.hold || (isSuspect && stop != nil)
        let recommended: Verdict.Action = limit != nil ? .throttle : isHeld ? .hold : .deliver
        var verdict = Verdict(
            enforces ? recommended : .deliver, evidence: evidence, logOdds: logOdds, campaign: event.campaign?.campaign,
            stop: enforces ? stop : nil)
        if !enforces, recommended != .deliver || stop != nil {
            verdict.observed = Verdict.Observed(action: recommended, stop: stop)
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

    /// Forgets the suspicion against a source, as when an operator lifts its stop. Its counts and habits stay.
    package mutating func reinstate(_ source: SourceID) {
        let hash = StableHash.of(source.description)
        switch source.scope {
        case .campaign: campaigns.known(source).map { campaigns[$0].forgetSum() }
        case .account: accounts.known(source).map { accounts[$0].forgetSum() }
        case .server:
            servers.known(source).map {
                servers[$0].forgetSum()
                servers[$0].parts.entries = []
            }
        case .customer: break
        }
        let customer = SourceID.customer(source.customer)
        customers.known(customer).map {
            customers[$0].parts.forget(hash)
            if source.scope == .customer {
                customers[$0].forgetSum()
                customers[$0].parts.entries = []
            }
        }
    }

    func table(_ scope: SourceID.Scope) -> SourceTable {
        switch scope {
        case .campaign: campaigns
        case .account: accounts
        case .server: servers
        case .customer: customers
        }
    }

    /// Where one submission's sources are, in their tables.
    struct Places {
        var campaign: Int?
        var account: Int?
        var server: Int
        var customer: Int

        /// The state of the smallest sender known: the account, or else the server.
        func principal(in detector: borrowing Detector) -> SourceState {
            account.map { detector.accounts[$0] } ?? detector.servers[server]
        }
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

    /// Counts the message everywhere; gives how many of its recipients the sender never wrote to before.
    private mutating func count(_ event: SubmissionEvent, _ places: Places) -> Int {
        let seconds = event.time.seconds
        var new = 0
        func principal(_ state: inout SourceState) {
            var memory = state.memory ?? RecipientMemory(at: seconds)
            // Taken out while it changes, so that its storage is not copied.
            state.memory = nil
            for recipient in event.recipients where memory.insert(recipient, at: seconds) { new += 1 }
            state.memory = memory
            state.newRecipients.add(new)
            state.senders.insert(event.sender, at: seconds)
            state.heloNames.insert(event.helo, at: seconds)
            state.addresses.insert(StableHash.of(event.identity.server), at: seconds)
        }
        func every(_ state: inout SourceState) {
            state.messages.add(1)
            state.recipients.add(event.recipients.count)
        }
        if let place = places.account { principal(&accounts[place]) } else { principal(&servers[places.server]) }
        if let place = places.campaign {
            every(&campaigns[place])
            campaigns[place].newRecipients.add(new)
        }
        if let place = places.account { every(&accounts[place]) }
        every(&servers[places.server])
        every(&customers[places.customer])
        return new
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
