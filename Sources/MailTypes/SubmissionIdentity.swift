/// Who submits: which customer's mail it is, from which host, by which account, and how that is known.
package struct SubmissionIdentity: Hashable, Sendable {
    package var customer: CustomerID
    /// The host that connected (behind a trusted PROXY header: the one named there).
    package var server: IPAddress
    /// The login, or the account that the server named in a trusted header; `nil` where only the server is known.
    package var account: AccountName?
    package var evidence: Basis

    package enum Basis: String, Hashable, Sendable {
        /// The peer's address belongs to the customer.
        case address
        /// The peer authenticated (RFC 4954).
        case login
        /// The customer's server named the account in a header that the configuration trusts.
        case header
    }

    package init(customer: CustomerID, server: IPAddress, account: AccountName?, evidence: Basis) {
        self.customer = customer
        self.server = server
        self.account = account
        self.evidence = evidence
    }

    /// The sources that this submission counts for, smallest first; the campaign comes first when it is known.
    package func sources(campaign: CampaignID?) -> [SourceID] {
        var sources: [SourceID] = []
        sources.reserveCapacity(4)
        if let campaign { sources.append(.campaign(campaign, customer)) }
        if let account { sources.append(.account(account, customer)) }
        sources.append(.server(server, customer))
        sources.append(.customer(customer))
        return sources
    }
}
