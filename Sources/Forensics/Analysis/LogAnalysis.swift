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

    package private(set) var firstSeconds = UInt32.max
    package private(set) var lastSeconds: UInt32 = 0

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

    func note(first: UInt32, last: UInt32) {
        if first < firstSeconds { firstSeconds = first }
        if last > lastSeconds { lastSeconds = last }
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
