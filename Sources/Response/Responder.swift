package import ControlStore
import Detection
package import Enforcement
package import Logging
package import MailTypes
import NIOConcurrencyHelpers
package import NIOCore
import NIOPosix
package import Spool

/// Carries out what detection finds: stops, cases, notices, audit entries; and knows which stops are in force.
///
/// Purpose: event loops ask `covering` and tell what happened, in a microsecond and without blocking; everything that
/// touches the database runs on one thread of its own, in order. Acts that the database refuses are asked for again by
/// the next suspect message, so that a full disk delays a stop and does not lose it.
///
/// Own notices have no identity: no stop covers them, and they leave by their own route.
///
/// ```
/// let responder = try Responder(control: control, spool: spool, settings: settings, callbacks: callbacks, logger: logger)
/// responder.start(on: loop)                                    // takes up what a crash interrupted; looks twice a second
/// if let stop = responder.covering(identity, campaign: campaign, at: now) {
///     responder.recordRefusal(stop, of: submission, isSuspect: true)
///     return responder.reply(to: stop)                         // 451 or 550 with reason, case and URL
/// }
/// message.caseID = responder.record(verdict, of: submission)   // before a held message is committed
/// responder.recordOutcome(outcome)
/// responder.release(ids, author: "detector", at: now)          // held mail that turned out good
/// responder.close()                                            // before spool and control database
/// ```
/// Released mail needs no callback: the relay finds it by `Spool.pickUpReleased`, whichever process released it.
package final class Responder: Sendable {
    /// Acts that may wait for the database; beyond it they are dropped, and asked for again by the next suspect message.
    static let queueLimit = 10_000
    /// How often the database is looked at, and counts are written.
    package static let interval = TimeAmount.milliseconds(500)

    /// What others are to do when something changed. Called on the responder's thread.
    package struct Callbacks: Sendable {
        /// A source may send again: detection is to forget its suspicion.
        package var lifted: @Sendable (SourceID) -> Void
        /// A source may not send from now on.
        package var stopped: @Sendable (Stop) -> Void
        /// A notice is in the spool and wants to be delivered.
        package var spooled: @Sendable (SpooledMessage, [[UInt8]]) -> Void
        /// What held messages are, as a case has shown: spam, or not. While the spool still has them.
        package var learnt: @Sendable ([SubmissionID], Bool) -> Void
        /// The next submission id.
        package var nextID: @Sendable (Timestamp) -> SubmissionID
        package var now: @Sendable () -> Timestamp
        /// Whether a blocklist has an entry that is younger than the case's clean-up; `nil`: lists are not watched.
        /// What a held message is worth by itself, without its source's past: log-odds of its content; `nil`: not known.
        package var rejudge: @Sendable (SpooledMessage, [UInt8]) -> Double? = { _, _ in nil }
        /// One line for the system log.
        package var announced: @Sendable (String) -> Void = { _ in }
        package var listings: @Sendable (IncidentCase, Timestamp) -> CheckState.Statement? = { _, _ in nil }

        package init(
            lifted: @escaping @Sendable (SourceID) -> Void, stopped: @escaping @Sendable (Stop) -> Void,
            spooled: @escaping @Sendable (SpooledMessage, [[UInt8]]) -> Void,
            nextID: @escaping @Sendable (Timestamp) -> SubmissionID, now: @escaping @Sendable () -> Timestamp,
            learnt: @escaping @Sendable ([SubmissionID], Bool) -> Void = { _, _ in }
        ) {
            self.lifted = lifted
            self.stopped = stopped
            self.spooled = spooled
            self.nextID = nextID
            self.now = now
            self.learnt = learnt
        }
    }

    struct State: Sendable {
        var register = StopRegister()
        var ledger = SourceLedger()
        var probations = ProbationRegister()
        var deliveries: [NoticeDelivery] = []
        var settings: ResponseSettings
        var queued = 0
        var isTicking = false
        var isCarryingOut = false
        var ticks = 0
        var timer: RepeatedTask?
    }

    let state: NIOLockedValueBox<State>
    let control: ControlDatabase
    let spool: Spool
    let outbox: NoticeOutbox
    let callbacks: Callbacks
    let logger: Logger
    /// Held while stops change in the database and in the register, so that the two never part: people act on other threads
    /// than the responder's.
    let acts = NIOLock()
    private let thread = NIOThreadPool(numberOfThreads: 1)

    /// Loads the stops and the open cases; blocks.
    package init(
        control: ControlDatabase, spool: Spool, settings: ResponseSettings, callbacks: Callbacks, logger: Logger
    ) throws(ControlError) {
        self.control = control
        self.spool = spool
        self.callbacks = callbacks
        self.logger = logger
        outbox = NoticeOutbox(spool: spool, callbacks: callbacks, logger: logger)
        var state = State(settings: settings)
        let now = callbacks.now()
        state.register = try control.register(at: now)
        var before: CaseID?
        repeat {
            let page = try control.incidents(before: before, onlyOpen: true, limit: ControlDatabase.pageLimit)
            for incident in page {
                for source in incident.sources {
                    state.ledger.update(source, at: incident.last) { entry in
                        entry.caseID = entry.caseID ?? incident.id
                        entry.sampled = incident.samples.count
                    }
                }
            }
            before = page.count == ControlDatabase.pageLimit ? page.last?.id : nil
        } while before != nil
        state.probations.replace(try control.casesOnProbation(), at: now)
        self.state = NIOLockedValueBox(state)
        thread.start()
    }

    /// Takes up what a crash interrupted, and looks at the database every `interval` from now on.
    package func start(on loop: any EventLoop) {
        resume()
        let timer = loop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { [weak self] _ in
            guard let self else { return }
            self.tick(at: self.callbacks.now())
        }
        state.withLockedValue { $0.timer = timer }
    }

    /// Writes what is counted, and ends the thread. Blocks.
    package func close() {
        state.withLockedValue { $0.timer }?.cancel()
        flush()
        try? thread.syncShutdownGracefully()
    }

    /// Waits until everything asked for so far is done and counts are written. Blocks.
    package func flush() {
        let done = NIOConcurrencyHelpers.ConditionLock(value: false)
        let now = callbacks.now()
        thread.submit { [self] _ in
            writeCounts(at: now)
            writeDeliveries()
            done.lock()
            done.unlock(withValue: true)
        }
        done.lock(whenValue: true)
        done.unlock()
    }

    // MARK: - Event loops ask

    /// The smallest stop that covers the submission, or `nil`; a look-up a scope.
    package func covering(_ identity: SubmissionIdentity, campaign: CampaignID?, at time: Timestamp) -> Stop? {
        state.withLockedValue { $0.register.covering(identity, campaign: campaign, at: time) }
    }

    /// What the client of a stopped source is told: 451 in doubt, 550 when confirmed, with reason, case and URL.
    package func reply(to stop: Stop) -> Reply {
        let base = state.withLockedValue { $0.settings.baseURL }
        return stop.reply(baseURL: base)
    }

    /// Stops in force, for metrics.
    package var stopCount: Int { state.withLockedValue { $0.register.count } }

    package var stops: [Stop] { state.withLockedValue { $0.register.all } }

    /// Takes new contacts and times.
    package func use(_ settings: ResponseSettings) { state.withLockedValue { $0.settings = settings } }

    /// Runs on the responder's thread, in order; false if too much waits.
    @discardableResult
    func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        let accepted = state.withLockedValue { state in
            guard state.queued < Self.queueLimit else { return false }
            state.queued += 1
            return true
        }
        guard accepted else { return false }
        thread.submit { [self] itemState in
            state.withLockedValue { $0.queued -= 1 }
            if case .active = itemState { work() }
        }
        return true
    }
}
