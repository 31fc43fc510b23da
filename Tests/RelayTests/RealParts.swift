import DNSClient
import Foundation
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import SMTPProtocol
import SMTPSending
import Spool
import TLSContexts
import TestSupport
import Testing

@testable import Relay

/// The relay with its real parts: spool, libunbound towards a real unbound, SMTP towards Postfix's sinks on loopback.
final class RealParts {
    let directory: String
    let spool: Spool
    let relay: MailRelay
    let events: NIOLockedValueBox<[DeliveryEvent]>
    let port: UInt16
    private let resolver: UnboundResolver
    private let nameServer: ChildProcess
    private var sinks: [ChildProcess] = []
    private let last: NIOLockedValueBox<SubmissionID?>

    private static let contexts = Result { try ClientTLSContexts() }
    static let sinkPath = "/usr/sbin/smtp-sink"
    static let unboundPath = "/usr/sbin/unbound"
    static var areInstalled: Bool {
        [sinkPath, unboundPath].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()

    /// `zone`: lines of unbound's `local-data`. `routes` may name the sinks' port.
    init(
        zone: [String], settings: RelaySettings = RelaySettings(),
        routes: (UInt16) -> RoutingTable
    ) async throws {
        directory = FileManager.default.temporaryDirectory.path + "/relay-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        port = try await Self.freePort()
        (nameServer, resolver) = try await Self.names(zone, directory)
        spool = try Spool(directory: directory + "/spool")
        let own = try domain("gw.example.net")
        let events = NIOLockedValueBox<[DeliveryEvent]>([])
        self.events = events
        let last = NIOLockedValueBox<SubmissionID?>(nil)
        self.last = last
        // A busy machine may let a first look-up or connection fail: the next comes soon.
        var settings = settings
        settings.scheduler.probes = RetrySchedule(first: .milliseconds(200), longest: .seconds(1))
        relay = MailRelay(
            settings: settings, routes: routes(port), spool: spool,
            finder: RouteHostFinder(
                names: DNSMailNames(
                    resolver: resolver, resolution: MXResolution(ownNames: [own], refusedNetworks: []), port: port),
                ownAddresses: [], port: port),
            connector: SMTPOutbound(tls: try Self.contexts.get(), timeouts: SendingTimeouts(all: .seconds(120))),
            newID: { Self.nextID(last) }, clock: WallClock.now, on: Self.loop
        ) { event in events.withLockedValue { $0.append(event) } }
    }

    /// A name server and a resolver that had an answer from it. The free port that was found may be taken by another
    /// program before the server comes to it: then another is tried.
    private static func names(_ zone: [String], _ directory: String) async throws -> (ChildProcess, UnboundResolver) {
        for _ in 0..<5 {
            let port = try await freePort()
            let configuration = """
                server:
                  interface: 127.0.0.1
                  port: \(port)
                  do-daemonize: no
                  username: ""
                  chroot: ""
                  directory: "\(directory)"
                  pidfile: ""
                  use-syslog: no
                  module-config: "iterator"
                  local-zone: "example." static
                  local-data: "example. 300 IN SOA ns.example. x.example. 1 60 60 60 60"
                  \(zone.map { "local-data: \"\($0)\"" }.joined(separator: "\n  "))
                remote-control:
                  control-enable: no
                """
            try configuration.write(toFile: directory + "/unbound.conf", atomically: true, encoding: .utf8)
            let server = try #require(ChildProcess(unboundPath, ["-d", "-c", directory + "/unbound.conf"]))
            try await accepts("127.0.0.1", port)
            let resolver = try UnboundResolver(
                UnboundSettings(forwarders: [.init(.v4(0x7f00_0001), port: port)], timeout: .seconds(120)))
            if case .noData = try await resolver.mx(try domain("example"), on: loop).get() { return (server, resolver) }
            resolver.shutdown()
            server.stop()
        }
        throw OutboundError("no name server could be started")
    }

    private static func nextID(_ last: NIOLockedValueBox<SubmissionID?>) -> SubmissionID {
        last.withLockedValue { last in
            let next = SubmissionID.next(after: last, at: WallClock.now())
            last = next
            return next
        }
    }

    /// A sink that writes every message into a file of its own.
    func sink(_ address: String, _ options: [String] = []) async throws {
        let user = getuid() == 0 ? ["-u", "root"] : []
        let sink = try #require(
            ChildProcess(
                Self.sinkPath, user + options + ["-d", directory + "/\(address)_", "\(address):\(port)", "1000"]))
        sinks.append(sink)
        try await Self.accepts(address, port)
    }

    /// What a sink wrote, in no order: envelope as header fields, then the message with LF line ends.
    func received(at address: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasPrefix(address + "_") }
            .map { try String(decoding: Data(contentsOf: URL(fileURLWithPath: directory + "/" + $0)), as: UTF8.self) }
    }

    /// Commits as the intake does, then tells the relay.
    @discardableResult
    func submit(
        to recipients: [String], _ text: String = "Subject: hello\r\n\r\nhello\r\n", pool: SpooledMessage.Pool = .clean,
        _ change: (inout SpooledMessage) throws -> Void = { _ in }
    ) async throws -> SubmissionID {
        let bytes = Array(text.utf8)
        let chunks = stride(from: 0, to: bytes.count, by: Spool.chunkLimit).map {
            Array(bytes[$0..<min($0 + Spool.chunkLimit, bytes.count)])
        }
        let now = WallClock.now()
        var message = SpooledMessage(
            id: Self.nextID(last), kind: .submission,
            identity: SubmissionIdentity(
                customer: try #require(CustomerID("acme")), server: .v4(1), account: nil, evidence: .address),
            envelope: Envelope(
                sender: try #require(ReversePath("ann@sender.example")),
                recipients: try recipients.map { .init(address: try #require(EmailAddress($0))) }),
            size: ByteCount(bytes.count), chunkCount: chunks.count, received: now, pool: pool,
            expires: now + .seconds(86_400))
        try change(&message)
        message.recipients = message.envelope.recipients.map { _ in RecipientState() }
        let promise = Self.loop.makePromise(of: Void.self)
        spool.commit(message, chunks: chunks) { promise.completeWith($0.mapError { $0 }) }
        try await promise.futureResult.get()
        relay.enqueue(message, body: chunks)
        return message.id
    }

    /// Waits until so many messages left the spool, reports among them.
    func completed(_ count: Int) async throws -> Bool {
        for _ in 0..<10_000 {
            let done = events.withLockedValue { $0.count { if case .completed = $0 { true } else { false } } }
            if done >= count { return true }
            try await Self.loop.scheduleTask(in: .milliseconds(5)) {}.futureResult.get()
        }
        for case .destinationPostponed(let key, let reason, _, _, _) in events.withLockedValue({ $0 }) {
            Issue.record("\(key) was put off: \(reason)")
        }
        return false
    }

    /// What the relay told of each attempt: why a count is not what it should be.
    var attempts: String {
        events.withLockedValue { $0 }.compactMap { event in
            guard case .attempt(let attempt) = event else { return nil }
            return "\(attempt.message) \(attempt.recipient) \(attempt.result) \(attempt.reply)"
        }.joined(separator: "\n")
    }

    func end() async throws {
        await relay.shutdown()
        spool.close()
        resolver.shutdown()
        nameServer.stop()
        for sink in sinks { sink.stop() }
        try FileManager.default.removeItem(atPath: directory)
    }

    /// Each port is given out once, and none that the system gives to clients, of which other tests take many meanwhile:
    /// a sink of another test on the same port would take this one's mail.
    static func freePort() async throws -> UInt16 {
        while true {
            let port = nextPort.withLockedValue { next in
                defer { next = next < 9999 ? next + 1 : 5000 }
                return next
            }
            let channel = try? await ServerBootstrap(group: loop).bind(host: "127.0.0.1", port: Int(port)).get()
            if let channel {
                try await channel.close().get()
                return port
            }
        }
    }

    private static let nextPort = NIOLockedValueBox(UInt16.random(in: 5000..<10_000))

    /// Waits until someone listens there.
    static func accepts(_ address: String, _ port: UInt16) async throws {
        for _ in 0..<1000 {
            if let channel = try? await ClientBootstrap(group: loop).connect(host: address, port: Int(port)).get() {
                return try await channel.close().get()
            }
            try await loop.scheduleTask(in: .milliseconds(10)) {}.futureResult.get()
        }
        Issue.record("nobody listens on \(address):\(port)")
    }
}
