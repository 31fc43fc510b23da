import Detection
import MailTypes
import Testing

@testable import Relay

@Suite struct ReplyClassifierTests {
    struct Fixture: Sendable {
        var code: Int
        var enhanced: String?
        var text: String
        var disposition: DeliveryScheduler.Disposition
        var result: OutcomeEvent.Result

        init(
            _ code: Int, _ enhanced: String?, _ text: String, _ disposition: DeliveryScheduler.Disposition,
            _ result: OutcomeEvent.Result
        ) {
            (self.code, self.enhanced, self.text) = (code, enhanced, text)
            (self.disposition, self.result) = (disposition, result)
        }
    }

    static let fixtures: [Fixture] = [
        Fixture(250, "2.0.0", "Ok: queued", .delivered, .delivered),
        Fixture(550, "5.1.1", "no mailbox of that name", .failed, .unknownRecipient),
        Fixture(550, "5.1.1", "no mailbox of that name, see our anti-spam page", .failed, .unknownRecipient),
        Fixture(550, "5.1.2", "host unknown here", .failed, .unknownRecipient),
        Fixture(556, "5.1.10", "domain takes no mail", .failed, .unknownRecipient),
        Fixture(550, nil, "User unknown", .failed, .unknownRecipient),
        Fixture(550, nil, "joe: Recipient address rejected: No such user here", .failed, .unknownRecipient),
        Fixture(550, "5.2.1", "mailbox disabled", .failed, .unknownRecipient),
        Fixture(552, "5.2.2", "mailbox full", .failed, .otherFailure),
        Fixture(550, "5.7.1", "not welcome", .failed, .policyRefusal),
        Fixture(554, "5.7.1", "Service unavailable; client host blocked using a list", .failed, .policyRefusal),
        Fixture(554, nil, "your address is listed at Spamhaus", .failed, .policyRefusal),
        Fixture(550, nil, "message looks like spam", .failed, .policyRefusal),
        Fixture(421, "4.7.0", "unusual rate of unsolicited mail from you", .deferred, .policyRefusal),
        Fixture(451, "4.7.1", "Greylisting in action, come back later", .deferred, .deferred),
        Fixture(450, "4.2.1", "mailbox busy", .deferred, .deferred),
        Fixture(451, nil, "local error", .deferred, .deferred),
        Fixture(452, "4.5.3", "too many recipients", .again, .deferred),
        Fixture(552, nil, "Too many recipients", .again, .otherFailure),
        Fixture(550, "4.2.0", "cannot say", .deferred, .otherFailure),
        Fixture(554, "5.3.4", "message too big", .failed, .otherFailure),
        Fixture(530, "5.7.10", "encryption needed", .failed, .otherFailure),
    ]

    @Test(arguments: fixtures)
    func classifies(_ fixture: Fixture) throws {
        let code = try #require(ReplyCode(fixture.code))
        let reply = Reply(code, fixture.enhanced.flatMap { EnhancedStatusCode($0) }, fixture.text)
        #expect(ReplyClassifier.disposition(reply) == fixture.disposition)
        #expect(ReplyClassifier.result(reply) == fixture.result)
    }
}
