import MailTypes
import NIOCore
import SMTPProtocol
import Testing

@testable import SMTPServing

/// Slow and silent clients, by a clock that the tests move.
struct TimeTests {
    private let timeout = "421 4.4.2 timeout; closing\r\n"
    private func begin(_ session: EmbeddedSession) {
        _ = session.ask("EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
    }

    @Test func silenceAfterTheGreeting() throws {
        let session = try EmbeddedSession()
        _ = session.received()
        session.advance(.seconds(299))
        #expect(session.received().isEmpty)
        session.advance(.seconds(2))
        #expect(session.received() == timeout)
        session.advance(.seconds(6))
        #expect(!session.isOpen)
        #expect(session.policy.events.last == .closed(reason: .timeout))
    }

    /// A byte now and then does not make a command's time longer.
    @Test func aCommandByteByByte() throws {
        let session = try EmbeddedSession()
        _ = session.received()
        for byte in "MAIL FROM:<somebody@exam".utf8 {
            session.send([byte])
            session.advance(.seconds(20))
        }
        #expect(session.received() == timeout)
    }

    @Test func silenceInTheMiddleOfAMessage() throws {
        let session = try EmbeddedSession()
        begin(session)
        session.send("x\r\n")
        session.advance(.seconds(181))
        #expect(session.received() == timeout)
        #expect(session.policy.taken.first?.isAborted == true)
        #expect(session.memory.used == ByteCount(0))
    }

    @Test func aMessageThatDrips() throws {
        let session = try EmbeddedSession()
        begin(session)
        for _ in 0..<10 {
            session.send("x\r\n")
            session.advance(.seconds(10))
        }
        #expect(session.received() == "421 4.4.2 too slow; closing\r\n")
    }

    @Test func aMessageThatTakesForEver() throws {
        var limits = IntakeLimits()
        limits.messageTimeout = .seconds(600)
        let session = try EmbeddedSession(limits: limits)
        begin(session)
        for _ in 0..<61 {
            session.send(String(repeating: "x", count: 5000) + "\r\n")
            session.advance(.seconds(10))
        }
        #expect(session.received() == "421 4.4.2 too slow; closing\r\n")
    }

    /// The time in which we made the client wait is not the client's.
    @Test func waitingForTheReceiverIsNotSlowness() throws {
        let policy = RecordingPolicy()
        policy.set { $0.holdsPieces = true }
        let session = try EmbeddedSession(policy)
        begin(session)
        session.send("x\r\n")
        session.advance(.seconds(250))
        #expect(session.received().isEmpty)
        policy.set { $0.holdsPieces = false }
        policy.release()
        session.run()
        session.advance(.seconds(30))
        #expect(session.ask(".\r\n") == "250 2.0.0 taken\r\n")
    }

    @Test func strangersMustLogInSoon() throws {
        let session = try EmbeddedSession(from: "198.51.100.9", kind: .submission)
        for _ in 0..<10 {
            _ = session.ask("NOOP\r\n")
            session.advance(.seconds(31))
        }
        #expect(session.received() == timeout)
    }

    /// Our own answer comes too late: temporary, the message is forgotten, and what comes afterwards does no harm.
    @Test func aReceiverThatDoesNotAnswer() throws {
        let policy = RecordingPolicy()
        policy.set { $0.holdsFinish = true }
        let session = try EmbeddedSession(policy)
        begin(session)
        session.send("x\r\n.\r\n")
        session.advance(.seconds(301))
        #expect(session.received().hasPrefix("451 4.3.0"))
        policy.release()
        session.run()
        #expect(session.received().isEmpty)
        #expect(policy.taken.first?.isAborted == true)
    }
}
