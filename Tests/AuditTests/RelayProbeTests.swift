import Audit
import MailTypes
import NIOPosix
import Posture
import Testing

/// Against a real Postfix, open in one way each, and closed.
@Suite(.serialized) struct RelayProbeTests {
    func probe(_ settings: String, service: String = "") async throws -> (
        findings: [Finding], queued: Int, facts: RelayFacts
    ) {
        let server = try await TestPostfix(settings: settings, service: service)
        let probe = try RelayProbeSettings.ofTest(server.port)
        let facts = await RelayProbe.run(probe, on: MultiThreadedEventLoopGroup.singleton)
        let queued = server.queuedMessages
        await server.stop()
        return (RelayChecks.findings(facts), queued, facts)
    }

    func words(_ findings: [Finding], _ ids: [CheckID]) -> [String] {
        ids.map { id in findings.first { $0.check == id }?.result.word ?? "missing" }
    }

    static let relaying: [CheckID] = [.strangerRelay, .ownSenderRelay, .nullSenderRelay, .routedRelay, .heloRelay]

    @Test func passesAClosedServer() async throws {
        let (findings, queued, facts) = try await probe(
            "smtpd_relay_restrictions = reject_unauth_destination\ndisable_vrfy_command = yes")
        #expect(words(findings, Self.relaying) == ["pass", "pass", "pass", "pass", "pass"], "\(findings)")
        #expect(
            words(
                findings,
                [.unknownRecipient, .authWithoutTLS, .addressHarvest, .serverName, .roleMailboxes, .trustedCommands])
                == ["pass", "pass", "pass", "pass", "pass", "pass"], "\(findings)")
        #expect(words(findings, [.startTLS, .loginRelay]) == ["fail", "unknown"])
        #expect(facts.trials.count >= 50)
        #expect(queued == 0, "a probe sent mail")
    }

    @Test func findsAnOpenRelay() async throws {
        let (findings, queued, _) = try await probe("mynetworks = 0.0.0.0/0")
        #expect(words(findings, Self.relaying) == ["fail", "fail", "fail", "fail", "fail"], "\(findings)")
        #expect(queued == 0)
    }

    @Test(arguments: [
        (
            "smtpd_relay_restrictions = check_sender_access inline:{ own.test=OK }, reject_unauth_destination",
            ["pass", "fail", "pass", "pass", "pass"]
        ),
        (
            "smtpd_relay_restrictions = check_sender_access inline:{ <>=OK }, reject_unauth_destination",
            ["pass", "pass", "fail", "pass", "pass"]
        ),
        (
            "smtpd_relay_restrictions = check_helo_access inline:{ localhost=OK }, reject_unauth_destination",
            ["pass", "pass", "pass", "pass", "fail"]
        ),
    ]) func namesTheHole(settings: String, expected: [String]) async throws {
        let (findings, _, _) = try await probe(settings)
        #expect(words(findings, Self.relaying) == expected, "\(findings)")
    }

    @Test func tellsACatchAllFromRelaying() async throws {
        let (findings, _, _) = try await probe(
            "smtpd_relay_restrictions = reject_unauth_destination\nlocal_recipient_maps =")
        let found = words(findings, [.strangerRelay, .unknownRecipient])
        #expect(found == ["pass", "fail"], "\(findings)")
        #expect(words(findings, [.routedRelay]) != ["fail"], "\(findings)")
    }

    @Test(arguments: [
        ("smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination", "fail"),
        (
            "smtpd_relay_restrictions = reject_sender_login_mismatch, permit_sasl_authenticated, reject_unauth_destination\n"
                + "smtpd_sender_login_maps = inline:{ ann@own.test=ann }", "pass"
        ),
    ]) func triesLogins(settings: String, sender: String) async throws {
        let server = try await TestPostfix(settings: settings, login: ("ann", "kV9-tram-olive"))
        var probe = try RelayProbeSettings.ofTest(server.port)
        probe.logins = [.init(account: "ann", password: "kV9-tram-olive"), .init(account: "ann", password: "wrong")]
        let facts = await RelayProbe.run(probe, on: MultiThreadedEventLoopGroup.singleton)
        let queued = server.queuedMessages
        await server.stop()
        let findings = RelayChecks.findings(facts)
        #expect(facts.tls == .works && facts.logins.map(\.isAccepted) == [true, false], "\(facts.problems)")
        #expect(
            words(findings, [.startTLS, .authWithoutTLS, .weakMechanisms]) == ["pass", "pass", "pass"], "\(findings)")
        #expect(words(findings, [.strangerRelay, .loginSender]) == ["pass", sender], "\(findings)")
        // A certificate that nobody signed is told, and no relay is overlooked for it. Postfix 3.7 takes TLS 1.0 and later.
        #expect(words(findings, [.certificate, .oldTLS]) == ["fail", "fail"], "\(findings)")
        #expect(facts.tlsQuality?.daysLeft == 1 || facts.tlsQuality?.daysLeft == 2)
        #expect(queued == 0)
    }

    @Test func seesTrustedCommands() async throws {
        let (findings, _, _) = try await probe(
            "smtpd_relay_restrictions = reject_unauth_destination\nsmtpd_authorized_xclient_hosts = 127.0.0.1")
        #expect(words(findings, [.trustedCommands]) == ["fail"])
    }

    @Test func isUnknownWithoutAServer() async throws {
        let settings = try RelayProbeSettings.ofTest(TestPostfix.freePort(), ownDomain: nil)
        let findings = RelayChecks.findings(await RelayProbe.run(settings, on: MultiThreadedEventLoopGroup.singleton))
        #expect(findings.count == Check.all.count { $0.id.description.hasPrefix("RELAY") })
        #expect(findings.allSatisfy { $0.result.word == "unknown" })
    }

    @Test func keepsTheCap() async throws {
        let server = try await TestPostfix(settings: "smtpd_relay_restrictions = reject_unauth_destination")
        var settings = try RelayProbeSettings.ofTest(server.port)
        settings.maximumConnections = 2
        let findings = RelayChecks.findings(await RelayProbe.run(settings, on: MultiThreadedEventLoopGroup.singleton))
        await server.stop()
        #expect(findings.first { $0.check == .routedRelay }?.result.word == "unknown")
    }

    @Test(arguments: [("mynetworks = 0.0.0.0/0", 1), ("smtpd_relay_restrictions = reject_unauth_destination", 0)])
    func sendsOneMessageWhereItIsAsked(settings: String, count: Int) async throws {
        let server = try await TestPostfix(settings: settings)
        let mailbox = try #require(EmailAddress("me@elsewhere.test"))
        var probe = RelayProbeSettings(
            host: "127.0.0.1", port: server.port, ownDomain: DomainName("own.test"), recipient: mailbox,
            sender: try #require(EmailAddress("stranger@foreign.test")), helo: "probe.foreign.test",
            nonce: "no-such-box")
        probe.pace = .zero
        probe.maximumConnections = 60
        probe.deliverTo = mailbox
        let facts = await RelayProbe.run(probe, on: MultiThreadedEventLoopGroup.singleton)
        // The log's line comes a moment after the reply.
        for _ in 0..<1200 where server.queuedMessages < count { try await Task.sleep(for: .milliseconds(100)) }
        let queued = server.queuedMessages
        await server.stop()
        // Postfix takes the one up again, or bounces it: nobody has that mailbox here.
        #expect((queued > 0) == (count > 0), "\(String(describing: facts.delivery))")
        let evidence = RelayChecks.findings(facts).first { $0.check == .strangerRelay }?.evidence.first ?? ""
        #expect(evidence.contains("one message was sent, and taken") == (count == 1), "\(evidence)")
    }

    @Test func endsWithItsTime() async throws {
        let server = try await TestPostfix(settings: "smtpd_relay_restrictions = reject_unauth_destination")
        var settings = try RelayProbeSettings.ofTest(server.port)
        settings.maximumDuration = .zero
        let findings = RelayChecks.findings(await RelayProbe.run(settings, on: MultiThreadedEventLoopGroup.singleton))
        await server.stop()
        #expect(words(findings, Self.relaying).allSatisfy { $0 == "unknown" }, "\(findings)")
    }
}
