import MailTypes
import SMTPProtocol
import Testing

@testable import SMTPServing

struct ProxyTests {
    private let balancers = ["203.0.113.0/24"]
    private static let v2Signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]
    private static let v2: [UInt8] =
        v2Signature + [0x21, 0x11, 0, 12, 192, 0, 2, 77, 203, 0, 113, 1, 0x12, 0x34, 0, 25]
    private static let v2WithTLV: [UInt8] =
        v2Signature + [0x21, 0x11, 0, 19, 192, 0, 2, 77, 203, 0, 113, 1, 0x12, 0x34, 0, 25, 3, 0, 4, 1, 2, 3, 4]
    private static let v2IPv6: [UInt8] =
        v2Signature + [0x21, 0x21, 0, 36] + [0x20, 1, 0xd, 0xb8] + Array(repeating: 0, count: 11) + [7]
        + Array(repeating: 0, count: 16) + [0x12, 0x34, 0, 25]

    static let trusted: [[UInt8]] = [Array("PROXY TCP4 192.0.2.77 203.0.113.1 4660 25\r\n".utf8), v2, v2WithTLV]

    /// The client that the balancer names counts, in every split of the header.
    @Test(arguments: trusted)
    func fromABalancer(header: [UInt8]) throws {
        let dialogue =
            "EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nx\r\n.\r\n"
        for cut in 0...header.count {
            let session = try EmbeddedSession(from: "203.0.113.1", proxies: balancers)
            #expect(session.received().isEmpty)
            session.send(header.prefix(cut))
            session.send(Array(header.dropFirst(cut)) + Array(dialogue.utf8))
            #expect(session.received().hasPrefix("220 relay.example.net"))
            #expect(session.policy.accepted.first?.identity.server == IPAddress("192.0.2.77"))
            #expect(session.handler.info.peer.proxy == IPAddress("203.0.113.1"))
            #expect(session.handler.info.peer.port == 0x1234)
        }
    }

    @Test func aStrangerBehindABalancerIsAStranger() throws {
        for header in [Array("PROXY TCP4 198.51.100.1 203.0.113.1 4660 25\r\n".utf8), Self.v2IPv6] {
            let session = try EmbeddedSession(from: "203.0.113.1", proxies: balancers)
            #expect(session.ask("").isEmpty)
            session.send(header + Array("EHLO c\r\nMAIL FROM:<a@example.org>\r\n".utf8))
            #expect(session.received().hasSuffix("550 5.7.1 relaying denied: your address is not known here\r\n"))
        }
    }

    /// Nobody else can say who he is: the header is a command, and a wrong one.
    @Test(arguments: trusted)
    func fromElsewhere(header: [UInt8]) throws {
        let session = try EmbeddedSession(from: "198.51.100.9", proxies: balancers)
        #expect(session.received().hasPrefix("220"))
        session.send(header + Array("\r\nEHLO c\r\nMAIL FROM:<a@example.org>\r\n".utf8))
        let replies = session.received().split(separator: "\r\n")
        #expect(replies.first?.hasPrefix("50") == true)
        #expect(replies.last?.hasPrefix("550 5.7.1") == true)
        #expect(session.handler.info.peer.address == IPAddress("198.51.100.9"))
        #expect(session.handler.info.peer.proxy == nil)
    }

    @Test(arguments: [
        "EHLO c\r\n", "PROXY TCP4 1.2.3.4\r\n", "PROXY TCP4 999.0.0.1 1.2.3.4 1 2\r\n", "PROXY TCP4 ::1 ::1 1 2\r\n",
        "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 70000 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", "\r\n\r\nQUIT\r\n", "PROXY " + String(repeating: "x", count: 200),
    ])
    func wrongHeadersEndTheConnection(header: String) throws {
        let session = try EmbeddedSession(from: "203.0.113.1", proxies: balancers)
        session.send(header)
        #expect(session.received().isEmpty)
        #expect(!session.isOpen)
    }

    @Test func healthChecksSpeakForThemselves() throws {
        let local = Self.v2Signature + [0x20, 0, 0, 0]
        for header in [Array("PROXY UNKNOWN\r\n".utf8), local] {
            let session = try EmbeddedSession(from: "203.0.113.1", proxies: balancers)
            session.send(header)
            #expect(session.received().hasPrefix("220"))
            #expect(session.handler.info.peer.address == IPAddress("203.0.113.1"))
        }
    }

    @Test func aHeaderThatDoesNotCome() throws {
        let session = try EmbeddedSession(from: "203.0.113.1", proxies: balancers)
        session.send("PROXY")
        session.advance(.seconds(11))
        #expect(!session.isOpen)
        #expect(session.policy.events.last == .closed(reason: .timeout))
    }
}
