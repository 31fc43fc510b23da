package import Detection
package import MailTypes

/// Why a message was judged as it was, or what a source has shown: evidence, summed, in sentences.
package struct Explanation: Sendable, Encodable {
    package struct Reason: Sendable, Encodable, Hashable {
        package var kind: String
        package var logOdds: Double
        package var sentence: String
    }

    package struct Judged: Sendable, Encodable {
        package var id: String
        package var time: String
        package var sender: String
        package var action: String
        /// The message's own, and what its sender had shown before.
        package var logOdds: Double
        package var history: Double
        /// Before any evidence: what an unknown message starts from, with what was too small to tell.
        package var start: Double
        package var reasons: [Reason]
        package var stop: String?
        /// What would have been done, where policy only observes.
        package var observed: String?
    }

    package struct Source: Sendable, Encodable {
        package var source: String
        /// Cumulative log-odds now, from which a source is stopped at `stopAt`.
        package var sum: Double
        package var stopAt: Double
        package var suspects: Int
        package var since: String?
        package var messages = 0
        package var held = 0
        package var refused = 0
        package var outcomes: [String: Int] = [:]
        package var feedback: [String: Int] = [:]
        package var stops: [String] = []
        /// Of its suspect messages: each kind of evidence summed, strongest first, with the strongest sentence.
        package var reasons: [Reason] = []
    }

    package var subject: String
    package var policy: String
    /// From when on the journal was read; what came before is not weighed.
    package var history: String?
    package var message: Judged?
    package var sources: [Source] = []
    /// The source's suspect messages, the last ones.
    package var suspects: [Judged] = []
    package var damage: DamageReport?
    /// What became of the message, in order.
    package var later: [String] = []
}

/// Goes through recorded events in their order, and keeps what explains one message, or some sources.
package struct Explainer: Sendable {
    /// Suspect messages that are kept.
    private static let kept = 20
    private static let laterLimit = 200

    package enum Subject: Sendable, Hashable {
        case message(SubmissionID)
        /// - Parameters:
        ///   - from: the damage is counted from here
        ///   - stopped: when they were stopped; `nil`: at the first stop that the events show.
        case sources([SourceID], from: Timestamp, stopped: Timestamp?)
    }

    private let subject: Subject
    private let policy: DetectionPolicy
    private var detector: Detector
    private var explanation: Explanation
    private var sources: [SourceID: Explanation.Source] = [:]
    private var kinds: [SourceID: [Evidence.Kind: Explanation.Reason]] = [:]
    private var damage: DamageCollector?
    private var identity: [SourceID] = []
    /// From when on events are given; told with the explanation.
    package var history: Timestamp?

    package init(_ subject: Subject, policy: DetectionPolicy, label: String = "default") {
        self.subject = subject
        var policy = policy
        // All evidence is told, also of messages about which nobody asks otherwise.
        policy.explainFrom = -.greatestFiniteMagnitude
        self.policy = policy
        detector = Detector(policy: policy)
        switch subject {
        case .message(let id): explanation = Explanation(subject: id.description, policy: label)
        case .sources(let all, let from, let stopped):
            explanation = Explanation(
                subject: all.map(\.description).joined(separator: ", "), policy: label)
            damage = DamageCollector(
                all, from: from, until: stopped ?? Timestamp(microseconds: .max / 4), suspectFrom: policy.suspect)
            for source in all { sources[source] = Self.blank(source, policy) }
        }
    }

    private static func blank(_ source: SourceID, _ policy: DetectionPolicy) -> Explanation.Source {
        Explanation.Source(source: source.description, sum: 0, stopAt: policy.stop, suspects: 0)
    }

    package mutating func take(_ event: DetectionEvent) {
        if case .submission(let submission) = event { _ = detector.releases(at: submission.time) }
        let verdict = detector.take(event)
        damage?.take(event, verdict)
        if case .sources(let all, _, nil) = subject, let stop = verdict?.stop, all.contains(stop) {
            damage?.end(at: event.time)
        }
        switch event {
        case .submission(let submission): if let verdict { note(submission, verdict) }
        case .outcome(let outcome):
            note(
                outcome.id, outcome.identity, outcome.campaign, outcome.time, outcome.result.rawValue, outcome.receiver)
            count(outcome.identity, outcome.campaign) { $0.outcomes[outcome.result.rawValue, default: 0] += 1 }
        case .feedback(let feedback):
            note(
                feedback.id, feedback.identity, feedback.campaign, feedback.time, feedback.kind.rawValue,
                feedback.reporter)
            count(feedback.identity, feedback.campaign) { $0.feedback[feedback.kind.rawValue, default: 0] += 1 }
        case .login, .reinstatement, .returned: break
        }
    }

    /// `nil` if nothing was seen of the subject.
    package var result: Explanation? {
        var result = explanation
        result.history = history?.iso8601
        switch subject {
        case .message: guard result.message != nil else { return nil }
        case .sources:
            guard sources.values.contains(where: { $0.messages > 0 }) else { return nil }
            result.damage = damage?.result
        }
        result.sources = sources.sorted { $0.key.scope < $1.key.scope }.map { source, state in
            var state = state
            if let now = detector.suspicion(of: source) {
                state.sum = Self.rounded(now.sum)
                state.suspects = now.suspects
                state.since = now.suspects > 0 ? now.since.iso8601 : nil
            }
            state.reasons = (kinds[source] ?? [:]).values.sorted { ($1.logOdds, $0.kind) < ($0.logOdds, $1.kind) }
            return state
        }
        return result
    }

    private mutating func note(_ event: SubmissionEvent, _ verdict: Verdict) {
        let all = event.sources
        if case .message(event.id) = subject {
            explanation.message = Self.judged(event, verdict)
            identity = all
            for source in all { sources[source] = sources[source] ?? Self.blank(source, policy) }
        }
        let isSuspect = verdict.logOdds >= policy.suspect
        var concerns = false
        for source in all where sources[source] != nil {
            concerns = true
            sources[source]?.messages += 1
            if verdict.action == .hold { sources[source]?.held += 1 }
            if verdict.action == .refuse { sources[source]?.refused += 1 }
            if let stop = verdict.stop ?? verdict.observed?.stop, stop == source {
                sources[source]?.stops.append(event.time.iso8601)
            }
            guard isSuspect else { continue }
            for evidence in verdict.evidence where evidence.kind != .history {
                var reason =
                    kinds[source]?[evidence.kind]
                    ?? .init(kind: evidence.kind.rawValue, logOdds: 0, sentence: evidence.summary)
                reason.logOdds = Self.rounded(reason.logOdds + evidence.logOdds)
                reason.sentence = evidence.summary
                kinds[source, default: [:]][evidence.kind] = reason
            }
        }
        guard concerns, isSuspect, case .sources = subject else { return }
        explanation.suspects.append(Self.judged(event, verdict))
        if explanation.suspects.count > Self.kept { explanation.suspects.removeFirst() }
    }

    private mutating func count(
        _ identity: SubmissionIdentity, _ campaign: CampaignID?, _ change: (inout Explanation.Source) -> Void
    ) {
        for source in sources.keys where source.covers(identity, campaign) {
            if var state = sources[source] {
                change(&state)
                sources[source] = state
            }
        }
    }

    private mutating func note(
        _ id: SubmissionID, _ identity: SubmissionIdentity, _ campaign: CampaignID?, _ time: Timestamp, _ what: String,
        _ who: DomainName?
    ) {
        guard case .message(id) = subject, explanation.later.count < Self.laterLimit else { return }
        explanation.later.append("\(time.iso8601) \(what)" + (who.map { " by \($0)" } ?? ""))
    }

    private static func judged(_ event: SubmissionEvent, _ verdict: Verdict) -> Explanation.Judged {
        let reasons = verdict.evidence.map {
            Explanation.Reason(kind: $0.kind.rawValue, logOdds: rounded($0.logOdds), sentence: $0.summary)
        }
        let history = verdict.evidence.filter { $0.kind == .history }.reduce(0) { $0 + $1.logOdds }
        let told = verdict.evidence.filter { $0.kind != .history }.reduce(0) { $0 + $1.logOdds }
        return Explanation.Judged(
            id: event.id.description, time: event.time.iso8601,
            sender: (event.sources.first { $0.scope != .campaign } ?? .customer(event.identity.customer)).description,
            action: verdict.action.rawValue, logOdds: rounded(verdict.logOdds), history: rounded(history),
            start: rounded(verdict.logOdds - told), reasons: reasons, stop: verdict.stop?.description,
            observed: verdict.observed?.action.rawValue)
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

extension SourceID {
    /// Whether a submission of that identity and campaign belongs to it.
    func covers(_ identity: SubmissionIdentity, _ campaign: CampaignID?) -> Bool {
        guard customer == identity.customer else { return false }
        return switch self {
        case .campaign(let own, _): campaign == own
        case .account(let account, _): identity.account == account
        case .server(let server, _): identity.server == server
        case .customer: true
        }
    }
}
