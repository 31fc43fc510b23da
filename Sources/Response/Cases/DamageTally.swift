package import Detection
package import Enforcement
package import MailTypes

/// Counts what got out in one incident, from recorded events in their order. Pure and bounded: of very much mail the first
/// `limit` messages are followed.
///
/// A message got out when a receiver took it; that it was accepted here says nothing, since it may have been held. It was
/// suspect when it is of the incident's campaigns, or above the probation's threshold by its content, or when a receiver
/// refused it by policy or complained of it.
package struct DamageTally: Sendable {
    /// Messages that are followed.
    static let limit = 20_000
    private static let receiverLimit = 5000
    /// Mail from so long before the first evidence counts, too.
    package static let lead = Duration.seconds(86_400)

    private let sources: Set<SourceID>
    private let campaigns: Set<CampaignID>
    private let threshold: Double
    private let from: Timestamp
    private let until: Timestamp
    private var messages: [SubmissionID: CaseDamage.Message] = [:]
    private var receivers: [DomainName: CaseDamage.Receiver] = [:]
    private var isCut = false

    package init(_ incident: IncidentCase) {
        sources = Set(incident.sources)
        campaigns = Set(incident.recovery.campaigns)
        threshold = incident.recovery.plan.threshold
        from = incident.first - Self.lead
        until = incident.ended ?? .distantFuture
    }

    package mutating func take(_ event: DetectionEvent) {
        switch event {
        case .submission(let event): note(event)
        case .outcome(let outcome): note(outcome)
        case .feedback(let feedback): note(feedback)
        default: break
        }
    }

    /// What was counted so far.
    package func result(at time: Timestamp) -> CaseDamage {
        var damage = CaseDamage(counted: time)
        damage.isCut = isCut
        var out: [CaseDamage.Message] = []
        for message in messages.values where message.delivered + message.refused + message.complaints > 0 {
            out.append(message)
            if message.delivered > 0 {
                damage.messages += 1
                damage.suspect += message.isSuspect ? 1 : 0
                damage.first = min(damage.first ?? message.time, message.time)
                damage.last = max(damage.last ?? message.time, message.time)
            }
            damage.delivered += message.delivered
            damage.refused += message.refused
            damage.unknown += message.unknown
            damage.complaints += message.complaints
        }
        out.sort { ($1.isSuspect ? 1 : 0, $0.id) < ($0.isSuspect ? 1 : 0, $1.id) }
        damage.list = Array(out.prefix(CaseDamage.listed))
        damage.receivers = Array(
            receivers.values.sorted {
                ($1.complaints, $1.refused, $1.unknown, $1.delivered, $0.domain)
                    < ($0.complaints, $0.refused, $0.unknown, $0.delivered, $1.domain)
            }.prefix(CaseDamage.named))
        return damage
    }

    private mutating func note(_ event: SubmissionEvent) {
        guard event.time >= from, event.time <= until, messages[event.id] == nil else { return }
        let campaign = event.campaign?.campaign
        guard event.identity.sources(campaign: campaign).contains(where: sources.contains) else { return }
        guard messages.count < Self.limit else {
            isCut = true
            return
        }
        messages[event.id] = CaseDamage.Message(
            id: event.id, source: SourceID(principalOf: event.identity), time: event.time,
            isSuspect: event.contentLogOdds >= threshold || campaign.map(campaigns.contains) ?? false)
    }

    private mutating func note(_ outcome: OutcomeEvent) {
        switch outcome.result {
        case .delivered: count(outcome.id, outcome.receiver, \.delivered, \.delivered)
        case .unknownRecipient: count(outcome.id, outcome.receiver, \.unknown, \.unknown)
        case .policyRefusal:
            count(outcome.id, outcome.receiver, \.refused, \.refused)
            messages[outcome.id]?.isSuspect = true
        case .otherFailure, .deferred: break
        }
    }

    private mutating func note(_ feedback: FeedbackEvent) {
        switch feedback.kind {
        case .complaint, .trap, .listing, .foundSpam:
            count(feedback.id, feedback.reporter, \.complaints, \.complaints)
            messages[feedback.id]?.isSuspect = true
        case .bounce: count(feedback.id, feedback.reporter, \.unknown, \.unknown)
        case .foundGood: messages[feedback.id]?.isSuspect = false
        }
    }

    private mutating func count(
        _ id: SubmissionID, _ domain: DomainName?, _ message: WritableKeyPath<CaseDamage.Message, Int>,
        _ receiver: WritableKeyPath<CaseDamage.Receiver, Int>
    ) {
        guard messages[id] != nil else { return }
        messages[id]?[keyPath: message] += 1
        guard let domain, receivers[domain] != nil || receivers.count < Self.receiverLimit else { return }
        receivers[domain, default: CaseDamage.Receiver(domain)][keyPath: receiver] += 1
    }
}
