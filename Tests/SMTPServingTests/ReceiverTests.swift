import MailTypes
import NIOCore
import SMTPProtocol
import Testing

@testable import SMTPServing

/// How the session and the policy's receivers get on with each other.
struct ReceiverTests {
    private func begin(_ session: EmbeddedSession) {
        _ = session.ask("EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
    }

    @Test func refusalsByThePolicy() throws {
        let no = Reply(.mailboxUnavailable, EnhancedStatusCode(5, 7, 1), "stopped: case-7")
        let policy = RecordingPolicy()
        let session = try EmbeddedSession(policy)
        _ = session.ask("EHLO c\r\n")
        policy.set { $0.sender = no }
        #expect(session.ask("MAIL FROM:<a@example.org>\r\n") == "550 5.7.1 stopped: case-7\r\n")
        policy.set { ($0.sender, $0.recipient) = (nil, no) }
        _ = session.ask("MAIL FROM:<a@example.org>\r\n")
        #expect(session.ask("RCPT TO:<b@example.com>\r\n").hasPrefix("550"))
        #expect(session.ask("DATA\r\n").hasPrefix("554 5.5.1"))
        policy.set { ($0.recipient, $0.open) = (nil, no) }
        _ = session.ask("RCPT TO:<b@example.com>\r\n")
        #expect(session.ask("DATA\r\n").hasPrefix("550"))
        policy.set { ($0.open, $0.finish) = (nil, no) }
        begin(session)
        #expect(session.ask("x\r\n.\r\n").hasPrefix("550 5.7.1"))
        // What the policy refuses is not the intake's to tell.
        #expect(!policy.events.contains(.refused(no)))
    }

    @Test func nothingIsReadWhileItWaits() throws {
        let policy = RecordingPolicy()
        policy.set { $0.holdsFinish = true }
        let session = try EmbeddedSession(policy)
        begin(session)
        session.send("x\r\n.\r\nMAIL FROM:<next@example.org>\r\n")
        #expect(session.received().isEmpty)
        #expect(session.handler.isPaused)
        policy.release()
        session.run()
        #expect(session.received() == "250 2.0.0 taken\r\n250 2.1.0 sender ok\r\n")
        #expect(!session.handler.isPaused)
    }

    @Test func backPressureKeepsOrder() throws {
        let policy = RecordingPolicy()
        policy.set { $0.holdsPieces = true }
        let session = try EmbeddedSession(policy)
        begin(session)
        for part in ["a\r\n", "b\r\n", "c\r\n.\r\nNOOP\r\n"] { session.send(part) }
        #expect(policy.taken.first?.text == "a\r\n")
        for _ in 0..<3 {
            policy.release()
            session.run()
        }
        #expect(policy.accepted.map(\.text) == ["a\r\nb\r\nc\r\n"])
        #expect(session.received() == "250 2.0.0 taken\r\n250 2.0.0 ok\r\n")
    }

    @Test func aReceiverThatFails() throws {
        let policy = RecordingPolicy()
        policy.set { $0.failsPieces = Reply(.insufficientStorage, EnhancedStatusCode(4, 3, 1), "disk full") }
        let session = try EmbeddedSession(policy)
        begin(session)
        session.send("x\r\n")
        session.send("y\r\n")
        #expect(session.received().isEmpty)
        #expect(session.ask("z\r\n.\r\n") == "452 4.3.1 disk full\r\n")
        #expect(policy.taken.first?.isAborted == true)
        #expect(policy.taken.first?.isFinished == false)
        policy.set { $0.failsPieces = nil }
        begin(session)
        #expect(session.ask("z\r\n.\r\n").hasPrefix("250"))
    }

    @Test(arguments: ["", "x\r\n", "x\r\n.\r\n"])
    func aClientThatGoesAway(sent: String) throws {
        let policy = RecordingPolicy()
        policy.set { $0.holdsFinish = true }
        let session = try EmbeddedSession(policy)
        begin(session)
        session.send(sent)
        session.close()
        session.run()
        #expect(policy.taken.first?.isAborted == true)
        #expect(policy.events.last == .closed(reason: .lost))
        #expect(session.memory.used == ByteCount(0))
        policy.release()
        session.run()
    }

    @Test(arguments: ["RSET\r\n", "EHLO again\r\n", "QUIT\r\n"])
    func aMessageInChunksIsGivenUp(command: String) throws {
        let session = try EmbeddedSession()
        _ = session.ask("EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nBDAT 3\r\nabc")
        #expect(session.policy.taken.first?.isAborted == false)
        session.send(command)
        #expect(session.policy.taken.first?.isAborted == true)
        #expect(session.memory.used == ByteCount(0))
    }

    /// RFC 2920 §3.2: the replies of one read go out in one write.
    @Test func repliesOfOneReadAreOneWrite() throws {
        let session = try EmbeddedSession()
        _ = session.received()
        session.send("EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
        #expect(session.writes() == 1)
    }

    @Test func envelopeAndIdentityAsSent() throws {
        let session = try EmbeddedSession()
        _ = session.ask("EHLO c\r\n")
        _ = session.ask("MAIL FROM:<ü@example.org> SMTPUTF8 BODY=8BITMIME RET=FULL ENVID=q+2Bx SIZE=7\r\n")
        _ = session.ask("RCPT TO:<b@example.com> NOTIFY=DELAY,FAILURE ORCPT=rfc822;b+40example.com\r\n")
        _ = session.ask("RCPT TO:<c@example.com> NOTIFY=NEVER\r\nDATA\r\nx\r\n.\r\n")
        let taken = try #require(session.policy.accepted.first)
        #expect(taken.envelope.sender.description == "ü@example.org")
        #expect(taken.envelope.needsSMTPUTF8)
        #expect(taken.envelope.body == .eightBitMIME)
        #expect(taken.envelope.returnContent == .full)
        #expect(taken.envelope.envelopeID == "q+2Bx")
        #expect(taken.envelope.recipients.map(\.notify) == [[.delay, .failure], .never])
        #expect(taken.envelope.recipients.first?.originalRecipient == "rfc822;b+40example.com")
        #expect(taken.identity.customer == CustomerID("acme"))
        #expect(taken.identity.evidence == .address)
        #expect(taken.identity.account == nil)
    }
}
