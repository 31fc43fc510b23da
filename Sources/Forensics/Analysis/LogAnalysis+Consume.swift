import LogFormats
import MailTypes

/// An event's account, address and message as numbers.
struct Resolved {
    var address = noRecord
    var account = noRecord
    /// Of the queue id.
    var key: UInt64 = 0
    /// On the way there: the hashes that find them.
    var addressHash: UInt64 = 0
    var accountHash: UInt64 = 0
}

/// Takes events in blocks, each in four passes, so that the waits for memory of one event overlap with those of the
/// next: the tables are far larger than the caches, and one event after the other would wait for each of its look-ups.
///
/// 1. Hash what will be looked up, and send for its places in the indexes. 2. Send for the records that these name.
/// 3. Number accounts and addresses, and send for the pair's place and the account's sending. 4. Fold the events in, in
/// their order, the pairs' records having been sent for. Only the fourth changes what the findings rest on.
extension LogAnalysis {
    private static var block: Int { 24 }

    /// Takes a run of events.
    package func consume(_ batch: EventBatch, _ range: Range<Int>) {
        let base = UInt64(batch.file) << 40 | UInt64(batch.firstLine)
        batch.events.withUnsafeBufferPointer { events in
            guard let all = events.baseAddress, range.lowerBound >= 0, range.upperBound <= events.count else { return }
            withUnsafeTemporaryAllocation(of: Resolved.self, capacity: LogAnalysis.block) { known in
                guard let known = known.baseAddress else { return }
                var start = range.lowerBound
                while start < range.upperBound {
                    let count = min(LogAnalysis.block, range.upperBound - start)
                    take(all + start, known, count, base)
                    start += count
                }
            }
        }
    }

    private func take(
        _ events: UnsafePointer<TimedEvent>, _ known: UnsafeMutablePointer<Resolved>, _ count: Int, _ base: UInt64
    ) {
        var (first, last) = (UInt32.max, UInt32(0))
        for i in 0..<count {
            (known + i).initialize(to: hash(events[i]))
            approach(known[i])
            let now = events[i].seconds
            if now > 0 { (first, last) = (min(first, now), max(last, now)) }
        }
        for i in 0..<count {
            if known[i].addressHash != 0 { addresses.approachRecord(known[i].addressHash) }
            if known[i].accountHash != 0 { accounts.approachRecord(known[i].accountHash) }
        }
        for i in 0..<count { number(events[i], &known[i]) }
        for i in 0..<count where known[i].account != noRecord && known[i].address != noRecord {
            pairs.approachRecord(known[i].account, known[i].address)
        }
        note(first: first, last: last)
        for i in 0..<count {
            let timed = events + i
            fold(timed, known[i], EvidenceRef(rawValue: base &+ UInt64(timed.pointee.line)))
        }
    }

    @inline(__always)
    private func approach(_ known: Resolved) {
        if known.key != 0 { queue.approach(known.key) }
        if known.addressHash != 0 { addresses.approach(known.addressHash) }
        if known.accountHash != 0 { accounts.approach(known.accountHash) }
    }

    /// First pass.
    @inline(__always)
    private func hash(_ timed: TimedEvent) -> Resolved {
        var known = Resolved()
        switch timed.event {
        case .nothing, .flow: break
        case .login(let login):
            if let address = login.address { known.addressHash = addresses.hash(address) }
            if !login.account.isEmpty { known.accountHash = accounts.hash(login.account, login.kind) }
        case .submission(let mail):
            if !mail.queueID.isEmpty { known.key = queueKey(mail.queueID, timed.host) }
            if let address = mail.client { known.addressHash = addresses.hash(address) }
            if let (name, kind) = mail.sendingName { known.accountHash = accounts.hash(name, kind) }
        case .queued(let mail): known.key = queueKey(mail.queueID, timed.host)
        case .delivery(let result): known.key = queueKey(result.queueID, timed.host)
        case .removed(let id): known.key = queueKey(id, timed.host)
        case .reject(let refusal):
            if let address = refusal.client { known.addressHash = addresses.hash(address) }
            if !refusal.account.isEmpty { known.accountHash = accounts.hash(refusal.account, .login) }
        }
        return known
    }

    /// Third pass.
    @inline(__always)
    private func number(_ timed: TimedEvent, _ known: inout Resolved) {
        let now = timed.seconds
        switch timed.event {
        case .login(let login):
            if let address = login.address { known.address = addresses.number(address, known.addressHash, now: now) }
            if !login.account.isEmpty {
                known.account = accounts.number(login.account, known.accountHash, login.kind)
            }
        case .submission(let mail):
            if let address = mail.client { known.address = addresses.number(address, known.addressHash, now: now) }
            if let (name, kind) = mail.sendingName { known.account = accounts.number(name, known.accountHash, kind) }
        case .reject(let refusal):
            if let address = refusal.client { known.address = addresses.number(address, known.addressHash, now: now) }
            if !refusal.account.isEmpty {
                known.account = accounts.number(refusal.account, known.accountHash, .login)
            }
        case .queued, .delivery, .removed:
            guard let account = queue.find(known.key)?.pointee.account, account != noRecord else { return }
            accounts.approachSending(account)
            return
        case .nothing, .flow: return
        }
        guard known.account != noRecord else { return }
        accounts.approachSending(known.account)
        if known.address != noRecord { pairs.approach(known.account, known.address) }
    }

    /// The same without blocks, for a submission that another line told.
    func resolve(_ mail: Submission, _ key: UInt64, _ now: UInt32) -> Resolved {
        var known = Resolved(key: key)
        if let address = mail.client { known.address = addresses.number(address, now: now) }
        if let (name, kind) = mail.sendingName { known.account = accounts.number(name, kind) }
        return known
    }

    /// Fourth pass.
    private func fold(_ timed: UnsafePointer<TimedEvent>, _ known: Resolved, _ ref: EvidenceRef) {
        let now = timed.pointee.seconds
        let times = timed.pointee.repeats
        switch timed.pointee.event {
        case .nothing: break
        case .login(let login): take(login, known, times: times, now, ref)
        case .submission(let submission): take(submission, known, now, ref)
        case .queued(let queued): take(queued, known.key, now, ref)
        case .delivery(let delivery): take(delivery, known.key, host: timed.pointee.host, now, ref)
        case .removed: remove(known.key)
        case .reject(let reject): take(reject, known, times: times, now, ref)
        case .flow(let flow): take(flow, times: times, now, ref)
        }
    }
}

extension Login {
    /// A name for ssh or Windows is another password than the same name for mail.
    fileprivate var kind: AccountKind { service == .ssh || service == .windows ? .system : .login }
}

extension Submission {
    /// The login; where there was none, the script.
    fileprivate var sendingName: (ByteSlice, AccountKind)? {
        if !account.isEmpty { return (account, .login) }
        return script.isEmpty ? nil : (script, .script)
    }
}
