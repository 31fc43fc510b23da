import MailTypes

/// Addresses that give thieves' lists away: spam of stopped senders of several customers went to them, and nobody's honest
/// mail ever did. Keyed hashes, bounded.
///
/// Learnt from stopped sources only, so that no doubt of detection feeds itself; one customer counts once, so that none
/// makes a trap of somebody's address alone. Honest mail to an address ends its time as a trap.
struct TrapMemory: Hashable, Sendable {
    /// Unrelated customers whose stopped senders wrote to it.
    static let fewestCustomers = 3
    /// Days after the last spam to it.
    static let memory: UInt16 = 90
    /// Of one message; more recipients than that teach nothing more.
    static let recipientLimit = 50

    struct Entry: Hashable, Sendable {
        /// Hashes of customers, the first three.
        var customers: [UInt32]
        var lastDay: UInt16
    }

    var table: RecentTable<Entry>

    /// Those that more customers wrote to stay longer.
    init(capacity: Int) { table = RecentTable(capacity: capacity) { $0.customers.count } }

    func isTrap(_ recipient: UInt64, at seconds: Int64) -> Bool {
        guard !table.isEmpty, let entry = table[recipient] else { return false }
        return entry.customers.count >= Self.fewestCustomers && isFresh(entry, TraitMemory.day(seconds))
    }

    /// Notes suspect mail of a stopped source.
    mutating func note(_ recipients: [UInt64], of customer: CustomerID, at seconds: Int64) {
        let hash = UInt32(truncatingIfNeeded: StableHash.of(customer.description))
        let day = TraitMemory.day(seconds)
        for recipient in recipients.prefix(Self.recipientLimit) {
            var entry = table[recipient] ?? Entry(customers: [], lastDay: day)
            if !isFresh(entry, day) { entry.customers = [] }
            if !entry.customers.contains(hash), entry.customers.count < Self.fewestCustomers {
                entry.customers.append(hash)
            }
            entry.lastDay = max(entry.lastDay, day)
            table.set(entry, for: recipient)
        }
    }

    /// Honest mail went there.
    mutating func forget(_ recipients: [UInt64]) {
        guard !table.isEmpty else { return }
        for recipient in recipients { table.forget(recipient) }
    }

    private func isFresh(_ entry: Entry, _ day: UInt16) -> Bool {
        day <= entry.lastDay || day - entry.lastDay <= Self.memory
    }
}

/// Messages that were counted, and not taken: the client has them and brings them again, which must not count twice.
struct ReturnedMail: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var time: Timestamp
        /// It was taken into habits as well.
        var isLearnt: Bool
    }

    /// Servers try again within hours.
    static let window: Duration = .seconds(86_400)

    var table: RecentTable<Entry>

    init(capacity: Int) { table = RecentTable(capacity: capacity) }

    /// What is known of a message that was here before, and was sent back; `nil`: it is new.
    func known(_ message: UInt64, at time: Timestamp) -> Entry? {
        guard !table.isEmpty, let entry = table[message], time - entry.time <= Self.window,
            time - entry.time >= .zero - Self.window
        else { return nil }
        return entry
    }
}

extension SubmissionEvent {
    /// What a message that is brought again has in common with the first time: its sender, its own number or else its size,
    /// and all its recipients.
    package var identityOfMessage: UInt64 {
        var hash = StableHash.of(identity.customer.description)
        func add(_ value: UInt64) { hash = StableHash.mix(hash ^ value) }
        add(identity.account.map { StableHash.of($0.description) } ?? StableHash.of(identity.server))
        add(sender)
        add(thread.id == 0 ? UInt64(clamping: size.bytes) ^ 1 << 63 : thread.id)
        // In any order.
        add(recipients.reduce(0) { $0 &+ StableHash.mix($1) })
        return hash
    }
}
