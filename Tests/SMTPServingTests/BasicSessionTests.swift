import MailTypes
import SMTPProtocol
import Testing

@testable import SMTPServing

struct BasicSessionTests {
    @Test func oneMessage() throws {
        let session = try EmbeddedSession()
        #expect(session.received() == "220 relay.example.net ESMTP Sluice\r\n")
        #expect(session.ask("EHLO client.example\r\n").hasPrefix("250-relay.example.net\r\n250-PIPELINING\r\n"))
        #expect(session.ask("MAIL FROM:<a@example.org>\r\n") == "250 2.1.0 sender ok\r\n")
        #expect(session.ask("RCPT TO:<b@example.com>\r\n") == "250 2.1.5 recipient ok\r\n")
        #expect(session.ask("DATA\r\n") == "354 end with CRLF.CRLF\r\n")
        #expect(session.ask("Subject: x\r\n\r\n..dot\r\n.\r\n") == "250 2.0.0 taken\r\n")
        #expect(session.policy.accepted.map(\.text) == ["Subject: x\r\n\r\n.dot\r\n"])
        #expect(session.ask("QUIT\r\n") == "221 2.0.0 closing\r\n")
        #expect(!session.isOpen)
        #expect(session.memory.used == ByteCount(0))
        #expect(session.loop.count == 0)
    }
}
