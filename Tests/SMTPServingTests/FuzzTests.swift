import MailTypes
import SMTPProtocol
import Testing

@testable import SMTPServing

/// Hostile bytes, seeded: nothing crashes, everything ends, all replies are well formed, and all that was taken is given back.
struct FuzzTests {
    private static let words = [
        "EHLO c", "HELO c", "MAIL FROM:<a@example.org>", "MAIL FROM:<>", "RCPT TO:<b@example.com>", "DATA", ".", "RSET",
        "NOOP", "BDAT 5", "BDAT 3 LAST", "BDAT 0 LAST", "BDAT 70000", "AUTH PLAIN", "AUTH LOGIN", "*", "STARTTLS",
        "VRFY x",
        "x: y", "", "..", "RCPT TO:<\"a b\"@[IPv6:::1]>", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2", "QUIT", "\0", "\r", "\n",
        "é",
    ]

    @Test(arguments: 0..<8)
    func sessions(seed: Int) throws {
        var generator = SeededNoise(UInt64(seed) &* 7919 &+ 1)
        for round in 0..<300 {
            var limits = IntakeLimits()
            limits.errors = 1000
            limits.messageSize = .kib(64)
            let policy = RecordingPolicy()
            policy.set {
                $0.holdsFinish = round % 5 == 1
                $0.holdsPieces = round % 5 == 2
                $0.failsPieces = round % 5 == 3 ? Reply(.localError, nil, "no") : nil
            }
            let isProxied = round % 7 == 0
            let session = try EmbeddedSession(
                policy, from: isProxied ? "203.0.113.1" : "192.0.2.7", kind: round % 3 == 0 ? .submission : .relay,
                limits: limits, offersAuthentication: round % 2 == 0, proxies: ["203.0.113.1"])
            var replies = session.received()
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                session.send(Self.piece(&generator))
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    policy.release()
                    session.run()
                }
                if Int.random(in: 0..<50, using: &generator) == 0 { session.advance(.seconds(100)) }
                replies += session.received()
                #expect(session.waitingInput <= 256 * 1024)
            }
            for line in replies.split(separator: "\r\n") {
                #expect(line.utf8.count <= 510)
                #expect(line.utf8.allSatisfy { (0x20..<0x7f).contains($0) })
                #expect(line.utf8.prefix(3).allSatisfy(ASCII.isDigit))
            }
            session.close()
            session.run()
            #expect(session.memory.used == ByteCount(0))
            #expect(session.loop.count == 0)
            #expect(policy.taken.allSatisfy { !$0.isFinished || $0.isAborted || !$0.content.contains(0) })
            policy.release()
            session.run()
        }
    }

    private static func piece(_ generator: inout SeededNoise) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0:
                bytes += (0..<Int.random(in: 1...50, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
            case 1: bytes += Array(repeating: UInt8(ascii: "A"), count: Int.random(in: 1...20_000, using: &generator))
            default:
                bytes += Array((words.randomElement(using: &generator) ?? "").utf8)
                if Int.random(in: 0..<10, using: &generator) > 0 { bytes += [13, 10] }
            }
        }
        if Int.random(in: 0..<8, using: &generator) == 0, !bytes.isEmpty {
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        return bytes
    }
}
