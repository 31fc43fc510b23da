import Detection
import MailTypes
import Testing

/// Submissions made up for the tests: one customer, whose accounts send through one server unless said otherwise.
struct Traffic {
    static let start = Timestamp(seconds: 1_790_000_000)
    static let day = 86_400.0

    let customer: CustomerID
    var server: IPAddress
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

    /// A plain message of somebody who always writes alike.
    ///
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
            helo: 3, size: .kib(4), senderDomain: 11,
            client: ClientTraits(program: 21, zone: 60, format: .plain, from: sender, fromName: 31),
            thread: ThreadTraits(id: UInt64(number) &* 0x2545_f491_4f6c_dd1d))
    }

    /// What somebody sends who has stolen the password: to strangers, with a link, from his own program.
    mutating func spam(
        _ account: String?, _ content: Double = 3, at seconds: Double, recipients: Int = 1, campaign: UInt64? = 9
    ) -> SubmissionEvent {
        let first = UInt64(number + 1) * 1000 + 1_000_000
        var event = event(
            account, content, at: seconds, recipients: (0..<UInt64(recipients)).map { first + $0 }, campaign: campaign)
        event.client.program = 22
        event.client.format = .html
        event.links = [UInt64(number) &* 0x9e37_79b9_7f4a_7c15]
        return event
    }

    /// A login; `place` is the third number of its address.
    func login(_ account: String, from place: UInt32, at seconds: Double, succeeded: Bool = true) throws -> LoginEvent {
        LoginEvent(
            time: Self.start + .milliseconds(Int64(seconds * 1000)), customer: customer,
            account: try #require(AccountName(account)), address: .v4(0xc633_0000 | place << 8 | 7),
            succeeded: succeeded)
    }

    /// Twenty days of ordinary mail by these accounts and some others, so that habits are known.
    mutating func teach(_ detector: inout Detector, _ accounts: [String?]) throws {
        for day in 0..<20 {
            for account in accounts + ["zoe", "max"] {
                if let account {
                    detector.observe(try login(account, from: 1, at: Double(day) * Self.day + 1))
                }
                for message in 0..<4 {
                    let verdict = detector.judge(
                        event(
                            account, -4, at: Double(day) * Self.day + Double(message) * 600 + 10,
                            recipients: [UInt64(message + day % 5)]))
                    #expect(verdict.action == .deliver && verdict.stop == nil)
                }
            }
        }
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
