package import Console
import ContentAnalysis
import ControlStore
import DNSClient
import Detection
import Enforcement
import Inspection
import Journal
package import Logging
import MailTypes
import MessageFormat
import MilterServing
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Relay
import Response
import SMTPSending
package import SMTPServing
package import SluiceConfiguration
import Spool
import TLSContexts

/// The composition: one configuration becomes services that know of each other. No logic of its own.
///
/// ```
/// let gateway = try Gateway(configuration, sockets: sockets, logger: logger)   // opens the state; blocks
/// try await gateway.start()                                                    // takes mail from here on
/// gateway.reload(changed)                                                      // sessions go on
/// await gateway.stop()                                                         // transactions end first
/// ```
/// Files: `+Reload`, `+Upkeep` (what is done from time to time), `Parts` (what is made from the configuration).
package final class Gateway: Sendable {
    /// Transactions that are under way at a stop have so long to end; in all well under systemd's 90 seconds.
    private static let grace = Duration.seconds(20)

    struct State: Sendable {
        var configuration: Configuration
        var isReady = false
        var upkeep: [RepeatedTask] = []
    }

    let state: NIOLockedValueBox<State>
    let logger: Logger
    let group: MultiThreadedEventLoopGroup
    /// For what blocks from time to time: databases' statistics, certificates, memory's snapshot.
    let workers = NIOThreadPool(numberOfThreads: 1)
    let spool: Spool
    let control: ControlDatabase
    let memory: DetectorMemory
    let journal: JournalWriter
    let inspector: Inspector
    let learning: LearningModel
    let teacher: Teacher
    let responder: Responder
    let cases: CaseKeeper
    let webhooks: WebhookSender
    let damage: DamageKeeper
    let reputation: ReputationKeeper?
    let resolver: UnboundResolver
    let outbound: SMTPOutbound
    let relay: MailRelay
    let policy: GatewayPolicy
    let logins: LoginService
    let tls: ServerTLSContext?
    /// The HTTP side's own certificate.
    let httpTLS: ServerTLSContext?
    /// Who may use the API.
    let operators = OperatorBook()
    let server: SMTPServer
    /// What mail servers ask that send by themselves.
    let milter: (gate: MilterGate, server: MilterServer)?
    /// For held mail that is judged again.
    let scoring: NIOLockedValueBox<any ContentScoring>
    let metrics: GatewayMetrics
    let sockets: ListeningSockets

    /// Opens the state directory, loads what is remembered, and makes the services. Blocks; no mail is taken yet.
    package init(_ configuration: Configuration, sockets: ListeningSockets, logger: Logger) throws {
        self.logger = logger
        self.sockets = sockets
        state = NIOLockedValueBox(State(configuration: configuration))
        let parts = try Parts(configuration, sockets: sockets)
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(2, System.coreCount))
        workers.start()
        let counters = GatewayCounters()
        let events = EventLog(logger: logger, counters: counters)

        spool = try Spool(directory: configuration.stateDirectory, settings: parts.spool, role: .gateway)
        control = try ControlDatabase(directory: configuration.stateDirectory)
        control.use(CasePolicy(configuration))
        memory = DetectorMemory(control: control, logger: logger)
        journal = try Parts.journal(configuration)
        let learning = LearningModel(parts.scoring)
        let teacher = Teacher(stateDirectory: configuration.stateDirectory, logger: logger)
        (self.learning, self.teacher) = (learning, teacher)
        let inspector = Inspector(
            scoring: learning, policy: parts.detection, hashKey: try memory.hashKey(), recorder: journal)
        self.inspector = inspector
        memory.restore(inspector)
        inspector.use(parts.lists)

        let ids = SubmissionIDs(after: try spool.latestID())
        // Responder and relay tell each other of messages; the box is filled before anything can happen.
        let relayBox = NIOLockedValueBox<MailRelay?>(nil)
        let enqueue: @Sendable (SpooledMessage, [[UInt8]]?) -> Void = { message, chunks in
            relayBox.withLockedValue { $0 }?.enqueue(message, body: chunks)
        }
        resolver = try UnboundResolver(parts.dns)
        // Made before the responder, which its alarm is for.
        let alarm = NIOLockedValueBox<Responder?>(nil)
        let reputation = Self.reputation(
            configuration, resolver: resolver, control: control, workers: workers, on: group.next(), logger: logger
        ) { listing in alarm.withLockedValue { $0 }?.alarm(listing) }
        self.reputation = reputation
        var callbacks = Responder.Callbacks(
            lifted: { inspector.reinstate($0, at: Clock.now()) }, stopped: { _ in }, spooled: { enqueue($0, $1) },
            nextID: { ids.next(at: $0) }, now: Clock.now)
        let spool = spool
        callbacks.learnt = { ids, isSpam in
            teacher.note(ids, in: spool, isSpam: isSpam, teacher: .incident, at: Clock.now())
        }
        if configuration.notices.usesSystemLog {
            let log = SystemLog()
            callbacks.announced = { log.write($0) }
        }
        callbacks.listings = { incident, time in reputation?.statement(for: incident, at: time) }
        let scoring = NIOLockedValueBox<any ContentScoring>(learning)
        self.scoring = scoring
        callbacks.rejudge = { _, content in
            let message = MessageReader.read(content)
            return scoring.withLockedValue { $0 }.logOdds(ContentSample(message))
        }
        let responder = try Responder(
            control: control, spool: spool, settings: parts.response, callbacks: callbacks, logger: logger)
        self.responder = responder
        alarm.withLockedValue { $0 = responder }
        webhooks = try Self.webhookSender(control: control, workers: workers, group: group, logger: logger)
        cases = Self.caseKeeper(
            state, control: control, workers: workers, group: group, resolver: resolver, logger: logger)

        damage = DamageKeeper(
            control: control, journal: JournalReader(directory: configuration.stateDirectory + "/journal"),
            logger: logger, blocking: CaseKeeper.Blocking(pool: workers), flush: { [journal] in journal.flush() })

        outbound = SMTPOutbound(tls: try ClientTLSContexts(), logins: parts.delivery.logins)
        relay = MailRelay(
            settings: parts.delivery.settings, routes: parts.delivery.routes, spool: spool,
            finder: RouteHostFinder(
                names: DNSMailNames(
                    resolver: resolver,
                    resolution: MXResolution(ownNames: [configuration.hostname], ownAddresses: parts.ownAddresses)),
                ownAddresses: parts.ownAddresses),
            connector: outbound, newID: { ids.next(at: Clock.now()) }, clock: Clock.now, on: group.next()
        ) { event in
            events.delivery(event)
            guard case .attempt(let attempt) = event else { return }
            if let delivery = NoticeDelivery(attempt) { responder.recordDelivery(delivery) }
            guard let outcome = attempt.outcome else { return }
            inspector.observe(outcome)
            responder.recordOutcome(outcome)
            if outcome.result == .policyRefusal { reputation?.expedite(at: outcome.time) }
        }
        let relay = relay
        relayBox.withLockedValue { $0 = relay }

        policy = GatewayPolicy(
            GatewayPolicy.Parts(
                inspector: inspector, responder: responder, spool: spool, ids: ids, events: events, enqueue: enqueue,
                clock: Clock.now,
                desk: FeedbackDesk(
                    hash: inspector.addressHash,
                    journal: JournalReader(directory: configuration.stateDirectory + "/journal"),
                    lessons: teacher.book, logger: logger, flush: { [journal] in journal.flush() },
                    tell: { inspector.take($0) }),
                workers: workers),
            settings: parts.intake.with(LinkLists(configuration, resolver: resolver)))
        logins = try LoginService(configuration, decoySecret: try memory.decoySecret())
        tls = parts.tls
        httpTLS = parts.httpTLS
        server = SMTPServer(
            listeners: parts.listeners, limits: configuration.limits, policy: policy, authenticator: logins,
            group: group)
        milter = configuration.milter.map { [policy, group] milter in
            let gate = MilterGate(policy, milter, hostName: configuration.hostname)
            return (
                gate,
                MilterServer(
                    MilterSettings(milter, hostName: configuration.hostname, limits: configuration.limits),
                    policy: gate, group: group)
            )
        }
        metrics = GatewayMetrics(
            counters: counters, inspector: inspector, responder: responder, spool: spool, journal: journal)
    }

    /// Takes mail, and begins to deliver what is queued.
    package func start() async throws {
        let bound = try await server.start()
        let milterPort = try await milter?.server.start()
        relay.start()
        responder.start(on: group.next())
        startUpkeep()
        state.withLockedValue { $0.isReady = true }
        if let milter = state.withLockedValue({ $0.configuration.milter }), let port = milterPort {
            logger.notice(
                "listening",
                metadata: [
                    "listener": "milter",
                    "address": "\(SluiceConfiguration.SocketAddress(address: milter.address.address, port: port))",
                ])
        }
        for listener in bound {
            logger.notice(
                "listening",
                metadata: [
                    "listener": "\(listener.name)",
                    "address": "\(SluiceConfiguration.SocketAddress(address: listener.address, port: listener.port))",
                ])
        }
    }

    /// Where it listens, with the real ports.
    package var bound: [BoundListener] { server.bound }

    /// What the HTTP side tells.
    package var health: HealthServer.Sources {
        let (state, metrics) = (state, metrics)
        return HealthServer.Sources(
            unreadiness: { state.withLockedValue { $0.isReady } ? nil : "starting or stopping" },
            metrics: { metrics.families() })
    }

    /// Ends: no new sessions, messages under way are finished within a bound, what is known is written. Idempotent.
    package func stop() async {
        let wasReady = state.withLockedValue { state in
            defer { state.isReady = false }
            return state.isReady
        }
        logger.notice("stopping")
        for task in state.withLockedValue({ $0.upkeep }) { task.cancel() }
        await server.stop(grace: Self.grace)
        await milter?.server.stop(grace: Self.grace)
        await relay.shutdown(deadline: Self.grace)
        await close(savesMemory: wasReady)
        try? await group.shutdownGracefully()
        logger.notice("stopped")
    }

    /// What blocks, off the cooperative threads.
    private func close(savesMemory: Bool) async {
        let (workers, responder, memory, inspector) = (workers, responder, memory, inspector)
        let (spool, control, resolver, logins, journal) = (spool, control, resolver, logins, journal)
        try? await workers.runIfActive {
            responder.close()
            if savesMemory { memory.save(inspector) }
            journal.flush()
            spool.close()
            try? control.close()
            resolver.shutdown()
            logins.close()
        }
        try? await workers.shutdownGracefully()
    }
}
