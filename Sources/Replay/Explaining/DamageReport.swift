package import Detection
package import MailTypes

/// What left before a stop: who, when, to how many, and which receivers complained or refused.
package struct DamageReport: Sendable, Encodable, Hashable {
    /// Messages that are listed one by one; the counts are of all.
    package static let listed = 200
    /// Receivers that are named.
    package static let named = 100

    package struct Message: Sendable, Encodable, Hashable {
        package var id: String
        package var sender: String
        package var time: String
        package var recipients: Int
        package var logOdds: Double
        package var delivered = 0
        package var refused = 0
        package var unknown = 0
        package var complaints = 0
        /// By itself it was suspect, or a receiver said so since.
        package var isSuspect: Bool
    }

    package struct Receiver: Sendable, Encodable, Hashable {
        package var domain: String
        package var complaints = 0
        package var refused = 0
        package var unknown = 0
    }

    /// First and last message that left; `nil`: nothing did.
    package var first: String?
    package var last: String?
    /// Messages and recipients that left, suspect or not.
    package var messages = 0
    package var recipients = 0
    /// Of the messages, those that were suspect by themselves, or that a receiver complained of or refused.
    package var suspect = 0
    package var complaints = 0
    package var refused = 0
    package var unknown = 0
    /// Suspect ones first, then by time; at most `listed`.
    package var list: [Message] = []
    /// Most complaints and refusals first; at most `named`.
    package var receivers: [Receiver] = []
}

/// Gathers a damage report from events in their order. Bounded: of very much mail the first `limit` messages are followed,
/// the rest is counted.
package struct DamageCollector: Sendable {
    private static let limit = 50_000
    private static let receiverLimit = 10_000

    private let sources: Set<SourceID>
    private let from: Timestamp
    private var until: Timestamp
    private let suspectFrom: Double
    private var messages: [SubmissionID: DamageReport.Message] = [:]
    private var order: [SubmissionID] = []
    private var receivers: [DomainName: DamageReport.Receiver] = [:]
    private var report = DamageReport()

    /// - Parameters:
    ///   - sources: whose mail it is about; of a message any may be one of its sources.
    ///   - until: when the stop began; for one that is not there, the end of time.
    ///   - suspectFrom: log-odds from which a message is suspect by itself.
    package init(_ sources: [SourceID], from: Timestamp, until: Timestamp, suspectFrom: Double = 0) {
        self.sources = Set(sources)
        (self.from, self.until, self.suspectFrom) = (from, until, suspectFrom)
    }

    /// The stop was at that time, if it is not known to have been before.
    mutating func end(at time: Timestamp) { until = min(until, time) }

    /// Takes an event, and for submissions what was decided.
    package mutating func take(_ event: DetectionEvent, _ verdict: Verdict?) {
        switch event {
        case .submission(let submission):
            guard let verdict, verdict.action == .deliver else { return }
            note(submission, verdict)
        case .outcome(let outcome): note(outcome)
        case .feedback(let feedback): note(feedback)
        case .login, .reinstatement, .returned: break
        }
    }

    private mutating func note(_ event: SubmissionEvent, _ verdict: Verdict) {
        guard event.time >= from, event.time <= until, event.sources.contains(where: sources.contains) else { return }
        report.messages += 1
        report.recipients += event.recipients.count
        report.first = report.first ?? event.time.iso8601
        report.last = event.time.iso8601
        let isSuspect = verdict.logOdds >= suspectFrom
        guard order.count < Self.limit else {
            if isSuspect { report.suspect += 1 }
            return
        }
        order.append(event.id)
        messages[event.id] = DamageReport.Message(
            id: event.id.description,
            sender: (event.sources.first { $0.scope != .campaign } ?? .customer(event.identity.customer)).description,
            time: event.time.iso8601, recipients: event.recipients.count,
            logOdds: (verdict.logOdds * 100).rounded() / 100, isSuspect: isSuspect)
    }

    private mutating func note(_ outcome: OutcomeEvent) {
        guard messages[outcome.id] != nil else { return }
        switch outcome.result {
        case .delivered: messages[outcome.id]?.delivered += 1
        case .unknownRecipient:
            messages[outcome.id]?.unknown += 1
            count(outcome.receiver) { $0.unknown += 1 }
        case .policyRefusal:
            messages[outcome.id]?.refused += 1
            messages[outcome.id]?.isSuspect = true
            count(outcome.receiver) { $0.refused += 1 }
        case .otherFailure, .deferred: break
        }
    }

    private mutating func note(_ feedback: FeedbackEvent) {
        guard messages[feedback.id] != nil else { return }
        switch feedback.kind {
        case .complaint, .trap, .listing, .foundSpam:
            messages[feedback.id]?.complaints += 1
            messages[feedback.id]?.isSuspect = true
            count(feedback.reporter) { $0.complaints += 1 }
        case .bounce:
            messages[feedback.id]?.unknown += 1
            count(feedback.reporter) { $0.unknown += 1 }
        case .foundGood: messages[feedback.id]?.isSuspect = false
        }
    }

    private mutating func count(_ domain: DomainName?, _ change: (inout DamageReport.Receiver) -> Void) {
        guard let domain, receivers[domain] != nil || receivers.count < Self.receiverLimit else { return }
        change(&receivers[domain, default: DamageReport.Receiver(domain: domain.description)])
    }

    /// What was gathered.
    package var result: DamageReport {
        var result = report
        let all = order.compactMap { messages[$0] }
        for message in all {
            if message.isSuspect { result.suspect += 1 }
            result.complaints += message.complaints
            result.refused += message.refused
            result.unknown += message.unknown
        }
        result.list = Array((all.filter(\.isSuspect) + all.filter { !$0.isSuspect }).prefix(DamageReport.listed))
        result.receivers = Array(
            receivers.values.sorted {
                ($1.complaints, $1.refused, $1.unknown, $0.domain) < ($0.complaints, $0.refused, $0.unknown, $1.domain)
            }.prefix(DamageReport.named))
        return result
    }
}

extension SubmissionEvent {
    /// The sources it belongs to, smallest first.
    package var sources: [SourceID] {
        let customer = identity.customer
        var sources: [SourceID] = []
        if let campaign { sources.append(.campaign(campaign.campaign, customer)) }
        if let account = identity.account { sources.append(.account(account, customer)) }
        return sources + [.server(identity.server, customer), .customer(customer)]
    }
}

extension DamageReport {
    /// For people.
    package var text: String {
        guard messages > 0, let first, let last else { return "nothing left before the stop\n" }
        var out =
            "\(messages) messages to \(recipients) recipients left between \(first) and \(last), \(suspect) of them suspect\n"
        out += "receivers complained \(complaints) times, refused \(refused) recipients, did not know \(unknown)\n"
        for receiver in receivers.prefix(10) where receiver.complaints + receiver.refused > 0 {
            out += "  \(receiver.domain): \(receiver.complaints) complaints, \(receiver.refused) refusals\n"
        }
        for message in list.filter(\.isSuspect).prefix(20) {
            out +=
                "  \(message.time)  \(message.id)  \(message.sender)  \(message.recipients) recipients, log-odds \(message.logOdds)\n"
        }
        return out
    }
}
