import MailTypes
import NIOCore
import SMTPProtocol
import Testing

@testable import SMTPServing

struct LimitTests {
    private func begin(_ session: EmbeddedSession) {
        _ = session.ask("EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
    }

    @Test func connectionsPerSiteCustomerAndInAll() throws {
        var limits = IntakeLimits()
        limits.connectionsPerSite = 2
        limits.connectionsPerCustomer = 3
        limits.connections = 4
        let ledger = ConnectionLedger()
        let policy = RecordingPolicy()
        func connect(_ address: String) throws -> (EmbeddedSession, String) {
            let session = try EmbeddedSession(policy, from: address, limits: limits, ledger: ledger)
            return (session, session.received())
        }
        let open = [try connect("192.0.2.1"), try connect("192.0.2.1")]
        #expect(try connect("192.0.2.1").1.hasPrefix("421 4.7.0 too many connections"))
        let third = try connect("192.0.2.2")
        #expect(third.1.hasPrefix("220"))
        // A fourth of the customer, from a place of its own.
        #expect(try connect("192.0.2.3").1.hasPrefix("421"))
        // A stranger still fits, and nobody more.
        let stranger = try connect("2001:db8::1")
        #expect(stranger.1.hasPrefix("220"))
        #expect(try connect("2001:db8:1::1").1.hasPrefix("421"))
        for session in open { session.0.close() }
        third.0.close()
        stranger.0.close()
        #expect(ledger.counts.open == 0)
        #expect(ledger.counts.sites == 0)
        #expect(ledger.counts.turnedAway == 3)
        #expect(try connect("192.0.2.1").1.hasPrefix("220"))
    }

    @Test func aCustomersOwnConnectionLimit() throws {
        let policy = RecordingPolicy()
        policy.set { $0.customerLimit = 1 }
        let ledger = ConnectionLedger()
        let first = try EmbeddedSession(policy, ledger: ledger)
        #expect(first.received().hasPrefix("220"))
        #expect(try EmbeddedSession(policy, from: "192.0.2.9", ledger: ledger).received().hasPrefix("421"))
    }

    @Test func commandsErrorsAndIdleCommands() throws {
        var limits = IntakeLimits()
        limits.idleCommands = 10
        limits.errors = 5
        let idle = try EmbeddedSession(limits: limits)
        #expect(
            idle.ask(String(repeating: "NOOP\r\n", count: 12)).hasSuffix("421 4.7.0 too many commands; closing\r\n"))
        let wrong = try EmbeddedSession(limits: limits)
        #expect(wrong.ask(String(repeating: "FOO\r\n", count: 6)).hasSuffix("421 4.7.0 too many errors; closing\r\n"))
        // Messages that are taken begin the count anew.
        let busy = try EmbeddedSession(limits: limits)
        _ = busy.ask("EHLO c\r\n")
        for _ in 0..<20 {
            let reply = busy.ask(
                "MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nx\r\n.\r\n")
            #expect(reply.hasSuffix("250 2.0.0 taken\r\n"))
        }
    }

    /// 10,000 recipients: the first thousand are accepted, the others are asked to come later, and memory is bounded.
    @Test func tenThousandRecipients() throws {
        let session = try EmbeddedSession()
        _ = session.ask("EHLO c\r\nMAIL FROM:<a@example.org>\r\n")
        var (accepted, later) = (0, 0)
        for batch in 0..<100 {
            let lines = (0..<100).map { "RCPT TO:<user\(batch * 100 + $0)@example.com>\r\n" }.joined()
            for reply in session.ask(lines).split(separator: "\r\n") {
                if reply.hasPrefix("250 2.1.5") { accepted += 1 }
                if reply.hasPrefix("452 4.5.3") { later += 1 }
            }
        }
        #expect(accepted == 1000)
        #expect(later == 9000)
        #expect(session.ask("DATA\r\nx\r\n.\r\n").hasSuffix("250 2.0.0 taken\r\n"))
        #expect(session.policy.accepted.first?.envelope.recipients.count == 1000)
    }

    @Test func messageSize() throws {
        var limits = IntakeLimits()
        limits.messageSize = .kib(64)
        let session = try EmbeddedSession(limits: limits)
        #expect(session.ask("EHLO c\r\n").contains("250-SIZE 65536\r\n"))
        #expect(session.ask("MAIL FROM:<a@example.org> SIZE=65537\r\n").hasPrefix("552 5.3.4"))
        begin(session)
        let line = String(repeating: "x", count: 998) + "\r\n"
        for _ in 0..<70 { session.send(line) }
        session.send(".\r\n")
        #expect(session.received() == "552 5.3.4 message exceeds the size limit\r\n")
        #expect(session.policy.accepted.isEmpty)
        #expect(session.policy.taken.first?.isAborted == true)
        // By chunks it is known before the bytes come.
        _ = session.ask("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\n")
        #expect(session.ask("BDAT 65537 LAST\r\n").isEmpty)
        session.send(Array(repeating: UInt8(ascii: "x"), count: 65537))
        #expect(session.received().hasPrefix("552 5.3.4"))
        #expect(session.ask("NOOP\r\n").hasPrefix("250"))
    }

    @Test func drainIsBounded() throws {
        var limits = IntakeLimits()
        limits.messageSize = .kib(64)
        limits.drain = .kib(64)
        let session = try EmbeddedSession(limits: limits)
        begin(session)
        let piece = Array((String(repeating: "x", count: 998) + "\r\n").utf8)
        for _ in 0..<200 where session.isOpen { session.send(piece) }
        #expect(session.received().hasPrefix("421"))
        #expect(try EmbeddedSession(limits: limits).ask("BDAT 999999999\r\n").contains("503"))
    }

    @Test func longLinesOfContentAndHeader() throws {
        var limits = IntakeLimits()
        limits.lineLength = 1000
        let session = try EmbeddedSession(limits: limits)
        begin(session)
        #expect(
            session.ask("x\r\n\r\n" + String(repeating: "y", count: 999) + "\r\n.\r\n").hasPrefix("554 5.6.0 line too"))
        begin(session)
        #expect(session.ask("x\r\n\r\n" + String(repeating: "y", count: 998) + "\r\n.\r\n").hasPrefix("250"))
    }

    @Test func endlessCommandLine() throws {
        let session = try EmbeddedSession()
        for _ in 0..<30 { session.send(Array(repeating: UInt8(ascii: "A"), count: 1000)) }
        #expect(session.waitingInput == 0)
        #expect(session.ask("\r\nNOOP\r\n").hasSuffix("500 5.5.2 line too long\r\n250 2.0.0 ok\r\n"))
        for _ in 0..<1100 where session.isOpen { session.send(Array(repeating: UInt8(ascii: "A"), count: 1000)) }
        #expect(session.received().hasPrefix("421"))
        #expect(session.memory.used == ByteCount(0))
    }

    @Test func endlessHeaderAndLoops() throws {
        let session = try EmbeddedSession()
        begin(session)
        for _ in 0..<300 { session.send("X-Long: " + String(repeating: "y", count: 990) + "\r\n") }
        #expect(session.ask("\r\n.\r\n").hasPrefix("552 5.3.4 message header"))
        begin(session)
        for _ in 0..<1001 { session.send("X: y\r\n") }
        #expect(session.ask("\r\n.\r\n").hasPrefix("554 5.6.0 too many header"))
        begin(session)
        for _ in 0..<51 { session.send("received: from x\r\n by y\r\n") }
        #expect(session.ask("\r\n.\r\n").hasPrefix("554 5.4.6"))
        #expect(session.policy.accepted.isEmpty)
    }

    @Test func memoryOfAllMessages() throws {
        var limits = IntakeLimits()
        limits.memory = .kib(64)
        limits.memoryPerMessage = .kib(48)
        let session = try EmbeddedSession(limits: limits)
        begin(session)
        #expect(session.memory.used == .kib(16))
        let line = String(repeating: "x", count: 998) + "\r\n"
        for _ in 0..<200 { session.send(line) }
        // No more than its share, however long it is.
        #expect(session.memory.used == .kib(48))
        #expect(session.memory.take(16 * 1024))
        #expect(!session.memory.take(1))
        #expect(session.ask(".\r\n").hasPrefix("250"))
        #expect(session.memory.used == .kib(16))
        // Nothing left: refused before a byte is sent.
        #expect(session.memory.take(48 * 1024))
        _ = session.ask("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\n")
        #expect(session.ask("DATA\r\n").hasPrefix("452 4.3.1"))
        // It runs out on the way: 452 at the end, and the client's fault it is not.
        session.memory.giveBack(32 * 1024)
        _ = session.ask("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
        for _ in 0..<40 { session.send(line) }
        #expect(session.ask(".\r\n").hasPrefix("452 4.3.1"))
        #expect(session.memory.used == .kib(32))
    }

    @Test func waitingInputCounts() throws {
        var limits = IntakeLimits()
        limits.memory = .kib(64)
        let policy = RecordingPolicy()
        policy.set { $0.holdsFinish = true }
        let session = try EmbeddedSession(policy, limits: limits)
        begin(session)
        session.send("x\r\n.\r\n")
        session.send(Array(repeating: UInt8(ascii: "N"), count: 20_000))
        #expect(session.memory.used > .kib(32))
        session.close()
        #expect(session.memory.used == ByteCount(0))
        let greedy = try EmbeddedSession(policy, limits: limits)
        begin(greedy)
        greedy.send("x\r\n.\r\n")
        greedy.send(Array(repeating: UInt8(ascii: "N"), count: 100_000))
        #expect(greedy.received() == "421 4.3.1 too much mail at once; closing\r\n")
        #expect(greedy.waitingInput == 0)
        #expect(greedy.memory.used == ByteCount(0))
    }

    @Test func piecesAreBounded() throws {
        let session = try EmbeddedSession()
        begin(session)
        let lines = "A: b\r\n\r\n" + String(repeating: String(repeating: "x", count: 98) + "\r\n", count: 5000)
        session.send(lines)
        #expect(session.ask(".\r\n").hasPrefix("250"))
        #expect(session.policy.accepted.first?.text == lines)
        #expect(session.policy.taken.first?.largestPiece ?? 0 <= 64 * 1024)
    }
}
