package import MailTypes

/// One incident from the first suspicion to its end: who, since when, how much got out, and what was done.
///
/// Purpose: one incident is one case, however many stops and messages belong to it, so that a customer gets one story and
/// not a hundred notices. A pure state machine; time is an argument.
/// ```
/// open ──stopped──▶ contained ──noticed──▶ notified        closed, falseAlarm: final
///  ▲                    ▲ └──────stopped──────┘ │          reached from every other state
///  └── last stop lifted ┴───────────────────────┘
/// ```
package struct IncidentCase: Hashable, Sendable {
    /// Samples kept: the first ones, which show how it began.
    package static let sampleLimit = 5
    /// Sources of one case: beyond it the customer as a whole is the source.
    package static let sourceLimit = 64
    /// Sentences of evidence kept, latest first.
    package static let evidenceLimit = 12
    /// Bytes of one sentence.
    package static let evidenceLength = 400
    /// A case without stops in which nothing happened for so long closes by itself.
    package static let quietPeriod = Duration.seconds(7 * 86_400)

    package enum State: String, Hashable, Sendable, CaseIterable {
        /// Mail is suspected and held; nothing is stopped.
        case open
        /// At least one source is stopped, and the customer has not yet been told of the latest.
        case contained
        /// Stopped, and told.
        case notified
        case closed
        /// A person found that it was no spam.
        case falseAlarm = "false-alarm"

        /// Nothing changes it any more.
        package var isFinal: Bool { self == .closed || self == .falseAlarm }
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
        first: Timestamp, last: Timestamp, ended: Timestamp?, evidence: [String], samples: [CaseSample]
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
            let cut = Self.cut(sentence)
            evidence.removeAll { $0 == cut }
            evidence.insert(cut, at: 0)
        }
        if evidence.count > Self.evidenceLimit { evidence.removeLast(evidence.count - Self.evidenceLimit) }
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > evidenceLength else { return text }
        // Cutting inside a character gives U+FFFD, which is longer: leave room for it.
        return String(decoding: text.utf8.prefix(evidenceLength - 3), as: UTF8.self)
    }
}
