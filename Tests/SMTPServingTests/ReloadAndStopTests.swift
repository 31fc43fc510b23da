import MailTypes
import NIOCore
import SMTPProtocol
import Testing

@testable import SMTPServing

struct ReloadAndStopTests {
    private func service(_ policy: RecordingPolicy, size: ByteCount = .kib(64)) -> ListenerService {
        var limits = IntakeLimits()
        limits.messageSize = size
        let listener = SMTPListener(name: "test", addresses: [], kind: .relay, hostName: "new.example.net")
        return ListenerService(listener, limits: limits, policy: policy, authenticator: nil)
    }

    @Test func newSettingsAtTheNextCommand() throws {
        let (old, new) = (RecordingPolicy(), RecordingPolicy())
        let session = try EmbeddedSession(old)
        #expect(session.ask("EHLO c\r\n").contains("SIZE 52428800"))
        session.loop.replace(["test": service(new)])
        let reply = session.ask("EHLO c\r\n")
        #expect(reply.contains("SIZE 65536"))
        #expect(reply.hasPrefix("250-new.example.net"))
        #expect(
            session.ask("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nx\r\n.\r\n").hasSuffix(
                "taken\r\n"))
        #expect(old.taken.isEmpty)
        #expect(new.accepted.count == 1)
    }

    @Test func aMessageUnderWayKeepsWhatItBeganWith() throws {
        let (old, new) = (RecordingPolicy(), RecordingPolicy())
        let session = try EmbeddedSession(old)
        _ = session.ask("EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\n")
        session.loop.replace(["test": service(new)])
        #expect(session.ask("DATA\r\nx\r\n.\r\n").hasSuffix("taken\r\n"))
        #expect(old.accepted.count == 1)
        _ = session.ask("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nx\r\n.\r\n")
        #expect(new.accepted.count == 1)
    }

    /// Who is no customer's any more is a stranger from then on, on a connection that is open, too.
    @Test func aCustomerThatIsGone() throws {
        let session = try EmbeddedSession()
        _ = session.ask("EHLO c\r\n")
        session.loop.replace(["test": service(RecordingPolicy([]))])
        #expect(session.ask("MAIL FROM:<a@example.org>\r\n").hasPrefix("550 5.7.1"))
        let refused = RecordingPolicy()
        refused.refusePeers("192.0.2.0/24")
        session.loop.replace(["test": service(refused)])
        #expect(session.received().hasPrefix("554 5.7.1 go away"))
    }

    @Test func stopLetsMessagesFinish() throws {
        let policy = RecordingPolicy()
        policy.set { $0.holdsFinish = true }
        let session = try EmbeddedSession(policy)
        _ = session.ask("EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\n")
        let end = session.loop.stop()
        var ended = false
        end.assumeIsolated().whenComplete { _ in ended = true }
        #expect(session.received().isEmpty)
        #expect(session.ask("DATA\r\n") == "354 end with CRLF.CRLF\r\n")
        session.send("x\r\n.\r\n")
        #expect(!ended)
        policy.release()
        session.run()
        #expect(session.received() == "250 2.0.0 taken\r\n421 4.3.2 service is stopping\r\n")
        session.advance(.seconds(6))
        #expect(ended)
        #expect(policy.accepted.count == 1)
    }

    @Test func stopSays421BetweenMessages() throws {
        let session = try EmbeddedSession()
        _ = session.ask("EHLO c\r\n")
        _ = session.loop.stop()
        #expect(session.received() == "421 4.3.2 service is stopping\r\n")
        // What still comes is not read.
        session.send("MAIL FROM:<a@example.org>\r\n")
        #expect(session.received().isEmpty)
    }

    @Test func theDeadlineEndsTheRest() throws {
        let session = try EmbeddedSession()
        _ = session.ask("EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nx\r\n")
        _ = session.loop.stop()
        #expect(session.isOpen)
        session.loop.endAll()
        #expect(session.received() == "421 4.3.2 service is stopping\r\n")
        #expect(!session.isOpen)
        #expect(session.policy.taken.first?.isAborted == true)
        #expect(session.loop.count == 0)
    }
}
