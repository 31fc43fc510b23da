/// What is known of one IP address. 64 bytes: a million of them are 64 MB.
struct AddressRecord {
    /// IPv6 as it is; IPv4 with `high` 0 and `low` at 0xffff_0000_0000 and above, as mapped.
    var high: UInt64
    var low: UInt64
    var firstSeen: UInt32
    var lastSeen: UInt32
    /// Failed logins told by the services in front, and by password backends: the greater of the two counts.
    var failures: UInt32 = 0
    var backendFailures: UInt32 = 0
    var failedAccounts = DistinctCount()
    var successes: UInt32 = 0
    /// Accounts that logged in from here.
    var okAccounts: UInt16 = 0
    /// Bits of `LoginService` for failures.
    var failedServices: UInt8 = 0
    var flags: UInt8 = 0
    var unknownRecipients: UInt32 = 0
    var firstFailure: UInt32 = 0
    var lastFailure: UInt32 = 0
    var failureRef = EvidenceRef.none

    var totalFailures: Int { Int(max(failures, backendFailures)) }
}

/// A name that logged in, was tried, or sends: logins, local users, scripts, and clients without a login.
struct AccountRecord {
    /// The name's keyed hash: equality of hash and length is equality of names, since nobody outside knows the key.
    var hash: UInt64
    var nameOffset: UInt32
    var nameLength: UInt16
    var kind: AccountKind
    var failedServices: UInt8 = 0
    var failures: UInt32 = 0
    var backendFailures: UInt32 = 0
    var firstFailure: UInt32 = 0
    var lastFailure: UInt32 = 0
    var failingAddresses = DistinctCount()
    var failureRef = EvidenceRef.none
    var detail: UInt32 = noRecord
    /// Failures within the hour of `lastFailure`, for the past hour's pressure on one account.
    var hourFailures: UInt16 = 0

    var totalFailures: Int { Int(max(failures, backendFailures)) }
}

enum AccountKind: UInt8, Sendable {
    /// A login.
    case login
    /// A local user, script or directory.
    case script
    /// A client that relays without logging in, by its address.
    case client
    /// A login for ssh or Windows, kept apart: the same name there is another password.
    case system
}

/// One account at one address, from its first success there. 80 bytes.
struct PairRecord {
    var account: UInt32
    var address: UInt32
    /// The account's pair before this one.
    var next: UInt32
    var firstSuccess: UInt32
    var lastSuccess: UInt32
    var successes: UInt32 = 0
    var failuresBefore: UInt16 = 0
    var failuresAfter: UInt16 = 0
    /// Days (modulo 32) on which it was used.
    var days: UInt32 = 0
    var messages: UInt32 = 0
    var recipients: UInt32 = 0
    var unknown: UInt32 = 0
    var refusals: UInt16 = 0
    /// Bits of `LoginService`.
    var services: UInt8 = 0
    var flags: UInt8 = 0
    var firstMessage: UInt32 = 0
    var lastMessage: UInt32 = 0
    var successRef: EvidenceRef
    var messageRef = EvidenceRef.none

    var activeDays: Int { days.nonzeroBitCount }
}

/// How an account sends: totals, its own past, the spike if there was one.
struct SendingRecord {
    var firstPair: UInt32 = noRecord
    var pairs: UInt32 = 0
    var firstSeen: UInt32 = 0
    var lastSeen: UInt32 = 0
    var messages: UInt32 = 0
    var recipients: UInt32 = 0
    var delivered: UInt32 = 0
    var unknown: UInt32 = 0
    var refusals: UInt32 = 0
    var deferred: UInt32 = 0
    var refusalRef = EvidenceRef.none
    var refusalFirst: UInt32 = 0
    var senders = DistinctCount()

    var hour: UInt32 = 0
    var hourRecipients: UInt32 = 0
    var pastMaxHour: UInt32 = 0
    var day: UInt32 = 0
    var dayRecipients: UInt32 = 0
    var dayMessages: UInt32 = 0
    var dayFailed: UInt32 = 0
    var dayStart: UInt32 = 0
    var dayRef = EvidenceRef.none
    var pastMaxDay: UInt32 = 0
    var activeDays: UInt16 = 0
    var burstStart: UInt32 = 0
    var lastMessage: UInt32 = 0
    var burstRef = EvidenceRef.none

    var spike = SpikeRecord()
    var firstBin: UInt32 = noRecord
    var lastBin: UInt32 = noRecord
}

/// The time in which an account sent far more than it used to.
struct SpikeRecord {
    var start: UInt32 = 0
    var end: UInt32 = 0
    var messages: UInt32 = 0
    var recipients: UInt32 = 0
    var unknown: UInt32 = 0
    var refusals: UInt32 = 0
    var peakHour: UInt32 = 0
    /// The most in an hour and in a day before it.
    var usualHour: UInt32 = 0
    var usualDay: UInt32 = 0
    /// Days with mail before it.
    var pastDays: UInt16 = 0
    var ref = EvidenceRef.none

    var isEmpty: Bool { start == 0 }
}

/// One account's mail on one day.
struct DayBin {
    var day: UInt32
    var messages: UInt32
    var recipients: UInt32
    var failed: UInt32
    var next: UInt32
}

/// A message in the queue: whose it is and how many it was for.
struct QueueRecord {
    var account: UInt32 = noRecord
    var pair: UInt32 = noRecord
    var recipients: UInt32 = 0
    var flags: UInt8 = 0

    static let counted: UInt8 = 1
    static let deferred: UInt8 = 2
    static let remote: UInt8 = 4
    /// Recipients were told at once (nrcpt): deliveries add none.
    static let sized: UInt8 = 8
}
