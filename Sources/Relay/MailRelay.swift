package import MailTypes
import NIOConcurrencyHelpers
package import NIOCore
import NIOPosix
package import Spool

/// Brings what was accepted to its receivers: routes, schedules, sends, retries, and reports to senders.
///
/// ## How to use it
/// ```swift
/// let relay = MailRelay(
///     settings: settings, routes: routes, spool: spool,
///     finder: RouteHostFinder(
///         names: DNSMailNames(resolver: resolver, resolution: MXResolution(ownNames: [hostname])),
///         ownAddresses: addresses),
///     connector: SMTPOutbound(tls: try ClientTLSContexts(), logins: logins),
///     newID: ids.next, clock: clock, on: group.next()
/// ) { event in … }                          // every outcome: log, metrics, detection
/// relay.start()                             // at once; the queue of the spool is loaded behind it
/// relay.enqueue(message, body: chunks)      // after `spool.commit` succeeded
/// …
/// await relay.shutdown(deadline: .seconds(30))
/// spool.close()
/// ```
///
/// ## What it promises
/// A message leaves the spool only after every recipient was delivered or failed for good and the report on failures is
/// durable. Nothing is sent twice but what was in flight when the process died. Mail in doubt (`SpooledMessage.pool` risky,
/// or ever held) never leaves through the clean pool, whatever routes say.
///
/// All state lives on one event loop; every function may be called from any thread. Blocking reads of the spool run on two
/// threads of the relay's own.
package final class MailRelay: Sendable {
    /// What the relay is made of, for those who bring their own parts (tests).
    package struct Parts: Sendable {
        package var settings = RelaySettings()
        package var routes: RoutingTable
        package var store: any MailStore
        package var connector: any OutboundConnector
        package var finder: any HostFinder
        package var reports: any ReportWriter
        /// A new id of the spool's, for reports.
        package var newID: @Sendable () -> SubmissionID
        package var clock: @Sendable () -> Timestamp
        /// Called on the relay's event loop: must be quick and not block.
        package var emit: @Sendable (DeliveryEvent) -> Void
        /// For jitter only.
        package var seed: UInt64

        package init(
            settings: RelaySettings = RelaySettings(), routes: RoutingTable, store: any MailStore,
            connector: any OutboundConnector, finder: any HostFinder, reports: any ReportWriter,
            newID: @escaping @Sendable () -> SubmissionID, clock: @escaping @Sendable () -> Timestamp, seed: UInt64,
            emit: @escaping @Sendable (DeliveryEvent) -> Void
        ) {
            self.settings = settings
            self.routes = routes
            self.store = store
            self.connector = connector
            self.finder = finder
            self.reports = reports
            self.newID = newID
            self.clock = clock
            self.seed = seed
            self.emit = emit
        }
    }

    private struct Arrival: Sendable {
        var message: RelayMessage
        var body: [[UInt8]]?
    }

    private let loop: any EventLoop
    private let readers = NIOThreadPool(numberOfThreads: 2)
    private let core: NIOLoopBoundBox<RelayCore?>
    private let inbox = NIOLockedValueBox<[Arrival]>([])
    private let largestInMemory: Int
    private let ended: EventLoopPromise<Void>

    package init(_ parts: Parts, on loop: any EventLoop) {
        self.loop = loop
        largestInMemory = parts.settings.largestInMemory.bytes
        ended = loop.makePromise(of: Void.self)
        core = NIOLoopBoundBox.makeEmptyBox(valueType: RelayCore.self, eventLoop: loop)
        readers.start()
        // What is in the spool by now is loaded; what gets a later id comes through `enqueue`, and only so: were it taken
        // from both, it could go out twice.
        let firstNew = parts.newID()
        loop.execute { [core, readers] in
            core.value = RelayCore(parts, firstNew: firstNew, loop: loop, readers: readers)
        }
    }

    /// A relay that nobody shut down ends with its owner.
    deinit { ended.succeed() }

    /// Over the real spool, with DSNs of our own writing. `newID` gives ids of the same sequence as the intake's. `emit` is called on `loop`: it must be quick and not block.
    package convenience init(
        settings: RelaySettings, routes: RoutingTable, spool: Spool, finder: any HostFinder,
        connector: any OutboundConnector, newID: @escaping @Sendable () -> SubmissionID,
        clock: @escaping @Sendable () -> Timestamp, on loop: any EventLoop,
        emit: @escaping @Sendable (DeliveryEvent) -> Void
    ) {
        let parts = Parts(
            settings: settings, routes: routes, store: SpoolStore(spool), connector: connector, finder: finder,
            reports: DeliveryReportWriter(), newID: newID, clock: clock,
            seed: UInt64.random(in: .min ... .max), emit: emit)
        self.init(parts, on: loop)
    }

    /// Begins to deliver, and loads what a former process left in the spool, oldest first, in the background. Ready at once:
    /// new mail is delivered while the old is being loaded.
    package func start() { withCore { $0.start() } }

    /// `start`, and then waits for the end of `shutdown`.
    package func run() async {
        start()
        try? await ended.futureResult.get()
    }

    /// Takes a message that the spool has committed; `body` are its bytes, where they are at hand: small messages are then
    /// sent from memory, within `RelaySettings.memory`. One that is held is left alone.
    package func enqueue(_ message: SpooledMessage, body: [[UInt8]]? = nil) {
        guard case .queued = message.state else { return }
        enqueue(RelayMessage(message), body: body)
    }

    package func enqueue(_ message: RelayMessage, body: [[UInt8]]?) {
        let kept = message.size.bytes <= largestInMemory ? body : nil
        let isFirst = inbox.withLockedValue { inbox in
            inbox.append(Arrival(message: message, body: kept))
            return inbox.count == 1
        }
        guard isFirst else { return }
        withCore { core in
            let arrived = self.inbox.withLockedValue { inbox in
                defer { inbox = [] }
                return inbox
            }
            for arrival in arrived { core.take(arrival.message, body: arrival.body) }
        }
    }

    /// Holds, releases or deletes a message, durably, recorded under the author's name (`person:ann`, `stop:case-7`). What is
    /// in flight runs to its end. Throws what the spool says: `notFound` when the message is gone or in that state already.
    ///
    /// What commands do beside the running gateway, through the spool, is found within `RelaySettings.pollInterval`.
    package func act(_ act: HoldAct, on id: SubmissionID, author: String) async throws {
        let promise = loop.makePromise(of: Void.self)
        withCore { $0.act(act, on: id, author: author, promise) }
        try await promise.futureResult.get()
    }

    /// Takes a new configuration. Limits and routes hold for messages and connections from now on; what is queued keeps its
    /// way. `memory` and `largestInMemory` need a restart.
    package func reload(settings: RelaySettings, routes: RoutingTable) {
        withCore { $0.reload(settings, routes) }
    }

    /// The state at this moment; `top` destinations by queue length.
    package func snapshot(top: Int = 20) async -> RelaySnapshot? {
        try? await loop.submit { self.core.value?.snapshot(top: top) }.get()
    }

    /// Ends: no new transactions; those in flight have until the deadline, and what they came to is written.
    package func shutdown(deadline: Duration = .seconds(30)) async {
        let promise = loop.makePromise(of: Void.self)
        withCore { $0.stop(promise, deadline) }
        try? await promise.futureResult.get()
        try? await readers.shutdownGracefully()
        ended.succeed()
    }

    private func withCore(_ body: @escaping @Sendable (RelayCore) -> Void) {
        loop.execute {
            guard let core = self.core.value else { return }
            body(core)
        }
    }
}

extension RelayCore {
    func snapshot(top: Int) -> RelaySnapshot {
        let now = clock()
        let overview = scheduler.overview(top: top, now: now)
        let rate = rates.perSecond(now)
        return RelaySnapshot(
            queued: scheduler.queuedCount,
            ready: scheduler.queuedCount - scheduler.waitingCount - scheduler.inFlightCount,
            waiting: scheduler.waitingCount, inFlight: scheduler.inFlightCount, queuedByPool: overview.byPool,
            connections: scheduler.connectionCount, destinations: scheduler.destinationCount, top: overview.top,
            counters: scheduler.counters, deliveredPerSecond: rate.delivered, failedPerSecond: rate.failed,
            messagesInMemory: cache.count, memory: ByteCount(cache.bytes), writesUnderWay: writes.count,
            isLoading: isLoading)
    }
}
