package import MailTypes

/// One incident from the first suspicion to its end: who, since when, how much got out, what was done, what is asked.
///
/// Purpose: one incident is one case, however many stops and messages belong to it, so that a customer gets one story and
/// not a hundred notices, and one way back. A pure state machine; time is an argument.
/// ```
/// open ──stopped──▶ contained ──noticed──▶ notified ──somebody begins──▶ remediating ◀──▶ verifying
///  ▲                                                                                        │ reinstated
///  └─ last stop lifted, nothing required                         reopened ◀──stopped── probation ──▶ closed
/// ```
/// A stop that is confirmed brings required checks (`CheckPolicy`). With them, the last stop's end leads to `probation`, however
/// it ended, and nothing leads to `closed` while a check is neither passed nor waived by name. `falseAlarm` and `merged` are
/// the other ends; a person can reopen what has ended but for a merged case.
package struct IncidentCase: Hashable, Sendable {
    /// Samples kept: the first ones, which show how it began.
    package static let sampleLimit = 5
    /// Sources of one case: beyond it the customer as a whole is the source.
    package static let sourceLimit = 64
    /// Sentences of evidence kept, latest first.
    package static let evidenceLimit = 12
    /// Bytes of one sentence.
    package static let evidenceLength = 400
    /// A case without stops and without required checks in which nothing happened for so long closes by itself.
    package static let quietPeriod = Duration.seconds(7 * 86_400)

    package enum State: String, Hashable, Sendable, CaseIterable {
        /// Mail is suspected and held; nothing is stopped.
        case open
        /// At least one source is stopped, and the customer has not yet been told of the latest.
        case contained
        /// Stopped, and told.
        case notified
        /// Stopped; somebody works on it.
        case remediating
        /// Stopped; somebody asked for reinstatement, and the gateway looks.
        case verifying
        /// Sending again under limits.
        case probation
        /// It came back on probation, or a person opened it again.
        case reopened
        case closed
        /// A person found that it was no spam.
        case falseAlarm = "false-alarm"
        /// Another case took its place.
        case merged

        /// Over; only a person can open it again, and a merged one nobody.
        package var isFinal: Bool { self == .closed || self == .falseAlarm || self == .merged }
    }

    /// Messages of the case's sources since it began.
    package struct Counts: Hashable, Sendable {
        package var delivered = 0
        package var held = 0
        package var refused = 0

        package init(delivered: Int = 0, held: Int = 0, refused: Int = 0) {
            self.delivered = delivered
            self.held = held
            self.refused = refused
        }

        /// Saturates.
        mutating func add(_ other: Counts) {
            for path in [\Counts.delivered, \Counts.held, \Counts.refused] {
                let (sum, overflow) = self[keyPath: path].addingReportingOverflow(other[keyPath: path])
                self[keyPath: path] = overflow ? Int.max : sum
            }
        }
    }

    package let id: CaseID
    package let customer: CustomerID
    package internal(set) var state: State
    /// All that were suspected or stopped, in the order of their coming; at most `sourceLimit`.
    package internal(set) var sources: [SourceID]
    /// Those of them that are stopped now.
    package internal(set) var stopped: Set<SourceID>
    package internal(set) var counts: Counts
    package internal(set) var first: Timestamp
    package internal(set) var last: Timestamp
    package internal(set) var ended: Timestamp?
    /// Sentences, latest first; at most `evidenceLimit`.
    package internal(set) var evidence: [String]
    package internal(set) var samples: [CaseSample]
    /// What is asked before its sources may send again, and how far that is.
    package internal(set) var recovery: Recovery

    /// A new case, `open`, for the first suspicion.
    package init(id: CaseID, source: SourceID, at time: Timestamp, evidence: [String] = []) {
        self.init(
            id: id, customer: source.customer, state: .open, sources: [source], stopped: [], counts: Counts(),
            first: time, last: time, ended: nil, evidence: [], samples: [])
        note(evidence)
    }

    /// A case as a store kept it; bounds are applied again.
    package init(
        id: CaseID, customer: CustomerID, state: State, sources: [SourceID], stopped: Set<SourceID>, counts: Counts,
        first: Timestamp, last: Timestamp, ended: Timestamp?, evidence: [String], samples: [CaseSample],
        recovery: Recovery = Recovery()
    ) {
        self.id = id
        self.customer = customer
        self.state = state
        self.sources = Array(sources.prefix(Self.sourceLimit))
        self.stopped = stopped
        self.counts = counts
        self.first = first
        self.last = last
        self.ended = ended
        self.evidence = Array(evidence.prefix(Self.evidenceLimit))
        self.samples = Array(samples.prefix(Self.sampleLimit))
        self.recovery = recovery
    }

    /// Whether a new suspicion of `source` belongs to this case: it is not ended, it is the same customer's, and something
    /// happened within the quiet period.
    package func takes(_ source: SourceID, at time: Timestamp) -> Bool {
        guard !state.isFinal, source.customer == customer else { return false }
        return !stopped.isEmpty || time - last < Self.quietPeriod
    }

    /// The case that a new stop or suspicion of `source` belongs to: one that has the source already, else the youngest
    /// open one of the customer. `nil`: a new incident.
    package static func home(of source: SourceID, among cases: some Sequence<IncidentCase>, at time: Timestamp)
        -> CaseID?
    {
        var youngest: IncidentCase?
        for candidate in cases where candidate.takes(source, at: time) {
            if candidate.sources.contains(source) { return candidate.id }
            if youngest.map({ ($0.first, $0.id) < (candidate.first, candidate.id) }) ?? true { youngest = candidate }
        }
        return youngest?.id
    }

    /// Puts new sentences in front, each once.
    mutating func note(_ sentences: [String]) {
        for sentence in sentences.reversed() {
            let cut = Self.cut(sentence, to: Self.evidenceLength)
            evidence.removeAll { $0 == cut }
            evidence.insert(cut, at: 0)
        }
        if evidence.count > Self.evidenceLimit { evidence.removeLast(evidence.count - Self.evidenceLimit) }
    }

    /// At most so many bytes, cut between characters' bytes as UTF-8 allows.
    static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        // Cutting inside a character gives U+FFFD, which is longer: leave room for it.
        return String(decoding: text.utf8.prefix(limit - 3), as: UTF8.self)
    }
}
