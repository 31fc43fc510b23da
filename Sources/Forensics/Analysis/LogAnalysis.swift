import LogFormats
import MailTypes

/// Folds events, in the order of time, into bounded tables from which the findings are drawn at the end.
///
/// Single-threaded: one thread calls `consume`, and later `finish`. Nothing is decided while reading but where an
/// account's sending leaves its own past, since that past must not learn from the spike.
package final class LogAnalysis {
    let hasher: Hasher64
    let addresses: AddressTable
    let accounts: AccountTable
    let pairs: PairTable
    let bins: Slab<DayBin>
    let queue: RecentTable<QueueRecord>
    /// Failed logins of an account at an address within the past days, before any success there.
    let recentFailures: RecentTable<RecentFailures>
    /// Receivers that the mail log knows, by ten minutes.
    let relays = SeenSet()
    var flows = FlowTable()
    private let totalsMemory: UnsafeMutablePointer<Totals>

    package internal(set) var firstSeconds = UInt32.max
    package internal(set) var lastSeconds: UInt32 = 0

    /// - Parameter seed: keys the hashes; random in service, fixed in tests.
    package init(limits: AnalysisLimits = AnalysisLimits(), seed: UInt64) {
        totalsMemory = .allocate(capacity: 1)
        totalsMemory.initialize(to: Totals())
        hasher = Hasher64(key: seed)
        addresses = AddressTable(limit: limits.addresses, hasher: hasher)
        accounts = AccountTable(limit: limits.accounts, sendingLimit: limits.senders, hasher: hasher)
        pairs = PairTable(limit: limits.pairs, hasher: hasher)
        bins = Slab(limit: limits.dayBins)
        queue = RecentTable(bits: limits.queueBits, empty: QueueRecord())
        recentFailures = RecentTable(bits: 15, empty: RecentFailures())
    }

    deinit {
        totalsMemory.deinitialize(count: 1)
        totalsMemory.deallocate()
    }

    /// Counts over everything; in memory of its own, since nearly every event touches them.
    var totals: Totals {
        unsafeAddress { UnsafePointer(totalsMemory) }
        unsafeMutableAddress { totalsMemory }
    }

    /// Takes a run of events.
    package func consume(_ batch: EventBatch, _ range: Range<Int>) {
        let base = UInt64(batch.file) << 40 | UInt64(batch.firstLine)
        batch.events.withUnsafeBufferPointer { events in
            for i in range {
                let event = events[i]
                take(event, EvidenceRef(rawValue: base &+ UInt64(event.line)))
            }
        }
    }

    private func take(_ timed: TimedEvent, _ ref: EvidenceRef) {
        let now = timed.seconds
        if now > 0 {
            if now < firstSeconds { firstSeconds = now }
            if now > lastSeconds { lastSeconds = now }
        }
        switch timed.event {
        case .nothing: break
        case .login(let login): take(login, times: timed.repeats, now, ref)
        case .submission(let submission): take(submission, host: timed.host, now, ref)
        case .queued(let queued): take(queued, host: timed.host, now, ref)
        case .delivery(let delivery): take(delivery, host: timed.host, now, ref)
        case .removed(let queueID): remove(queueID, host: timed.host, now)
        case .reject(let reject): take(reject, times: timed.repeats, now, ref)
        case .flow(let flow): take(flow, times: timed.repeats, now, ref)
        }
    }

    @inline(__always)
    func queueKey(_ id: ByteSlice, _ host: UInt32) -> UInt64 {
        max(1, hasher.hash(id.pointer, id.count) ^ UInt64(host) &* 0x9e37_79b9_7f4a_7c15)
    }
}

/// Failed logins lately.
struct RecentFailures {
    /// Told by the services in front, and by password backends: the same attempts, so the greater of the two counts.
    var front: UInt32 = 0
    var backend: UInt32 = 0
    var count: UInt32 { max(front, backend) }
    var first: UInt32 = 0
    var ref = EvidenceRef.none
}

/// Counts over everything.
struct Totals {
    var logins = 0
    var failedLogins = 0
    var messages = 0
    var delivered = 0
    var bounced = 0
    var deferrals = 0
    /// When the mail log told of deliveries: outside, it proves nothing about a firewall's lines.
    var firstDelivery: UInt32 = 0
    var lastDelivery: UInt32 = 0
    var rejects = 0
    var flows = 0
    /// Messages deferred and not yet gone; its most, and when.
    var deferredOpen = 0
    var deferredPeak = 0
    var deferredPeakAt: UInt32 = 0
    var deferredRef = EvidenceRef.none
    /// By hour: messages deferred for the first time, kept while they grow.
    var deferredHours: [UInt32: Int] = [:]
    var reputation = ReputationTotals()
    var unknownAtDoor = HourlyPeak()
}

/// Refusals by receivers for what they think of us.
struct ReputationTotals {
    var blocklist = 0
    var policy = 0
    var first: UInt32 = 0
    var last: UInt32 = 0
    var blocklistRef = EvidenceRef.none
    var refs: [EvidenceRef] = []
    var receivers = DistinctCount()
}

/// The most of something in an hour.
struct HourlyPeak {
    var hour: UInt32 = 0
    var count = 0
    var peak = 0
    var peakHour: UInt32 = 0
    var total = 0
    var hours = 0
    var ref = EvidenceRef.none
    var addresses = DistinctCount()

    mutating func add(_ now: UInt32, _ times: Int, _ ref: EvidenceRef) {
        if now / 3600 != hour {
            hour = now / 3600
            count = 0
            hours += 1
        }
        count += times
        total += times
        if count > peak {
            peak = count
            peakHour = hour
            self.ref = ref
        }
    }
}
