import Audit
import MailTypes
import NIOPosix
import Posture
import Testing

/// abuse@ and postmaster@ at a real Postfix.
@Suite(.serialized) struct RoleProbeTests {
    func settings(_ port: Int) throws -> RelayProbeSettings {
        var settings = RelayProbeSettings(
            host: "127.0.0.1", port: port, ownDomain: DomainName("own.test"),
            recipient: try #require(EmailAddress("victim@elsewhere.test")),
            sender: try #require(EmailAddress("stranger@foreign.test")), helo: "probe.foreign.test",
            nonce: "no-such-box")
        settings.pace = .zero
        return settings
    }

    @Test(arguments: [
        ("smtpd_relay_restrictions = reject_unauth_destination", "pass"),
        (
            "smtpd_relay_restrictions = reject_unauth_destination\n"
                + "smtpd_recipient_restrictions = check_recipient_access inline:{ {abuse@own.test=550 5.1.1 no such user} }",
            "fail"
        ),
        (
            "smtpd_relay_restrictions = reject_unauth_destination\n"
                + "smtpd_recipient_restrictions = check_recipient_access inline:{ {abuse@own.test=450 4.2.0 later} }",
            "unknown"
        ),
    ]) func asksForBoth(settings: String, word: String) async throws {
        let server = try await TestPostfix(settings: settings)
        let found = await RoleProbe.finding(try self.settings(server.port), on: MultiThreadedEventLoopGroup.singleton)
        let queued = server.queuedMessages
        await server.stop()
        #expect(found?.check == .roleMailboxes && found?.result.word == word, "\(String(describing: found))")
        #expect(queued == 0)
    }

    @Test func isUnknownWithoutAServer() async throws {
        let settings = try settings(try TestPostfix.freePort())
        let found = await RoleProbe.finding(settings, on: MultiThreadedEventLoopGroup.singleton)
        #expect(found?.result.word == "unknown")
    }
}
