import Detection
import MailTypes
import Testing

/// Submissions made up for the tests: one customer, whose accounts send through one server unless said otherwise.
struct Traffic {
    static let start = Timestamp(seconds: 1_790_000_000)

    let customer: CustomerID
    let server: IPAddress
    private(set) var number: Int64 = 0

    init(customer: String = "acme", server: String = "192.0.2.1") throws {
        self.customer = try #require(CustomerID(customer))
        self.server = try #require(IPAddress(server))
    }

    func source(_ account: String) throws -> SourceID { .account(try #require(AccountName(account)), customer) }

    func identity(_ account: String?) -> SubmissionIdentity {
        SubmissionIdentity(
            customer: customer, server: server, account: account.flatMap(AccountName.init), evidence: .login)
    }

    /// - Parameter seconds: since `start`.
    mutating func event(
        _ account: String?, _ content: Double, at seconds: Double, recipients: [UInt64] = [1],
        campaign: UInt64? = nil, earlier: Int = 0, sender: UInt64 = 7, bound: Bool = true
    ) -> SubmissionEvent {
        number += 1
        let time = Self.start + .milliseconds(Int64(seconds * 1000))
        return SubmissionEvent(
            id: SubmissionID(rawValue: number), time: time, identity: identity(account), contentLogOdds: content,
            campaign: campaign.map {
                CampaignSighting(campaign: CampaignID(rawValue: $0), earlier: earlier, firstSeen: Self.start)
            }, recipients: recipients.map { $0 &* 0x9e37_79b9_7f4a_7c15 }, sender: sender, senderIsBound: bound,
            helo: 3,
            size: .kib(4))
    }
}

/// Numbers that look random and are the same each time (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
