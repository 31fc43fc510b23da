package import MailTypes

/// An attempt to log in, at the gateway or as a server reported it.
package struct LoginEvent: Hashable, Sendable {
    package var time: Timestamp
    package var customer: CustomerID
    package var account: AccountName
    /// Where it came from.
    package var address: IPAddress
    package var succeeded: Bool
    /// The network's operator and country, where a database of them is at hand; 0: not known.
    package var autonomousSystem: UInt32
    package var country: UInt16

    package init(
        time: Timestamp, customer: CustomerID, account: AccountName, address: IPAddress, succeeded: Bool,
        autonomousSystem: UInt32 = 0, country: UInt16 = 0
    ) {
        self.time = time
        self.customer = customer
        self.account = account
        self.address = address
        self.succeeded = succeeded
        self.autonomousSystem = autonomousSystem
        self.country = country
    }

    /// The network that counts as one place: the operator's where it is known, else /24 or /48.
    var network: UInt64 {
        autonomousSystem == 0 ? StableHash.network(address) : StableHash.mix(UInt64(autonomousSystem) << 8 | 1)
    }
}

/// Word from outside about a submission that has left.
package struct FeedbackEvent: Hashable, Sendable {
    package var id: SubmissionID
    package var time: Timestamp
    package var identity: SubmissionIdentity
    package var campaign: CampaignID?
    package var kind: Kind
    /// Whose word it is, as its report says; for the damage report.
    package var reporter: DomainName?

    package init(
        id: SubmissionID, time: Timestamp, identity: SubmissionIdentity, campaign: CampaignID?, kind: Kind,
        reporter: DomainName? = nil
    ) {
        self.id = id
        self.time = time
        self.identity = identity
        self.campaign = campaign
        self.kind = kind
        self.reporter = reporter
    }

    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A recipient reported it as spam (RFC 5965).
        case complaint
        /// It came back as a report (RFC 3464) that the recipient does not exist.
        case bounce
        /// It went to an address that nobody uses.
        case trap
        /// The server's address was listed by a blocklist.
        case listing
        /// A person found it good, and released it.
        case foundGood = "found-good"
        /// A person found it spam.
        case foundSpam = "found-spam"
    }
}
