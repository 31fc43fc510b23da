import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import Relay

/// A queue in memory that counts what is done to it.
final class MemoryStore: MailStore {
    struct State {
        var messages: [SubmissionID: (message: RelayMessage, chunks: [[UInt8]])] = [:]
        var held: [SubmissionID: (message: RelayMessage, until: Timestamp)] = [:]
        var changed: [SubmissionID] = []
        var removed: [SubmissionID] = []
        var reports: [RelayMessage] = []
        var failures = 0
        var reads = 0
    }

    let state = NIOLockedValueBox(State())

    func put(_ message: RelayMessage, _ chunks: [[UInt8]]) {
        state.withLockedValue { $0.messages[message.id] = (message, chunks) }
    }

    func message(_ id: SubmissionID) throws -> RelayMessage? {
        state.withLockedValue {
            $0.reads += 1
            return $0.messages[id]?.message
        }
    }

    func chunk(_ id: SubmissionID, _ index: Int) throws -> [UInt8]? {
        state.withLockedValue {
            guard let chunks = $0.messages[id]?.chunks, index < chunks.count else { return nil }
            return chunks[index]
        }
    }

    func queued(after: SubmissionID?, limit: Int) throws -> [RelayMessage] {
        state.withLockedValue { state in
            let sorted = state.messages.values.map(\.message).sorted { $0.id < $1.id }
            return Array(sorted.filter { after == nil || $0.id > (after ?? $0.id) }.prefix(limit))
        }
    }

    func pickUpReleased() throws -> [SubmissionID] {
        state.withLockedValue { state in
            defer { state.changed = [] }
            return state.changed
        }
    }

    func heldPastDeadline(_ now: Timestamp, limit: Int) throws -> [RelayMessage] {
        state.withLockedValue { $0.held.values.filter { $0.until <= now }.map(\.message) }
    }

    func update(_ message: RelayMessage, _ done: @escaping Done) {
        state.withLockedValue { $0.messages[message.id]?.message.progress = message.progress }
        done(.success(()))
    }

    func remove(_ message: RelayMessage, _ done: @escaping Done) {
        let isRefused = state.withLockedValue { state in
            if state.failures > 0 {
                state.failures -= 1
                return true
            }
            state.messages[message.id] = nil
            state.removed.append(message.id)
            return false
        }
        done(isRefused ? .failure(OutboundError("disk full")) : .success(()))
    }

    func commit(_ report: RelayMessage, chunks: [[UInt8]], _ done: @escaping Done) {
        state.withLockedValue {
            $0.messages[report.id] = (report, chunks)
            $0.reports.append(report)
        }
        done(.success(()))
    }

    func settleHeld(_ message: RelayMessage, _ fate: HeldFate, at time: Timestamp, _ done: @escaping Done) {
        state.withLockedValue {
            $0.held[message.id] = nil
            if fate == .release { $0.messages[message.id] = (message, [Array("held\r\n".utf8)]) }
        }
        done(.success(()))
    }

    func act(_ act: HoldAct, on id: SubmissionID, author: String, at time: Timestamp, _ done: @escaping Done) {
        let isFound = state.withLockedValue { state in
            switch act {
            case .hold(let until):
                guard let found = state.messages.removeValue(forKey: id) else { return false }
                state.held[id] = (found.message, until)
            case .release:
                guard let found = state.held.removeValue(forKey: id) else { return false }
                state.messages[id] = (found.message, [Array("held\r\n".utf8)])
            case .delete:
                return state.messages.removeValue(forKey: id) != nil || state.held.removeValue(forKey: id) != nil
            }
            return true
        }
        done(isFound ? .success(()) : .failure(OutboundError("there is no such message")))
    }
}

/// Receivers by address: each answers by its last number.
final class FakeReceivers: OutboundConnector {
    struct State {
        var received: [SubmissionID: Int] = [:]
        var recipients: [String: Int] = [:]
        var senders: [String] = []
        var connects = 0
        var bytes = 0
    }

    let state = NIOLockedValueBox(State())

    func connect(_ target: OutboundTarget, on loop: any EventLoop) -> EventLoopFuture<any OutboundConnection> {
        state.withLockedValue { $0.connects += 1 }
        guard let host = target.hosts.first, host.port != 1 else {
            return loop.makeFailedFuture(OutboundError("connection refused"))
        }
        return loop.makeSucceededFuture(Connection(receivers: self, loop: loop, host: host))
    }

    final class Connection: OutboundConnection {
        let receivers: FakeReceivers
        let loop: any EventLoop
        let end: EventLoopPromise<Void>

        init(receivers: FakeReceivers, loop: any EventLoop, host: OutboundHost) {
            self.receivers = receivers
            self.loop = loop
            self.host = host
            end = loop.makePromise()
        }

        deinit { end.succeed() }

        var remote: String { "sink.example[192.0.2.1]:25" }
        let host: OutboundHost
        var tls: String? { nil }
        var closed: EventLoopFuture<Void> { end.futureResult }
        func quit() { end.succeed() }

        func send(_ message: OutboundMessage) -> EventLoopFuture<OutboundResult> {
            let body: EventLoopFuture<[UInt8]> =
                switch message.content {
                case .memory(let chunks): loop.makeSucceededFuture(chunks.flatMap { $0 })
                case .stored(let count, let read):
                    EventLoopFuture.whenAllSucceed((0..<count).map(read), on: loop).map { $0.flatMap { $0 } }
                }
            return body.map { bytes in
                let replies = message.envelope.recipients.map { recipient -> Reply in
                    let address = recipient.address
                    if address.localPart.hasPrefix("unknown") {
                        return Reply(.mailboxUnavailable, .init(5, 1, 1), "no such user")
                    }
                    if address.localPart.hasPrefix("busy") {
                        return Reply(.mailboxUnavailableNow, .init(4, 2, 1), "busy")
                    }
                    return Reply(.ok, .init(2, 0, 0), "taken")
                }
                self.receivers.state.withLockedValue { state in
                    state.bytes += bytes.count
                    state.senders.append(message.envelope.sender.description)
                    for (recipient, reply) in zip(message.envelope.recipients, replies) where reply.code.isPositive {
                        state.recipients[recipient.address.description, default: 0] += 1
                    }
                }
                return OutboundResult(replies: replies, connection: .usable, passedOnNotify: false)
            }
        }
    }
}

/// `dead.example` refuses, `nowhere.example` does not exist, all else lives.
struct FakeFinder: HostFinder {
    func hosts(of destination: DestinationKey, on loop: any EventLoop) -> EventLoopFuture<HostAnswer> {
        let name = destination.description
        if name == "nowhere.example" {
            return loop.makeSucceededFuture(.permanent(Reply(.mailboxUnavailable, .init(5, 1, 2), "no such domain")))
        }
        let port: UInt16 = name == "dead.example" ? 1 : 25
        let host = OutboundHost(name: nil, address: .v4(0xc000_0201), port: port)
        return loop.makeSucceededFuture(.hosts([host], validFor: .seconds(3600)))
    }
}

struct PlainReports: ReportWriter {
    func write(_ request: ReportRequest) -> [UInt8] {
        let lines = request.recipients.map { "\($0.recipient.address): \($0.reply)\r\n" }
        return Array(("Subject: \(request.kind.rawValue)\r\n\r\n" + lines.joined()).utf8) + request.head
    }
}

/// A relay over fakes, on one real event loop.
struct RelayBench {
    let store: any MailStore
    let receivers = FakeReceivers()
    let events = NIOLockedValueBox<[DeliveryEvent]>([])
    let relay: MailRelay
    let now: NIOLockedValueBox<Timestamp>

    init(store: any MailStore, _ change: (inout RelaySettings) -> Void = { _ in }) async throws {
        self.store = store
        let events = events
        let pool = EgressPool(helo: try domain("gw.example.net"))
        let last = NIOLockedValueBox<SubmissionID?>(SubmissionID.next(after: nil, at: .start + .seconds(3600)))
        let now = NIOLockedValueBox(Timestamp.start)
        self.now = now
        var parts = MailRelay.Parts(
            routes: RoutingTable(clean: pool, risky: pool), store: store, connector: receivers, finder: FakeFinder(),
            reports: PlainReports(),
            newID: {
                last.withLockedValue { last in
                    let next = SubmissionID.next(after: last, at: .start)
                    last = next
                    return next
                }
            }, clock: { now.withLockedValue { $0 } }, seed: 1
        ) { event in events.withLockedValue { $0.append(event) } }
        parts.settings.pollInterval = .milliseconds(5)
        parts.settings.heldSweepInterval = .milliseconds(5)
        parts.settings.spoolRetry = .milliseconds(5)
        change(&parts.settings)
        relay = MailRelay(parts, on: MultiThreadedEventLoopGroup.singleton.next())
    }

    /// Waits for the snapshot that the relay itself gives, a bounded number of times.
    func until(_ condition: @Sendable () -> Bool) async throws -> Bool {
        for _ in 0..<20_000 {
            if condition() { return true }
            _ = await relay.snapshot()
        }
        return condition()
    }

    func end() async throws { await relay.shutdown() }

    var completed: Int {
        events.withLockedValue { $0.count { if case .completed = $0 { true } else { false } } }
    }
}

func relayMessage(
    _ number: Int64, to recipients: [String], from sender: String = "ann@customer.example",
    notify: Envelope.Notify = .unspecified
) throws -> RelayMessage {
    let list = try recipients.map {
        Envelope.Recipient(address: try #require(EmailAddress($0)), notify: notify)
    }
    let envelope = Envelope(sender: try #require(ReversePath(sender)), recipients: list)
    return RelayMessage(
        id: SubmissionID(rawValue: (Timestamp.start.microseconds / 1000) << 20 + number), kind: .submission,
        identity: SubmissionIdentity(
            customer: try #require(CustomerID("acme")), server: .v4(1), account: nil, evidence: .address),
        campaign: nil, envelope: envelope, size: ByteCount(10), chunkCount: 1, received: .start,
        expires: .start + .seconds(432_000), pool: .clean,
        progress: list.map { _ in RecipientProgress() })
}

let textBody = [Array("Subject: x\r\n\r\nhello\r\n".utf8)]
