import MailTypes
import SMTPProtocol
import Testing

@testable import SMTPServing

/// Not an open relay: whatever a stranger writes, no receiver is opened for it.
struct RelayAttemptTests {
    /// Sender and recipient as they stand between the angle brackets and behind them.
    static let attempts: [(String, String)] = [
        ("<spam@example.org>", "<victim@example.com>"),
        ("<>", "<victim@example.com>"),
        ("<postmaster@relay.example.net>", "<victim@example.com>"),
        ("<root@[127.0.0.1]>", "<victim@example.com>"),
        ("<spam@localhost>", "<victim@example.com>"),
        ("<spam@relay.example.net>", "<victim@example.com>"),
        ("<spam@[192.0.2.1]>", "<victim@example.com>"),
        ("<spam@[IPv6:2001:db8::1]>", "<victim@example.com>"),
        ("<spam@example.org>", "<victim%example.com@relay.example.net>"),
        ("<spam@example.org>", "<victim%example.com@[127.0.0.1]>"),
        ("<spam@example.org>", "<@relay.example.net:victim@example.com>"),
        ("<spam@example.org>", "<@a.example,@b.example:victim@example.com>"),
        ("<@relay.example.net:spam@example.org>", "<victim@example.com>"),
        ("<spam@example.org>", "<example.com!victim>"),
        ("<spam@example.org>", "<example.com!victim@relay.example.net>"),
        ("<spam@example.org>", "<relay.example.net!victim%example.com@relay.example.net>"),
        ("<spam@example.org>", "<\"victim@example.com\"@relay.example.net>"),
        ("<spam@example.org>", "<\"victim%example.com\"@relay.example.net>"),
        ("<spam@example.org>", "<\"victim@example.com\">"),
        ("<spam@example.org>", "<\"example.com!victim\"@relay.example.net>"),
        ("<spam@example.org>", "<victim@example.com@relay.example.net>"),
        ("<spam@example.org>", "<victim@[203.0.113.5]>"),
        ("<spam@example.org>", "<victim@[IPv6:2001:db8::5]>"),
        ("<spam@example.org>", "<victim@example.com.>"),
        ("<spam@example.org>", "<postmaster>"),
        ("<spam@example.org>", "victim@example.com"),
        ("<spam@example.org>", "<victim@example.com> ORCPT=rfc822;victim@example.com"),
        ("<spam@example.org> AUTH=<>", "<victim@example.com>"),
        ("<spam@example.org> AUTH=joe@relay.example.net", "<victim@example.com>"),
        ("<spam@example.org> SIZE=1", "<victim@example.com>"),
        ("<spam@example.org> SMTPUTF8", "<victim@exämple.com>"),
        ("<\"MAIL FROM:<x@y.z>\"@example.org>", "<victim@example.com>"),
    ]

    @Test(arguments: attempts, ["EHLO relay.example.net", "HELO localhost", "EHLO [127.0.0.1]"])
    func strangersRelayNothing(attempt: (String, String), hello: String) throws {
        for (kind, offersLogin) in [(ListenerKind.relay, false), (.relay, true), (.submission, true)] {
            let session = try EmbeddedSession(
                from: "198.51.100.9", kind: kind, offersAuthentication: offersLogin)
            let replies = session.ask(
                "\(hello)\r\nMAIL FROM:\(attempt.0)\r\nRCPT TO:\(attempt.1)\r\nDATA\r\n.\r\nBDAT 1 LAST\r\nxQUIT\r\n")
            #expect(!replies.contains("250 2.1"))
            #expect(!replies.contains("354"))
            #expect(session.policy.taken.isEmpty)
        }
    }

    /// A submission listener takes nothing without a login, from a customer's own servers neither (RFC 6409 §4.3).
    @Test func submissionNeedsALogin() throws {
        let session = try EmbeddedSession(kind: .submission)
        _ = session.ask("EHLO c\r\n")
        #expect(session.ask("MAIL FROM:<a@example.org>\r\n") == "530 5.7.0 authentication required\r\n")
        // And no login in the clear, whatever the mechanism, nor is one offered.
        for mechanism in ["PLAIN AGpvZQBwZW5jaWw=", "LOGIN", "SCRAM-SHA-256", "CRAM-MD5"] {
            #expect(session.ask("AUTH \(mechanism)\r\n").hasPrefix("538 5.7.11"))
        }
        #expect(!session.ask("EHLO c\r\n").contains("AUTH"))
        #expect(session.policy.taken.isEmpty)
    }

    /// Commands that other servers used to give somebody trust, or addresses away.
    @Test(arguments: [
        "XCLIENT ADDR=127.0.0.1 NAME=localhost", "XFORWARD ADDR=127.0.0.1", "VERB", "ONEX", "SEND FROM:<a@b.c>",
        "SAML FROM:<a@b.c>", "SOML FROM:<a@b.c>", "TURN", "ATRN", "ETRN #", "GET / HTTP/1.1", "POST / HTTP/1.1",
        "CONNECT mail.example.com:25 HTTP/1.0", "PROXY TCP4 127.0.0.1 127.0.0.1 1 25",
    ])
    func nothingGivesTrust(command: String) throws {
        let session = try EmbeddedSession(from: "198.51.100.9")
        _ = session.ask("EHLO c\r\n")
        #expect(session.ask(command + "\r\n").hasPrefix("50"))
        #expect(session.ask("MAIL FROM:<a@example.org>\r\n").hasPrefix("550 5.7.1"))
    }

    @Test func vrfyAndExpnTellNothing() throws {
        let session = try EmbeddedSession(from: "198.51.100.9")
        #expect(session.ask("VRFY root\r\n") == session.ask("VRFY nobody-at-all\r\n"))
        #expect(session.ask("EXPN all\r\n").hasPrefix("502"))
    }

    @Test func refusedPeersGetNoGreeting() throws {
        let policy = RecordingPolicy()
        policy.refusePeers("203.0.113.0/24")
        let session = try EmbeddedSession(policy, from: "203.0.113.9")
        #expect(session.received() == "554 5.7.1 go away\r\n")
        session.send("EHLO c\r\nMAIL FROM:<a@b.example>\r\n")
        #expect(session.received().isEmpty)
        #expect(policy.events.contains { if case .turnedAway = $0 { true } else { false } })
    }
}
