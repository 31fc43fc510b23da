import Foundation
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import SMTPProtocol
import SMTPSending
import TLSContexts
import TestSupport
import Testing

/// The system's trusted authorities, read once: reading them takes long in a debug build.
enum SystemTLS {
    private static let result = Result { try ClientTLSContexts() }
    static func contexts() throws -> ClientTLSContexts { try result.get() }
}

@Suite("Sending over loopback")
struct SMTPSendingTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    private func target(
        _ ports: [UInt16], tls: ConnectionTarget.TLSLevel = .none, name: String? = "localhost",
        credentials: ClientCredentials? = nil, implicitTLS: Bool = false, limit: TimeAmount = .seconds(120)
    ) throws -> ConnectionTarget {
        ConnectionTarget(
            hosts: ports.map {
                HostAddress(
                    name: name.flatMap { DomainName($0) }, address: .v4(0x7f00_0001), port: $0, implicitTLS: implicitTLS
                )
            }, tls: tls, credentials: credentials, sourceIPv4: .v4(0x7f00_0001),
            heloName: try #require(DomainName("out.example.net")), timeouts: SendingTimeouts(all: limit))
    }

    private func message(_ text: String, _ recipients: String...) throws -> OutgoingMessage {
        let recipients = recipients.isEmpty ? ["a@example.org"] : recipients
        let envelope = Envelope(
            sender: try #require(ReversePath("joe@example.net")),
            recipients: try recipients.map { .init(address: try #require(EmailAddress($0))) })
        return OutgoingMessage(
            envelope: envelope, size: ByteCount(text.utf8.count), content: .bytes([Array(text.utf8)]))
    }

    @Test("Many messages on one connection, dots and all, commands pipelined") func many() async throws {
        let server = try await TestServer(.init())
        let connector = SMTPConnector(contexts: try SystemTLS.contexts())
        let connection = try await connector.connect(target([server.port]), on: loop).get()
        #expect(connection.tls == nil && connection.extensions.pipelining)
        for number in 0..<20 {
            let result = try await connection.send(message("Subject: \(number)\r\n\r\n.dot\r\n..two\r\nend")).get()
            #expect(result.replies == [Reply(.ok, EnhancedStatusCode(2, 0, 0), "queued")])
            #expect(result.connection == .usable)
        }
        connection.quit()
        try await connection.closed.get()
        let seen = server.seen
        #expect(seen.connections == 1 && seen.messages.count == 20)
        #expect(seen.messages.last == "Subject: 19\r\n\r\n.dot\r\n..two\r\nend\r\n")
        #expect(seen.reads <= 23)
        #expect(connector.counters.transactions == 20 && connector.counters.acceptedRecipients == 20)
        try await server.stop()
    }

    @Test("Large messages, from memory and as a stream", arguments: [true, false]) func large(streamed: Bool)
        async throws
    {
        let server = try await TestServer(.init())
        let connector = SMTPConnector(contexts: try SystemTLS.contexts())
        let connection = try await connector.connect(target([server.port]), on: loop).get()
        var outgoing = try message("")
        let chunk = Array((String(repeating: ".line of text\r\n", count: 4096)).utf8)
        outgoing.size = ByteCount(chunk.count * 50)
        let loop = loop
        outgoing.content =
            streamed
            ? .stream { number in
                loop.makeSucceededFuture(number < 50 ? ByteBuffer(bytes: chunk) : nil)
            } : .bytes(Array(repeating: chunk, count: 50))
        let result = try await connection.send(outgoing).get()
        #expect(result.replies.first?.code == .ok)
        #expect(server.seen.messageBytes == chunk.count * 50)
        #expect(try await connection.send(message("small\r\n")).get().connection == .usable)
        connection.quit()
        try await server.stop()
    }

    @Test("A stream that fails delivers nothing and ends the connection") func brokenStream() async throws {
        struct Broken: Error {}
        let server = try await TestServer(.init())
        let connector = SMTPConnector(contexts: try SystemTLS.contexts())
        let connection = try await connector.connect(target([server.port]), on: loop).get()
        var outgoing = try message("")
        let loop = loop
        outgoing.content = .stream { number in
            number < 2 ? loop.makeSucceededFuture(ByteBuffer(string: "text\r\n")) : loop.makeFailedFuture(Broken())
        }
        let result = try await connection.send(outgoing).get()
        #expect(result.connection == .ended && result.replies[0].code.isTransient && !result.isAmbiguous)
        try await connection.closed.get()
        #expect(server.seen.messages.isEmpty)
        try await server.stop()
    }

    @Test("Hosts in order: dead, refusing, good") func hostsInOrder() async throws {
        // Nobody listens on tcpmux; a port that was just given back may be another test's by now.
        let deadPort: UInt16 = 1
        var refusing = TestServer.Behaviour()
        refusing.greeting = "554 5.7.1 not today"
        let second = try await TestServer(refusing)
        let third = try await TestServer(.init())
        let connector = SMTPConnector(contexts: try SystemTLS.contexts())
        let connection = try await connector.connect(target([deadPort, second.port, third.port]), on: loop).get()
        #expect(connection.host.port == third.port)
        connection.quit()
        let error = await #expect(throws: ConnectError.self) {
            try await connector.connect(target([second.port, deadPort]), on: loop).get()
        }
        #expect(error?.failures.map(\.failure.code) == [.refused, .unreachable])
        #expect(error?.decisive?.failure.reply?.code == .transactionFailed)
        for server in [second, third] { try await server.stop() }
    }

    @Test("Lost and silent servers", arguments: ["MAIL", "DATA", "."], [true, false])
    func trouble(verb: String, silent: Bool) async throws {
        var behaviour = TestServer.Behaviour()
        if silent { behaviour.silentAt = verb } else { behaviour.closesAt = verb }
        let server = try await TestServer(behaviour)
        let connector = SMTPConnector(contexts: try SystemTLS.contexts())
        var target = try target([server.port])
        // Only the step that is met with silence has a short limit: a busy machine may be slow before it comes there.
        if silent {
            switch verb {
            case "MAIL": target.timeouts.mail = .milliseconds(200)
            case "DATA": target.timeouts.data = .milliseconds(200)
            default: target.timeouts.final = .milliseconds(200)
            }
        }
        let connection = try await connector.connect(target, on: loop).get()
        let result = try await connection.send(message("x\r\n")).get()
        #expect(result.replies[0].code.isTransient && result.connection == .troubled)
        #expect(result.isAmbiguous == (verb == "."))
        try await connection.closed.get()
        #expect(try await connection.send(message("x\r\n")).get().connection == .neverStarted)
        try await server.stop()
    }

    @Test("A greeting that never comes") func silentGreeting() async throws {
        var behaviour = TestServer.Behaviour()
        behaviour.silentAt = "greeting"
        let server = try await TestServer(behaviour)
        let connector = SMTPConnector(contexts: try SystemTLS.contexts())
        var target = try target([server.port])
        target.timeouts.greeting = .milliseconds(200)
        let place = target
        let error = await #expect(throws: ConnectError.self) {
            try await connector.connect(place, on: loop).get()
        }
        #expect(error?.failures.first?.failure.code == .timedOut)
        try await server.stop()
    }

    @Test("An idle connection that the server closes is noticed") func idleClose() async throws {
        var behaviour = TestServer.Behaviour()
        behaviour.closesAfter = 1
        let server = try await TestServer(behaviour)
        let connector = SMTPConnector(contexts: try SystemTLS.contexts())
        let connection = try await connector.connect(target([server.port]), on: loop).get()
        #expect(try await connection.send(message("x\r\n")).get().replies[0].code == .ok)
        try await connection.closed.get()
        try await server.stop()
    }

    @Test("Some recipients refused") func partial() async throws {
        var behaviour = TestServer.Behaviour()
        behaviour.replies = ["RCPT TO:<b@": "550 5.1.1 nobody"]
        let server = try await TestServer(behaviour)
        let connector = SMTPConnector(contexts: try SystemTLS.contexts())
        let connection = try await connector.connect(target([server.port]), on: loop).get()
        let result = try await connection.send(message("x\r\n", "a@example.org", "b@example.org")).get()
        #expect(result.replies.map(\.code) == [.ok, .mailboxUnavailable])
        connection.quit()
        try await server.stop()
    }
}

@Suite("Sending with TLS", .enabled(if: TestCertificates.isPossible))
struct SMTPSendingTLSTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    private func connect(
        _ server: TestServer, _ tls: ConnectionTarget.TLSLevel, name: String = "localhost", roots: String? = nil,
        login: Bool = false, implicitTLS: Bool = false
    ) async throws -> SMTPConnection {
        let connector = SMTPConnector(contexts: try ClientTLSContexts(trustRoots: roots))
        let host = HostAddress(
            name: DomainName(name), address: .v4(0x7f00_0001), port: server.port, implicitTLS: implicitTLS)
        let target = ConnectionTarget(
            hosts: [host], tls: tls, credentials: login ? ClientCredentials(user: "joe", password: "secret") : nil,
            heloName: try #require(DomainName("out.example.net")), timeouts: SendingTimeouts(all: .seconds(120)))
        return try await connector.connect(target, on: loop).get()
    }

    private func message() throws -> OutgoingMessage {
        let envelope = Envelope(
            sender: .null, recipients: [.init(address: try #require(EmailAddress("a@example.org")))])
        return OutgoingMessage(envelope: envelope, size: ByteCount(3), content: .buffers([ByteBuffer(string: "x\r\n")]))
    }

    @Test("Every level against a server with a certificate of its own", arguments: ConnectionTarget.TLSLevel.allCases)
    func levels(level: ConnectionTarget.TLSLevel) async throws {
        let certificates = try TestCertificates()
        defer { certificates.remove() }
        var behaviour = TestServer.Behaviour()
        behaviour.tls = try certificates.server().current
        let server = try await TestServer(behaviour)
        let connection = try await connect(server, level, roots: certificates.files.chain)
        #expect(connection.tls == (level == .none ? nil : "TLSv1.3"))
        #expect(try await connection.send(message()).get().replies[0].code == .ok)
        connection.quit()
        try await connection.closed.get()
        try await server.stop()
    }

    @Test("Verify: an unknown issuer and a wrong name are refused, with no message sent", arguments: [true, false])
    func verify(wrongName: Bool) async throws {
        let certificates = try TestCertificates()
        defer { certificates.remove() }
        var behaviour = TestServer.Behaviour()
        behaviour.tls = try certificates.server().current
        let server = try await TestServer(behaviour)
        let error = await #expect(throws: ConnectError.self) {
            _ = try await connect(
                server, .verify, name: wrongName ? "mx.example.org" : "localhost",
                roots: wrongName ? certificates.files.chain : nil)
        }
        #expect(error?.failures.map(\.failure.code) == [.tlsFailed])
        try await server.stop()
    }

    @Test("TLS that does not work: plain under may, the end under encrypt", arguments: [true, false])
    func broken(refuses: Bool) async throws {
        var behaviour = TestServer.Behaviour()
        if refuses { behaviour.startTLSReply = "454 4.7.0 not now" } else { behaviour.breaksTLS = true }
        let server = try await TestServer(behaviour)
        if refuses {
            let connection = try await connect(server, .may)
            #expect(connection.tls == nil)
            #expect(try await connection.send(message()).get().replies[0].code == .ok)
            connection.quit()
        }
        let error = await #expect(throws: ConnectError.self) { _ = try await connect(server, .encrypt) }
        let codes = error?.failures.map(\.failure.code) ?? []
        #expect(codes == [.tlsUnavailable] || codes == [.tlsFailed] || codes == [.plaintextInjected])
        try await server.stop()
    }

    @Test("A login over TLS, and never without", arguments: [true, false]) func login(implicitTLS: Bool) async throws {
        let certificates = try TestCertificates()
        defer { certificates.remove() }
        var behaviour = TestServer.Behaviour()
        behaviour.tls = try certificates.server().current
        behaviour.implicitTLS = implicitTLS
        let server = try await TestServer(behaviour)
        let connection = try await connect(server, .encrypt, login: true, implicitTLS: implicitTLS)
        #expect(server.seen.commands.contains { $0.hasPrefix("AUTH PLAIN") })
        connection.quit()
        try await server.stop()
        let plain = try await TestServer(.init())
        let error = await #expect(throws: ConnectError.self) { _ = try await connect(plain, .may, login: true) }
        #expect(error?.failures.map(\.failure.code) == [.authenticationNeedsTLS])
        #expect(!plain.seen.commands.contains { $0.hasPrefix("AUTH") })
        try await plain.stop()
    }
}

@Suite("Sending to Postfix's sink", .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/smtp-sink")))
struct SMTPSinkTests {
    @Test("A thousand messages on one connection") func thousand() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        // Below the ports that the system gives to clients, of which other tests take many meanwhile.
        let port = UInt16.random(in: 10_000..<15_000)
        let sink = try #require(
            ChildProcess(
                "/usr/sbin/smtp-sink", (getuid() == 0 ? ["-u", "root"] : []) + ["127.0.0.1:\(port)", "1000"]))
        defer { sink.stop() }
        let connector = SMTPConnector(contexts: try SystemTLS.contexts())
        let host = HostAddress(name: nil, address: .v4(0x7f00_0001), port: port)
        // The sink needs a moment to bind its port.
        let target = ConnectionTarget(
            hosts: [host], tls: .may, heloName: try #require(DomainName("out.example.net")),
            timeouts: SendingTimeouts(all: .seconds(120)))
        var made: SMTPConnection?
        for _ in 0..<1000 where made == nil {
            made = try? await connector.connect(target, on: loop).get()
            if made == nil { try await loop.scheduleTask(in: .milliseconds(10)) {}.futureResult.get() }
        }
        let connection = try #require(made)
        let envelope = Envelope(
            sender: try #require(ReversePath("joe@example.net")),
            recipients: [.init(address: try #require(EmailAddress("a@example.org")))])
        let body = Array(("Subject: test\r\n\r\n" + String(repeating: "0123456789abcdef\r\n", count: 220)).utf8)
        let outgoing = OutgoingMessage(envelope: envelope, size: ByteCount(body.count), content: .bytes([body]))
        for _ in 0..<1000 {
            let result = try await connection.send(outgoing).get()
            guard result.connection == .usable, result.replies[0].code == .ok else {
                Issue.record("\(result)")
                return
            }
        }
        connection.quit()
        try await connection.closed.get()
        #expect(connector.counters.transactions == 1000)
    }
}
