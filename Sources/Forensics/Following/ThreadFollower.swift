package import LogFormats
package import MailTypes

/// Follows one thread through the events: a message to its login, the login to its addresses, and all else they did.
///
/// Two passes where the seed is a message: the first learns whose it was, the second tells everything.
package struct ThreadFollower {
    package struct Seed: Sendable {
        package var account: String?
        package var address: IPAddress?
        package var queueID: String?

        package init(account: String? = nil, address: IPAddress? = nil, queueID: String? = nil) {
            self.account = account
            self.address = address
            self.queueID = queueID
        }
    }

    /// Accounts and addresses of the thread, as bytes in lower case.
    private var accounts: Set<[UInt8]> = []
    private var addresses: Set<IPAddress> = []
    private let queueID: [UInt8]?
    /// Messages of the thread that are in flight, by id; the oldest are forgotten.
    private var messages: RecentTable<UInt8>
    private let hasher = Hasher64(key: 0x7)

    package init(_ seed: Seed) {
        if let account = seed.account { accounts.insert(Array(ASCII.lowercased(account).utf8)) }
        if let address = seed.address { addresses.insert(address) }
        queueID = seed.queueID.map { Array($0.utf8) }
        messages = RecentTable(bits: 13, empty: 0)
    }

    /// Whether a first pass with `learn` is needed.
    package var needsLearning: Bool { queueID != nil }

    /// First pass: who submitted the message.
    package mutating func learn(_ event: LogEvent) {
        guard let queueID, case .submission(let mail) = event, matches(mail.queueID, queueID) else { return }
        if !mail.account.isEmpty { accounts.insert(lowered(mail.account)) }
        if let client = mail.client, !client.isInside { addresses.insert(client) }
    }

    /// Second pass: whether the event belongs to the thread.
    package mutating func includes(_ timed: TimedEvent) -> Bool {
        switch timed.event {
        case .nothing: return false
        case .login(let login): return isOurs(login.account, login.address)
        case .submission(let mail):
            guard isOurs(mail.account, mail.client) || isSeed(mail.queueID) else { return false }
            remember(mail.queueID, timed)
            return true
        case .queued(let mail): return isKnown(mail.queueID, timed)
        case .delivery(let result):
            guard isKnown(result.queueID, timed) else { return false }
            if !result.nextQueueID.isEmpty { remember(result.nextQueueID, timed) }
            return true
        case .removed(let id): return isKnown(id, timed)
        case .reject(let refusal): return isOurs(refusal.account, refusal.client)
        case .flow(let flow): return addresses.contains(flow.source) || addresses.contains(flow.destination)
        }
    }

    private func isOurs(_ account: ByteSlice, _ address: IPAddress?) -> Bool {
        if let address, addresses.contains(address) { return true }
        guard !account.isEmpty, !accounts.isEmpty else { return false }
        return accounts.contains(lowered(account))
    }

    private func isSeed(_ id: ByteSlice) -> Bool { queueID.map { matches(id, $0) } ?? false }

    private func isKnown(_ id: ByteSlice, _ timed: TimedEvent) -> Bool {
        isSeed(id) || messages.find(key(id, timed)) != nil
    }

    private mutating func remember(_ id: ByteSlice, _ timed: TimedEvent) {
        guard !id.isEmpty else { return }
        _ = messages.at(key(id, timed), now: timed.seconds, fresh: 1)
    }

    private func key(_ id: ByteSlice, _ timed: TimedEvent) -> UInt64 {
        max(1, hasher.hash(id.pointer, id.count) ^ UInt64(timed.host) &* 0x9e37_79b9_7f4a_7c15)
    }

    private func matches(_ id: ByteSlice, _ bytes: [UInt8]) -> Bool { id.count == bytes.count && id.bytes == bytes }
    private func lowered(_ text: ByteSlice) -> [UInt8] { text.bytes.map { ASCII.lowercased($0) } }
}
