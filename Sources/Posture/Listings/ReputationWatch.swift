package import MailTypes

/// The standing of one's own addresses and domains on lists, over time: pure, so that the same answers give the same story.
///
/// The owner asks `due(at:)` what is to be asked, asks, and gives each answer to `record(_:at:)`; what changed comes back and
/// is kept in `history`. An answer that says nothing changes nothing, until nothing was known for `stale`: then the standing
/// is unknown, and no longer clean. A listing counts at once; its end only when two answers in a row say so, since lists are
/// served by several hosts that do not change together.
package struct ReputationWatch: Sendable, Hashable, Codable {
    package struct Key: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
        package var subject: ListingSubject
        package var list: String

        package init(_ subject: ListingSubject, on list: String) {
            self.subject = subject
            self.list = list
        }

        package var description: String { "\(subject) \(list)" }

        package static func < (a: Key, b: Key) -> Bool { (a.subject, a.list) < (b.subject, b.list) }
    }

    package enum Standing: String, Sendable, Hashable, Codable {
        case unknown, listed, unlisted
    }

    /// What is known of one address on one list.
    package struct Entry: Sendable, Hashable, Codable {
        package var standing = Standing.unknown
        /// When the standing began, as far as was seen.
        package var since: Timestamp
        /// The last answer that said something.
        package var confirmed: Timestamp?
        /// The last observation of the standing, with codes and texts.
        package var last: ListingObservation?
        /// Why the last answers said nothing; `nil` after one that did.
        package var problem: String?
        package var next: Timestamp
        /// Answers in a row that said nothing.
        var failures = 0
        /// Answers in a row that say that a listing is over.
        var clean = 0
    }

    /// A standing that changed.
    package struct Change: Sendable, Hashable, Codable {
        package var key: Key
        package var from: Standing
        package var to: Standing
        package var at: Timestamp
        /// What the list said, for `listed`.
        package var observation: ListingObservation?
    }

    package struct Schedule: Sendable, Hashable, Codable {
        /// How often what is clean, or unknown, is asked for: within any list's fair use.
        package var clean = Duration.seconds(900)
        /// How often what is listed is.
        package var listed = Duration.seconds(1800)
        /// How soon a listing's end, or a failure, is asked for again; failures wait twice as long each time.
        package var again = Duration.seconds(120)
        /// The longest wait after failures.
        package var longest = Duration.seconds(3600)
        /// Without any answer for so long, nothing is known any more.
        package var stale = Duration.seconds(6 * 3600)

        package init() {}
    }

    /// Changes that are kept; the oldest go first.
    package static let maximumHistory = 1000
    /// Keys that are watched.
    package static let maximumKeys = 10_000
    /// Answers in a row that end a listing.
    static let confirmations = 2

    package private(set) var entries: [Key: Entry]
    package private(set) var history: [Change] = []
    package var schedule: Schedule

    package init(_ keys: [Key] = [], schedule: Schedule = Schedule(), at now: Timestamp) {
        entries = [:]
        self.schedule = schedule
        watch(keys, at: now)
    }

    /// Watches exactly these from now on: what is known of them stays, the others are forgotten, their history is not.
    package mutating func watch(_ keys: [Key], at now: Timestamp) {
        let wanted = Set(keys.prefix(Self.maximumKeys))
        entries = entries.filter { wanted.contains($0.key) }
        for (index, key) in wanted.sorted().enumerated() where entries[key] == nil {
            // One a second: lists count questions in bursts.
            let spread = Duration.seconds(index % max(1, Int(schedule.clean.inSeconds)))
            entries[key] = Entry(since: now, next: now + spread)
        }
    }

    /// What is to be asked now, the longest due first, at most `limit`.
    package func due(at now: Timestamp, limit: Int = 32) -> [Key] {
        entries.filter { isDue($0.value, now) }
            .sorted { ($0.value.next, $0.key) < ($1.value.next, $1.key) }
            .prefix(limit).map(\.key)
    }

    /// When something is due next; `nil` if nothing is watched.
    package var next: Timestamp? { entries.values.map(\.next).min() }

    /// A clock that was put back must not silence the watch: what lies further ahead than any wait is due.
    private func isDue(_ entry: Entry, _ now: Timestamp) -> Bool {
        entry.next <= now || entry.next > now + max(schedule.longest, schedule.clean, schedule.listed) + schedule.clean
    }

    /// Asks sooner, as when a receiver's refusal names a list.
    package mutating func expedite(_ subject: ListingSubject, at now: Timestamp) {
        for key in entries.keys where key.subject == subject { entries[key]?.next = now }
    }

    /// What changed by an answer; `nil` if nothing did, or if it is not watched.
    package mutating func record(_ observation: ListingObservation, at now: Timestamp) -> Change? {
        let key = Key(observation.subject, on: observation.list)
        guard var entry = entries[key] else { return nil }
        let before = entry.standing
        switch observation.answer {
        case .listed:
            begin(.listed, &entry, now)
            entry.last = observation
            entry.next = now + schedule.listed
        case .notListed:
            entry.clean += 1
            if before == .listed, entry.clean < Self.confirmations {
                entry.confirmed = now
                entry.problem = nil
                entry.failures = 0
                entry.next = now + schedule.again
            } else {
                begin(.unlisted, &entry, now)
                entry.last = observation
                entry.next = now + schedule.clean
            }
        case .unknown(let reason): fail(&entry, reason, now)
        }
        entries[key] = entry
        guard entry.standing != before else { return nil }
        let change = Change(
            key: key, from: before, to: entry.standing, at: now,
            observation: entry.standing == .listed ? observation : nil)
        history.append(change)
        if history.count > Self.maximumHistory { history.removeFirst(history.count - Self.maximumHistory) }
        return change
    }

    private func begin(_ standing: Standing, _ entry: inout Entry, _ now: Timestamp) {
        if entry.standing != standing {
            entry.standing = standing
            entry.since = now
        }
        entry.confirmed = now
        entry.problem = nil
        entry.failures = 0
        if standing == .listed { entry.clean = 0 }
    }

    private func fail(_ entry: inout Entry, _ reason: String, _ now: Timestamp) {
        entry.problem = SafeText.printable(reason)
        entry.failures = min(entry.failures + 1, 16)
        entry.clean = 0
        entry.next = now + min(schedule.again * (1 << (entry.failures - 1)), schedule.longest)
        let known = entry.confirmed ?? .distantPast
        if entry.standing != .unknown, known > now || now - known >= schedule.stale {
            // A listing that can no longer be asked for is not over: it stays, and so does what it forbids.
            if entry.standing == .unlisted {
                entry.standing = .unknown
                entry.since = now
            }
        }
    }
}

extension ReputationWatch {
    /// Listed anywhere now.
    package var listed: [(key: Key, entry: Entry)] {
        entries.filter { $0.value.standing == .listed }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Whether no watched list has it: `nil` if one is unknown and none lists it. "Unknown is never a pass."
    package func isClean(_ subject: ListingSubject) -> Bool? {
        let found = entries.filter { $0.key.subject == subject }.values
        if found.contains(where: { $0.standing == .listed }) { return false }
        return found.isEmpty || found.contains { $0.standing == .unknown } ? nil : true
    }

    /// Listings that began after a moment: what a case's "no listing newer than the fix" asks.
    package func listings(since moment: Timestamp) -> [Change] {
        history.filter { $0.to == .listed && $0.at >= moment }
    }
}
