package import MailTypes

/// The thresholds of detection, in log-odds where nothing else is said. The defaults suit a mixed hosting business: they
/// hold from about 95 % certainty and stop nobody for fewer than three suspect messages.
package struct DetectionPolicy: Hashable, Sendable {
    package var mode: Mode = .enforce
    /// What each measure is worth.
    package var weights = EvidenceWeights.standard
    /// The evidence of messages below this is told in one sentence only; there are very many of them.
    package var explainFrom = -1.0
    /// A message from here on is held: its own log-odds and what its sources showed before.
    package var hold = 3.0
    /// A message from here on counts as suspect.
    package var suspect = 1.0
    /// A source whose cumulative sum reaches this is stopped, if the floors are met.
    package var stop = 10.0
    /// Suspect messages since the sum left zero, at least: no ratio of few messages ever stops anyone.
    package var fewestSuspects = 3
    /// Taken from each message's log-odds before it is added to a sum (the reference value of Page's CUSUM).
    package var drift = 0.5
    /// What one clean message takes back at most: nine good ones must not pay for a bad one, twelve do.
    package var credit = 0.35
    /// What one message adds to a sum at most.
    package var largestStep = 5.0
    /// No sum grows beyond this: who is reinstated or turns out clean must come back in finite time.
    package var ceiling = 40.0
    /// What a sender's sum adds to the next message's odds at most, and the log-odds that a message must have by itself for
    /// that: suspicion makes doubtful mail worth holding, never clean mail.
    package var largestHistory = 3.0
    package var historyFrom = 0.0
    /// From this sum on, doubtful mail of a server (which will try again) is put off: `throttle`.
    package var throttle = 6.0
    /// While a source is stopped, mail below this still passes: old contacts, usual program, usual place, clean text.
    package var passWhileStopped = -1.0
    /// A stopped source that shows nothing suspect for so long may send again.
    package var quietToResume: Duration = .seconds(3 * 86_400)
    /// Held mail of a source that was not stopped goes out by itself after so long.
    package var releaseAfter: Duration = .seconds(40 * 60)
    /// Held mail from here on waits for a person in any case.
    package var releaseBelow = 6.0
    /// Accounts of a server stopped within `wideningWindow` before the server itself is; likewise a customer's servers.
    package var accountsToWiden = 3
    package var wideningWindow: Duration = .seconds(86_400)
    /// The suspect share of a wider source's messages in the last hour, without which it is never stopped for what some
    /// of its accounts did.
    package var shareToWiden = 0.5
    /// Plain limits; none by default. A customer's own take the place of the general ones.
    package var accountLimits = Limits()
    package var serverLimits = Limits()
    package var customerLimits = Limits()
    package var limitsOfCustomer: [CustomerID: CustomerOverrides] = [:]
    /// Sources whose bulk mail somebody answers for, until when.
    package var declared: [SourceID: Timestamp] = [:]

    package init() {}

    package enum Mode: String, Hashable, Sendable, CaseIterable {
        case enforce
        /// Everything is counted and told, nothing is held, stopped or throttled.
        case observe
    }

    /// Most messages, recipients and first-time recipients in a sliding minute, hour and day; `nil`: no limit.
    package struct Limits: Hashable, Sendable {
        package var messagesPerMinute: Int?
        package var messagesPerHour: Int?
        package var messagesPerDay: Int?
        package var recipientsPerMinute: Int?
        package var recipientsPerHour: Int?
        package var recipientsPerDay: Int?
        /// Recipients that the sender never wrote to before.
        package var newRecipientsPerMinute: Int?
        package var newRecipientsPerHour: Int?
        package var newRecipientsPerDay: Int?

        package init(
            messagesPerMinute: Int? = nil, messagesPerHour: Int? = nil, messagesPerDay: Int? = nil,
            recipientsPerMinute: Int? = nil, recipientsPerHour: Int? = nil, recipientsPerDay: Int? = nil,
            newRecipientsPerMinute: Int? = nil, newRecipientsPerHour: Int? = nil, newRecipientsPerDay: Int? = nil
        ) {
            self.messagesPerMinute = messagesPerMinute
            self.messagesPerHour = messagesPerHour
            self.messagesPerDay = messagesPerDay
            self.recipientsPerMinute = recipientsPerMinute
            self.recipientsPerHour = recipientsPerHour
            self.recipientsPerDay = recipientsPerDay
            self.newRecipientsPerMinute = newRecipientsPerMinute
            self.newRecipientsPerHour = newRecipientsPerHour
            self.newRecipientsPerDay = newRecipientsPerDay
        }
    }

    /// What is different for one customer; `nil` parts follow the general policy.
    package struct CustomerOverrides: Hashable, Sendable {
        package var mode: Mode?
        package var accountLimits: Limits?
        package var serverLimits: Limits?
        package var customerLimits: Limits?

        package init(
            mode: Mode? = nil, accountLimits: Limits? = nil, serverLimits: Limits? = nil, customerLimits: Limits? = nil
        ) {
            self.mode = mode
            self.accountLimits = accountLimits
            self.serverLimits = serverLimits
            self.customerLimits = customerLimits
        }
    }

    /// The same policy without some kinds of evidence; for measuring.
    package func without(_ kinds: Set<Evidence.Kind>) -> DetectionPolicy {
        var rest = self
        rest.weights = weights.without(kinds)
        if kinds.contains(.history) { rest.largestHistory = 0 }
        return rest
    }

    /// What a stop makes of a message: what the owner sends as ever still goes (`passWhileStopped`), what is suspect is
    /// refused, and what is neither is held. The message that completes the proof is held with those before it.
    package func actionUnderStop(_ logOdds: Double, isNew: Bool = false) -> Verdict.Action {
        if logOdds < passWhileStopped { return .deliver }
        return logOdds >= suspect && !isNew ? .refuse : .hold
    }

    /// The limits of a source, if there can be any for its scope.
    func limits(of source: SourceID) -> Limits? {
        let own = limitsOfCustomer[source.customer]
        return switch source.scope {
        case .account: own?.accountLimits ?? accountLimits
        case .server: own?.serverLimits ?? serverLimits
        case .customer: own?.customerLimits ?? customerLimits
        case .campaign: nil
        }
    }

    /// Whether somebody answers for bulk mail of the account, the server or the customer.
    func isDeclared(_ identity: SubmissionIdentity, at time: Timestamp) -> Bool {
        guard !declared.isEmpty else { return false }
        let customer = identity.customer
        let sources: [SourceID] =
            [.server(identity.server, customer), .customer(customer)]
            + (identity.account.map { [.account($0, customer)] } ?? [])
        return sources.contains { source in declared[source].map { time < $0 } ?? false }
    }

    func mode(of customer: CustomerID) -> Mode { limitsOfCustomer[customer]?.mode ?? mode }
}
