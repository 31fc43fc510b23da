import ContentAnalysis
package import Detection
package import MailTypes
import MessageFormat
import NIOConcurrencyHelpers

/// The one road from a submission's bytes to its verdict, for SMTP and replay alike.
///
/// `begin` → chunks → `finish` → `judge`. Nothing blocks and nothing is asynchronous: all of it runs on event loops. The
/// detector and the campaigns are shared by them behind one lock, held for microseconds.
package final class Inspector: Sendable {
    private struct State: Sendable {
        var detector: Detector
        var campaigns: CampaignIndex
        var scoring: any ContentScoring
    }

    private let state: NIOLockedValueBox<State>
    private let hash: KeyedHash

    /// - Parameters:
    ///   - hashKey: random, secret, and kept with the detector's state: with another key everybody's recipients are new.
    ///   - campaignCapacity: campaigns remembered, about 1.5 KB each.
    package init(
        scoring: any ContentScoring, policy: DetectionPolicy, hashKey: (UInt64, UInt64),
        capacity: Detector.Capacity = Detector.Capacity(), campaignCapacity: Int = 20_000
    ) {
        hash = KeyedHash(key: hashKey)
        state = NIOLockedValueBox(
            State(
                detector: Detector(policy: policy, capacity: capacity),
                campaigns: CampaignIndex(capacity: campaignCapacity), scoring: scoring))
    }

    /// Starts on one submission.
    package func begin(_ facts: SubmissionFacts) -> InspectionSession { InspectionSession(self, facts) }

    /// Looks at a message that was read: identity, text, campaign, sender. Counts it in its campaign, and nowhere else.
    func assess(_ facts: SubmissionFacts, _ message: ParsedMessage) -> Assessment {
        let identity = AccountFinder.refine(facts.identity, message.header, facts.profile)
        let sample = ContentSample(message)
        let logOdds = state.withLockedValue { $0.scoring }.logOdds(sample)
        let campaign = CampaignFingerprint(sample).map { fingerprint in
            let sighting = state.withLockedValue { $0.campaigns.sight(fingerprint, at: facts.time) }
            return CampaignSighting(
                campaign: sighting.campaign, earlier: sighting.earlier, firstSeen: sighting.firstSeen)
        }
        let isBound = Self.isBound(facts, message)
        let event = SubmissionEvent(
            id: facts.id, time: facts.time, identity: identity, contentLogOdds: logOdds, campaign: campaign,
            recipients: facts.envelope.recipients.map { hash.hash($0.address) },
            sender: hash.hash(facts.envelope.sender),
            senderIsBound: isBound || facts.profile.binding == .off,
            helo: hash.hash(Array(ASCII.lowercased(facts.heloName).utf8)), size: message.size)
        return Assessment(
            id: facts.id, identity: identity, event: event, digest: MessageDigest(message),
            isForeignSender: !isBound && facts.profile.binding == .enforce, hops: message.header.hops)
    }

    /// Whether envelope sender and From are the customer's. A null path is nobody's; From must then do.
    private static func isBound(_ facts: SubmissionFacts, _ message: ParsedMessage) -> Bool {
        guard !facts.profile.domains.isEmpty else { return true }
        if let sender = facts.envelope.sender.address, !facts.profile.owns(sender) { return false }
        return message.header.from.allSatisfy { mailbox in mailbox.address.map(facts.profile.owns) ?? true }
    }

    /// Folds the submission into what is known of its sources, and decides. For submissions that no stop covers.
    package func judge(_ assessment: Assessment) -> Verdict {
        var verdict = state.withLockedValue { $0.detector.judge(assessment.event) }
        if assessment.isForeignSender, verdict.action != .throttle {
            verdict.action = .refuse
            if !verdict.evidence.contains(where: { $0.kind == .senderBinding }) {
                verdict.evidence.append(
                    Evidence(.senderBinding, logOdds: 0, "the sender address lies outside the customer's domains"))
            }
        }
        return verdict
    }

    /// Counts what a receiver answered.
    package func observe(_ outcome: OutcomeEvent) { state.withLockedValue { $0.detector.observe(outcome) } }

    /// Forgets the suspicion against a source whose stop was lifted: else its next message would be its last again.
    package func reinstate(_ source: SourceID) { state.withLockedValue { $0.detector.reinstate(source) } }

    /// Takes new thresholds and limits; what is known stays.
    package func use(_ policy: DetectionPolicy) { state.withLockedValue { $0.detector.policy = policy } }

    /// Takes a newly trained model.
    package func use(_ scoring: any ContentScoring) { state.withLockedValue { $0.scoring = scoring } }

    /// The detector's memory, to be kept over a restart. Written outside the lock; for other threads than event loops.
    package func snapshot() -> [UInt8] { state.withLockedValue { $0.detector }.snapshot() }

    /// Takes back what `snapshot` gave; on an error nothing is changed.
    package func restore(_ snapshot: [UInt8]) throws(SnapshotError) {
        var detector = state.withLockedValue { $0.detector }
        try detector.restore(snapshot)
        state.withLockedValue { [detector] in $0.detector = detector }
    }

    /// Sources remembered, for metrics.
    package var trackedSources: Int { state.withLockedValue { $0.detector.count } }
}
