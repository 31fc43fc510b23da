package import MailTypes

/// The stops in force. A value: one look-up a scope, whatever their number.
package struct StopRegister: Sendable {
    /// At most this many at a time; a register that grows beyond is a sign of another fault, and refuses new ones.
    package static let capacity = 100_000

    private var stops: [SourceID: Stop] = [:]

    package init() {}

    package var count: Int { stops.count }

    /// All of them, oldest first.
    package var all: [Stop] { stops.values.sorted { ($0.since, $0.caseID) < ($1.since, $1.caseID) } }

    package subscript(source: SourceID) -> Stop? { stops[source] }

    /// What adding a stop did.
    package enum Addition: Hashable, Sendable {
        case added
        /// There was one in doubt for the source, and it is now confirmed.
        case confirmed
        /// There was one as strong, and a person's reason, end and name took the place of what it had.
        case replaced
        /// An equal or stronger stop is in force already.
        case unchanged
        /// The register is full.
        case refused
    }

    /// Adds a stop. One in doubt never weakens a confirmed one; the first one's case and beginning are kept; what a person
    /// decided is never shortened by the detector.
    package mutating func add(_ stop: Stop, at time: Timestamp) -> Addition {
        guard let present = stops[stop.source], present.isActive(at: time) else {
            guard stops[stop.source] != nil || stops.count < Self.capacity else { return .refused }
            stops[stop.source] = stop
            return .added
        }
        let isStronger = present.certainty == .doubt && stop.certainty == .confirmed
        let isPerson = stop.author != .detector
        guard isStronger || (isPerson && present.certainty == stop.certainty) else { return .unchanged }
        var merged = stop
        merged.since = present.since
        merged.caseID = present.caseID
        if !isPerson, present.author != .detector {
            // nil is the longest.
            merged.until = present.until.flatMap { old in stop.until.map { max(old, $0) } }
        }
        guard merged != present else { return .unchanged }
        stops[stop.source] = merged
        return isStronger ? .confirmed : .replaced
    }

    /// Lifts the stop of exactly that source; a wider or narrower one stays.
    package mutating func lift(_ source: SourceID) -> Stop? { stops.removeValue(forKey: source) }

    /// The smallest stop that covers the submission, or `nil`.
    package func covering(_ identity: SubmissionIdentity, campaign: CampaignID?, at time: Timestamp) -> Stop? {
        guard !stops.isEmpty else { return nil }
        for source in identity.sources(campaign: campaign) {
            if let stop = stops[source], stop.isActive(at: time) { return stop }
        }
        return nil
    }

    /// Takes those away whose time is over, and gives them, oldest first.
    package mutating func expire(at time: Timestamp) -> [Stop] {
        let over = stops.values.filter { $0.until.map { $0 <= time } ?? false }
            .sorted { ($0.since, $0.caseID) < ($1.since, $1.caseID) }
        for stop in over { stops[stop.source] = nil }
        return over
    }
}
