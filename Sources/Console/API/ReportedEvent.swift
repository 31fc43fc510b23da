package import MailTypes

/// What a customer's own server saw and tells the gateway: a login there, or how a delivery from there ended.
package struct ReportedEvent: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case login(address: IPAddress, succeeded: Bool)
        /// - Parameter receiver: the recipient's domain.
        case outcome(Outcome, receiver: DomainName?)
    }

    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        case delivered
        case unknownRecipient = "unknown-recipient"
        case policyRefusal = "policy-refusal"
        case otherFailure = "other-failure"
        case deferred
    }

    package var time: Timestamp
    package var customer: CustomerID
    package var account: AccountName
    /// The server that tells it, where it said so.
    package var server: IPAddress?
    package var kind: Kind

    package init(time: Timestamp, customer: CustomerID, account: AccountName, server: IPAddress? = nil, kind: Kind) {
        self.time = time
        self.customer = customer
        self.account = account
        self.server = server
        self.kind = kind
    }
}
