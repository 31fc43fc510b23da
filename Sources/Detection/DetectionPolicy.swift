package import MailTypes

/// The thresholds of detection, in log-odds where nothing else is said. The defaults suit a mixed hosting business: they
/// hold from about 97 % certainty and stop nobody for fewer than three suspect messages.
package struct DetectionPolicy: Hashable, Sendable {
    package var mode: Mode = .enforce
    /// A message from here on is held: its own log-odds and what its sources showed before.
    package var hold = 3.5
    /// A message from here on counts as suspect.
    package var suspect = 2.0
    /// A source whose cumulative sum reaches this is stopped, if the floors are met.
    package var stop = 12.0
    /// Suspect messages since the sum left zero, at least: no ratio of few messages ever stops anyone.
    package var fewestSuspects = 3
    /// Taken from each message's log-odds before it is added to a sum (the reference value of Page's CUSUM).
    package var drift = 0.5
    /// What one clean message takes back at most: nine good ones must not pay for a bad one, twelve do.
    package var credit = 0.35
    /// What one message adds to a sum at most.
    package var largestStep = 5.0
    /// Accounts of a server stopped within `wideningWindow` before the server itself is; likewise a customer's servers.
    package var accountsToWiden = 3
    package var wideningWindow: Duration = .seconds(86_400)
    /// The suspect share of a wider source's messages in the last hour, without which it is never stopped for what some
    /// of its accounts did.
    package var shareToWiden = 0.5
    /// Plain limits; none by default. A customer's own take the place of the general ones.
    package var accountLimits = Limits()
    package var customerLimits = Limits()
    package var limitsOfCustomer: [CustomerID: CustomerOverrides] = [:]

    package init() {}

    package enum Mode: String, Hashable, Sendable, CaseIterable {
        case enforce
        /// Everything is counted and told, nothing is held, stopped or throttled.
        case observe
    }

    /// Most messages and recipients in a sliding hour and day; `nil`: no limit.
    package struct Limits: Hashable, Sendable {
        package var messagesPerHour: Int?
        package var messagesPerDay: Int?
        package var recipientsPerHour: Int?
        package var recipientsPerDay: Int?

        package init(
            messagesPerHour: Int? = nil, messagesPerDay: Int? = nil, recipientsPerHour: Int? = nil,
            recipientsPerDay: Int? = nil
        ) {
            self.messagesPerHour = messagesPerHour
            self.messagesPerDay = messagesPerDay
            self.recipientsPerHour = recipientsPerHour
            self.recipientsPerDay = recipientsPerDay
        }
    }

    /// What is different for one customer; `nil` parts follow the general policy.
    package struct CustomerOverrides: Hashable, Sendable {
        package var mode: Mode?
        package var accountLimits: Limits?
        package var customerLimits: Limits?

        package init(mode: Mode? = nil, accountLimits: Limits? = nil, customerLimits: Limits? = nil) {
            self.mode = mode
            self.accountLimits = accountLimits
            self.customerLimits = customerLimits
        }
    }

    /// The limits of a source, if there can be any for its scope.
    func limits(of source: SourceID) -> Limits? {
        let own = limitsOfCustomer[source.customer]
        return switch source.scope {
        case .account: own?.accountLimits ?? accountLimits
        case .customer: own?.customerLimits ?? customerLimits
        case .campaign, .server: nil
        }
    }

    func mode(of customer: CustomerID) -> Mode { limitsOfCustomer[customer]?.mode ?? mode }
}
