package import Logging
package import MailTypes
import NIOConcurrencyHelpers
package import NIOCore
package import NIOPosix

/// Brings what was accepted to its receivers: the shell around `DeliveryScheduler`.
///
/// All state lives on one event loop; `enqueue` may be called from anywhere and costs an append under a lock. Blocking
/// reads of the spool run on threads of their own. A message leaves the spool only after every recipient was delivered or
/// failed for good, and its report was made durable.
package final class Relay: Sendable {
    /// What the relay is made of.
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
        /// Called on the relay's event loop, or on another thread for trouble: must be quick and not block.
        package var emit: @Sendable (DeliveryEvent) -> Void
        /// For jitter only.
        package var seed: UInt64
        package var log: Logger

        package init(
            routes: RoutingTable, store: any MailStore, connector: any OutboundConnector, finder: any HostFinder,
            reports: any ReportWriter, newID: @escaping @Sendable () -> SubmissionID,
            clock: @escaping @Sendable () -> Timestamp, seed: UInt64, log: Logger,
            emit: @escaping @Sendable (DeliveryEvent) -> Void
        ) {
            self.routes = routes
            self.store = store
            self.connector = connector
            self.finder = finder
            self.reports = reports
            self.newID = newID
            self.clock = clock
            self.seed = seed
            self.log = log
            self.emit = emit
        }
    }

    private let loop: any EventLoop
    private let readers: NIOThreadPool
    private let core: NIOLoopBound<RelayCore>
    private let inbox = NIOLockedValueBox<[(message: RelayMessage, body: [[UInt8]]?)]>([])

    /// `readers` is started and stopped by the caller; two threads are enough for one disk.
    private init(loop: any EventLoop, readers: NIOThreadPool, core: NIOLoopBound<RelayCore>) {
        self.loop = loop
        self.readers = readers
        self.core = core
    }

    /// Makes a relay on an event loop. Nothing moves before `start`.
    package static func make(_ parts: Parts, on loop: any EventLoop, readers: NIOThreadPool) -> EventLoopFuture<Relay> {
        loop.submit {
            let core = RelayCore(parts, loop: loop, readers: readers)
            return Relay(loop: loop, readers: readers, core: NIOLoopBound(core, eventLoop: loop))
        }
    }

    /// Loads the queue in the background, oldest first, and begins to deliver.
    package func start() {
        loop.execute { self.core.value.start() }
    }

    /// Takes a message that the spool has committed; `body` are its bytes, where they are at hand.
    package func enqueue(_ message: RelayMessage, body: [[UInt8]]?) {
        let isFirst = inbox.withLockedValue { inbox in
            inbox.append((message, body))
            return inbox.count == 1
        }
        guard isFirst else { return }
        loop.execute {
            let arrived = self.inbox.withLockedValue { inbox in
                let all = inbox
                inbox = []
                return all
            }
            let core = self.core.value
            for (message, body) in arrived { core.take(message, body: body) }
        }
    }

    /// Forgets a message that was deleted or held again; what is in flight runs to its end.
    package func cancel(_ id: SubmissionID) {
        loop.execute { self.core.value.cancel(id) }
    }

    /// Routes for messages that come from now on; what is queued keeps its way.
    package func setRoutes(_ routes: RoutingTable) {
        loop.execute { self.core.value.routes = routes }
    }

    package func snapshot(top: Int = 20) -> EventLoopFuture<RelaySnapshot> {
        loop.submit { self.core.value.snapshot(top: top) }
    }

    /// Ends: no new transactions, those in flight finish within `RelaySettings.stopTimeout`.
    package func stop() -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        loop.execute { self.core.value.stop(promise) }
        return promise.futureResult
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
            messagesInMemory: cache.count, memory: ByteCount(cache.bytes), writesUnderWay: writesUnderWay)
    }
}
