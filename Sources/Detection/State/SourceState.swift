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
    var lastSuspect = Timestamp.distantPast
    /// When the proof against it was complete; the distant past: it is not stopped.
    var stoppedAt = Timestamp.distantPast
    /// Recipients that were new to the sender, by hour and by day.
    var newRecipients = WindowCount()
    var newRecipientsInDay = WindowCount()
    /// The same for plain limits: new to the sender itself, by minute and hour.
    var firstTimeInMinute = WindowCount()
    var firstTimeInHour = WindowCount()
    /// What receivers answered, by day.
    var delivered = WindowCount()
    var unknown = WindowCount()
    var refused = WindowCount()
    /// Complaints and trap hits, fading as sums do.
    var complaints = 0.0
    var traps = 0.0
    var senders = DistinctCount()
    var heloNames = DistinctCount()
    /// Messages with and without an account: what comes without one from a server that names its accounts was not sent by
    /// its mail system.
    var named: UInt32 = 0
    var unnamed: UInt32 = 0
    /// Accounts (of a campaign: the senders of suspect mail; of a customer: its servers) that were suspect or stopped.
    var parts = SuspectParts()
    /// Of a customer: its accounts that were stopped.
    var stoppedAccounts = SuspectParts()
    /// One or none: what it usually does. Not of campaigns. In an array, so that a state without them stays small.
    private(set) var habit: [Habits] = []
    /// One or none: how an account logs in.
    private(set) var login: [LoginRecord] = []

    init(at time: Timestamp) {
        last = time
        sumBegan = time
    }

    var habits: Habits? {
        get { habit.first }
        set { habit = newValue.map { [$0] } ?? [] }
    }

    var logins: LoginRecord? {
        get { login.first }
        set { login = newValue.map { [$0] } ?? [] }
    }

    mutating func withHabits(_ body: (inout Habits) -> Void) {
        if habit.isEmpty { habit.append(Habits(at: last.seconds)) }
        body(&habit[0])
    }

    mutating func withLogins(_ body: (inout LoginRecord) -> Void) {
        if login.isEmpty { login.append(LoginRecord()) }
        body(&login[0])
    }

    /// Moves all counters on to `time`.
    mutating func advance(to time: Timestamp) {
        let seconds = time.seconds
        let elapsed = (time - last).inSeconds
        last = time
        if elapsed > 0, sum > 0 || complaints > 0 || traps > 0 {
            let factor = Exponential.decay(min(elapsed, Self.longestDecay), halfLife: Self.halfLife)
            sum *= factor
            complaints *= factor
            traps *= factor
            if sum < 0.01 { forgetSum() }
        }
        messages.advance(to: seconds)
        recipients.advance(to: seconds)
        suspects.advance(to: seconds)
        newRecipients.advance(to: seconds, width: Rates.widths.hour)
        newRecipientsInDay.advance(to: seconds, width: Rates.widths.day)
        firstTimeInMinute.advance(to: seconds, width: Rates.widths.minute)
        firstTimeInHour.advance(to: seconds, width: Rates.widths.hour)
        delivered.advance(to: seconds, width: Rates.widths.day)
        unknown.advance(to: seconds, width: Rates.widths.day)
        refused.advance(to: seconds, width: Rates.widths.day)
        if !login.isEmpty { login[0].advance(to: time) }
    }

    /// Adds one message's log-odds to the sum.
    mutating func accumulate(_ logOdds: Double, isSuspect: Bool, policy: DetectionPolicy, at time: Timestamp) {
        if sum == 0 { sumBegan = time }
        let step = min(max(logOdds - policy.drift, -policy.credit), policy.largestStep)
        sum = min(max(0, sum + step), policy.ceiling)
        if isSuspect {
            suspectsInSum = min(suspectsInSum + 1, .max - 1)
            lastSuspect = max(lastSuspect, time)
        }
        if sum == 0 { forgetSum() }
    }

    /// A stop has ended because nothing suspect came: half the way to the next one is left, so that the owner's doubtful
    /// mail is not stopped at once, and a thief who waited is.
    mutating func lapse(_ policy: DetectionPolicy) {
        stoppedAt = .distantPast
        sum = min(sum, policy.stop / 2)
        suspectsInSum = min(suspectsInSum, UInt32(clamping: max(0, policy.fewestSuspects - 1)))
    }

    mutating func forgetSum() {
        sum = 0
        suspectsInSum = 0
    }

    /// The proof is complete: the sum, and enough messages behind it.
    func isProven(_ policy: DetectionPolicy) -> Bool {
        sum >= policy.stop && Int(suspectsInSum) >= policy.fewestSuspects
    }

    /// A stop lasts until the source has shown nothing suspect for a while, or somebody lifts it.
    func isStopped(_ policy: DetectionPolicy, at time: Timestamp) -> Bool {
        stoppedAt > .distantPast && time - lastSuspect < policy.quietToResume
    }

    /// The suspect share of the last hour's messages.
    func suspectShare(at seconds: Int64) -> Double {
        let all = messages.inHour(at: seconds)
        return all > 0 ? min(1, suspects.inHour(at: seconds) / all) : 0
    }

    /// What receivers answered in a day.
    func answers(_ count: WindowCount, at seconds: Int64) -> Double {
        count.estimate(at: seconds, width: Rates.widths.day)
    }
}
