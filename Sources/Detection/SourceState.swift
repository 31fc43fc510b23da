import MailTypes

/// What is known of one source: bounded, whatever it sends.
struct SourceState: Hashable, Sendable {
    /// After this a sum has faded to a half: suspicion that nothing confirms goes.
    static let halfLife: Double = 3 * 86_400
    /// A clock that leaps ahead forgets at most this much of a sum.
    static let longestDecay: Double = 7 * 86_400

    var last: Timestamp
    var messages = Rates()
    var recipients = Rates()
    /// Messages that were suspect by themselves.
    var suspects = Rates()
    /// Page's cumulative sum of log-odds, never below zero.
    var sum = 0.0
    /// Suspect messages since the sum left zero, and when that was.
    var suspectsInSum: UInt32 = 0
    var sumBegan: Timestamp
    /// Recipients of the running hour that were new to it, and the usual share of new ones (0…1).
    var newRecipients = WindowCount()
    var usualNewShare = 0.5
    /// What receivers answered, by day.
    var delivered = WindowCount()
    var unknown = WindowCount()
    var refused = WindowCount()
    var senders = DistinctCount()
    var heloNames = DistinctCount()
    var addresses = DistinctCount()
    /// Accounts (of a campaign: the senders of suspect mail; of a customer: its servers) that were suspect or stopped.
    var parts = SuspectParts()
    /// Only where first-time recipients are judged: accounts, and servers without accounts.
    var memory: RecipientMemory?

    init(at time: Timestamp) {
        last = time
        sumBegan = time
    }

    /// Moves all counters on to `time`.
    mutating func advance(to time: Timestamp) {
        let seconds = time.seconds
        let elapsed = (time - last).inSeconds
        last = time
        if elapsed > 0, sum > 0 {
            sum *= Exponential.decay(min(elapsed, Self.longestDecay), halfLife: Self.halfLife)
            if sum < 0.01 { forgetSum() }
        }
        let hourOfRecipients = recipients.hour
        messages.advance(to: seconds)
        recipients.advance(to: seconds)
        suspects.advance(to: seconds)
        if let new = newRecipients.advance(to: seconds, width: Rates.widths.hour), hourOfRecipients.current >= 5 {
            let share = min(1, Double(new) / Double(hourOfRecipients.current))
            usualNewShare += (share - usualNewShare) * 0.1
        }
        delivered.advance(to: seconds, width: Rates.widths.day)
        unknown.advance(to: seconds, width: Rates.widths.day)
        refused.advance(to: seconds, width: Rates.widths.day)
    }

    /// Adds one message's log-odds to the sum.
    mutating func accumulate(_ logOdds: Double, isSuspect: Bool, policy: DetectionPolicy, at time: Timestamp) {
        if sum == 0 { sumBegan = time }
        let step = min(max(logOdds - policy.drift, -policy.credit), policy.largestStep)
        sum = max(0, sum + step)
        if isSuspect { suspectsInSum = min(suspectsInSum + 1, .max - 1) }
        if sum == 0 { forgetSum() }
    }

    mutating func forgetSum() {
        sum = 0
        suspectsInSum = 0
    }

    /// The proof is complete: the sum, and enough messages behind it.
    func isProven(_ policy: DetectionPolicy) -> Bool {
        sum >= policy.stop && Int(suspectsInSum) >= policy.fewestSuspects
    }

    /// The suspect share of the last hour's messages.
    func suspectShare(at seconds: Int64) -> Double {
        let all = messages.inHour(at: seconds)
        return all > 0 ? min(1, suspects.inHour(at: seconds) / all) : 0
    }
}

/// The last few parts of a wider source that were suspect or stopped, each once.
struct SuspectParts: Hashable, Sendable {
    static let capacity = 16

    struct Entry: Hashable, Sendable {
        var hash: UInt64
        var time: Timestamp
        var isStopped: Bool
    }

    var entries: [Entry] = []

    mutating func note(_ hash: UInt64, isStopped: Bool, at time: Timestamp) {
        if let index = entries.firstIndex(where: { $0.hash == hash }) {
            let stopped = entries[index].isStopped || isStopped
            entries.remove(at: index)
            entries.append(Entry(hash: hash, time: time, isStopped: stopped))
        } else {
            if entries.count == Self.capacity { entries.removeFirst() }
            entries.append(Entry(hash: hash, time: time, isStopped: isStopped))
        }
    }

    /// How much of the source is affected within the window: a stopped part weighs one, a suspect one a half.
    func weight(at time: Timestamp, window: Duration) -> Double {
        entries.reduce(0) { sum, entry in
            let age = time - entry.time
            return age > window || age < .zero - window ? sum : sum + (entry.isStopped ? 1 : 0.5)
        }
    }

    /// Different parts within the window.
    func count(at time: Timestamp, window: Duration) -> Int {
        entries.count { time - $0.time <= window && time - $0.time >= .zero - window }
    }

    mutating func forget(_ hash: UInt64) { entries.removeAll { $0.hash == hash } }
}
