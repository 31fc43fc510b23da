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
        /// An equal or stronger stop is in force already.
        case unchanged
        /// The register is full.
        case refused
    }

    /// Adds a stop. One in doubt never weakens a confirmed one, and the first one's case and beginning are kept.
    package mutating func add(_ stop: Stop, at time: Timestamp) -> Addition {
        if let present = stops[stop.source], present.isActive(at: time) {
            guard present.certainty == .doubt, stop.certainty == .confirmed else { return .unchanged }
            var stronger = stop
            stronger.since = present.since
            stronger.caseID = present.caseID
            stops[stop.source] = stronger
            return .confirmed
        }
        guard stops[stop.source] != nil || stops.count < Self.capacity else { return .refused }
        stops[stop.source] = stop
        return .added
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
        let over = all.filter { $0.until.map { $0 <= time } ?? false }
        for stop in over { stops[stop.source] = nil }
        return over
    }
}
