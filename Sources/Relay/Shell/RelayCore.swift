import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// The relay's state and what it does with the scheduler's actions. Lives on one event loop, so it needs no lock.
final class RelayCore {
    let loop: any EventLoop
    var settings: RelaySettings
    let store: any MailStore
    let connector: any OutboundConnector
    let finder: any HostFinder
    let reports: any ReportWriter
    let readers: NIOThreadPool
    let clock: @Sendable () -> Timestamp
    let newID: @Sendable () -> SubmissionID
    let emit: @Sendable (DeliveryEvent) -> Void

    var scheduler: DeliveryScheduler
    var routes: RoutingTable
    var cache: MessageCache
    /// What is known of destinations that the scheduler asked for.
    var destinations: [DeliveryScheduler.DestinationHandle: KnownDestination] = [:]
    var connections: [DeliveryScheduler.ConnectionHandle: any OutboundConnection] = [:]
    var wake: Scheduled<Void>?
    /// Outcomes without a reply (expired, unroutable) and delay notices whose messages must be read first.
    var unread = CircularBuffer<Unread>()
    var readsUnderWay = 0
    /// Reads of many messages under way, and what was settled meanwhile: their rows are old news.
    var pageReads = 0
    var settledDuringReads: Set<SubmissionID> = []
    var writes = WriteLedger()
    let answers = NIOLockedValueBox<[WriteLedger.Answer]>([])
    var isLoading = false
    /// Messages with lower ids were in the spool before this relay was made.
    let firstNew: SubmissionID
    var rates = RateWindow()
    var isStopping = false
    var stopped: EventLoopPromise<Void>?

    struct KnownDestination {
        var key: DestinationKey
        var hosts: [OutboundHost] = []
        /// Why it is put off, or does not exist.
        var trouble: Reply?

        /// Hosts before the one that answered did not: until they are asked for anew they come last, so that a dead first
        /// exchanger does not cost every connection its time limit.
        mutating func prefer(_ host: OutboundHost) {
            guard let place = hosts.firstIndex(of: host), place > 0 else { return }
            hosts = Array(hosts[place...] + hosts[..<place])
        }
    }

    enum Unread {
        case outcome(DeliveryScheduler.Outcome)
        case delayed(SubmissionID, RecipientNumbers, DeliveryScheduler.DestinationHandle)
    }

    /// Spool reads for outcomes at a time: they take the same threads as the bodies of mail that is going out.
    static let maximumReads = 16

    init(_ parts: MailRelay.Parts, firstNew: SubmissionID, loop: any EventLoop, readers: NIOThreadPool) {
        self.firstNew = firstNew
        self.loop = loop
        self.readers = readers
        settings = parts.settings
        store = parts.store
        connector = parts.connector
        finder = parts.finder
        reports = parts.reports
        clock = parts.clock
        newID = parts.newID
        emit = parts.emit
        routes = parts.routes
        scheduler = DeliveryScheduler(settings: parts.settings.scheduler, seed: parts.seed)
        cache = MessageCache(budget: parts.settings.memory)
    }

    /// Queues a message whose bytes may be at hand.
    func take(_ message: RelayMessage, body: [[UInt8]]?) {
        guard !scheduler.contains(message.id) else { return }
        let now = clock()
        let queued = schedule(message)
        guard !queued.parts.isEmpty else {
            // Nothing left to do: a crash came between the last outcome and its removal.
            write { self.store.remove(message, $0) }
            return
        }
        if let body { cache.keep(ActiveMessage(message, body: body)) }
        execute(scheduler.enqueue(queued, now: now), now)
    }

    /// Queues a message that was read from the spool, unless it is here, or left while it was being read: it must not go
    /// out twice.
    func takeStored(_ message: RelayMessage) {
        guard cache[message.id] == nil, !settledDuringReads.contains(message.id) else { return }
        take(message, body: nil)
    }

    /// Ends a read of many messages.
    func endPageRead() {
        pageReads -= 1
        if pageReads == 0 { settledDuringReads = [] }
    }

    /// The recipients that are pending, by destination.
    private func schedule(_ message: RelayMessage) -> DeliveryScheduler.QueuedMessage {
        let customer = message.identity?.customer
        var parts: [DeliveryScheduler.QueuedMessage.Part] = []
        let recipients = message.envelope.recipients
        var isNoticed = settings.delayNotice == nil
        if recipients.count == 1, message.progress.first.map({ $0.status == .pending }) ?? true {
            let key = routes.destination(of: recipients[0].address, customer: customer, pool: message.pool)
            let progress = message.progress.first
            isNoticed = isNoticed || progress?.isDelayNoticed == true
            parts = [
                .init(
                    destination: key, recipients: .one(0), attempts: UInt16(clamping: progress?.attempts ?? 0),
                    notBefore: progress?.nextAttempt)
            ]
        } else {
            var groups: [DestinationKey: [Int]] = [:]
            var order: [DestinationKey] = []
            for (number, recipient) in recipients.enumerated() {
                if number < message.progress.count, message.progress[number].status != .pending { continue }
                let key = routes.destination(of: recipient.address, customer: customer, pool: message.pool)
                if groups[key] == nil { order.append(key) }
                groups[key, default: []].append(number)
            }
            parts = order.map { key in
                let numbers = groups[key] ?? []
                let known = numbers.compactMap { $0 < message.progress.count ? message.progress[$0] : nil }
                isNoticed = isNoticed || known.contains { $0.isDelayNoticed }
                return .init(
                    destination: key, recipients: RecipientNumbers(numbers),
                    attempts: UInt16(clamping: known.map(\.attempts).max() ?? 0),
                    notBefore: known.compactMap(\.nextAttempt).min())
            }
        }
        return DeliveryScheduler.QueuedMessage(
            id: message.id, customer: customer, expires: message.expires,
            noticeAt: isNoticed ? nil : settings.delayNotice.map { message.received + $0 }, parts: parts)
    }
}
