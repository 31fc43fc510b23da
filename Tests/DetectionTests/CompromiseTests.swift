import Detection
import MailTypes
import Testing

/// The stories that detection exists for, told in events.
struct CompromiseTests {
    private let acme: CustomerID
    private let server: IPAddress
    private let start = Timestamp(seconds: 1_795_000_000)

    init() throws {
        acme = try #require(CustomerID("acme"))
        server = try #require(IPAddress("192.0.2.1"))
    }

    private func event(
        _ number: Int, account: String, logOdds: Double, recipients: [UInt64], campaign: CampaignSighting? = nil,
        after: Duration
    ) -> SubmissionEvent {
        let time = start + after
        return SubmissionEvent(
            id: SubmissionID(rawValue: Int64(number)), time: time,
            identity: SubmissionIdentity(
                customer: acme, server: server, account: AccountName(account), evidence: .header),
            contentLogOdds: logOdds, campaign: campaign, recipients: recipients, sender: 1, senderIsBound: true,
            helo: 1,
            size: ByteCount(4000))
    }

    @Test func aStolenAccountIsHeldThenStoppedAndItsNeighboursAreNot() throws {
        var detector = Detector()
        for day in 0..<10 {
            for name in ["alice", "bob"] {
                let verdict = detector.judge(
                    event(
                        day, account: name, logOdds: -3, recipients: [UInt64(day % 3) + 1],
                        after: .seconds(day * 86_400)))
                #expect(verdict.action == .deliver)
            }
        }
        var delivered = 0
        var stoppedAt: Int?
        for number in 0..<20 {
            let campaign = CampaignSighting(
                campaign: CampaignID(rawValue: 9), earlier: number, firstSeen: start + .seconds(864_000))
            let verdict = detector.judge(
                event(
                    100 + number, account: "alice", logOdds: 5, recipients: [UInt64(1000 + number)], campaign: campaign,
                    after: .seconds(864_000 + number)))
            if verdict.action == .deliver { delivered += 1 }
            if let stop = verdict.stop, stoppedAt == nil {
                stoppedAt = number
                #expect(stop.scope <= .account)
                #expect(stop.customer == acme)
            }
            let neighbour = detector.judge(
                event(
                    500 + number, account: "bob", logOdds: -3, recipients: [1], after: .seconds(864_000 + number)))
            #expect(neighbour.action == .deliver)
            #expect(neighbour.stop == nil)
        }
        #expect(delivered <= 2)
        let at = try #require(stoppedAt)
        #expect(at <= 6)
    }

    @Test func ordinaryMailIsNeverStopped() {
        var detector = Detector()
        for number in 0..<3000 {
            let verdict = detector.judge(
                event(
                    number, account: "newsletter", logOdds: -1.5, recipients: [UInt64(number)], after: .seconds(number))
            )
            #expect(verdict.stop == nil)
            #expect(verdict.action == .deliver)
        }
    }

    @Test func theSameEventsGiveTheSameVerdicts() {
        var one = Detector()
        var two = Detector()
        for number in 0..<500 {
            let event = event(
                number, account: "user\(number % 7)", logOdds: Double(number % 11) - 5,
                recipients: [UInt64(number % 90)],
                after: .seconds(number * 13 % 4000))
            #expect(one.judge(event) == two.judge(event))
        }
    }
}
