import LogFormats
import MailTypes

/// What of a log a gateway is told: logins with account and address, and how deliveries of accounts' messages ended.
///
/// Pure, and bounded: messages in flight are remembered by their queue ids, the oldest forgotten.
package struct EventReports {
    /// One event, as `POST /api/v1/events` takes it.
    package struct Report: Encodable, Sendable, Hashable {
        package var time: String
        package var event: String
        package var account: String
        package var address: String?
        package var success: Bool?
        package var outcome: String?
        /// The recipient's domain; never the address.
        package var receiver: String?
    }

    private static let messageLimit = 50_000
    /// Attempts that one line may stand for.
    private static let attemptLimit = 20
    private var owners: [[UInt8]: String] = [:]
    private var order: [[UInt8]] = []
    private var oldest = 0

    package init() {}

    /// The reports of one event; none for most.
    package mutating func take(_ timed: TimedEvent) -> [Report] {
        let time = ReportTime.iso(timed.seconds)
        switch timed.event {
        case .login(let login):
            // A backend's line is told again by the service in front.
            guard !login.isBackend, !login.account.isEmpty, let address = login.address, isMail(login.service) else {
                return []
            }
            var report = Report(time: time, event: "login", account: login.account.string)
            report.address = address.description
            report.success = login.success
            let count = min(EventReports.attemptLimit, max(1, login.attempts) * Int(max(1, timed.repeats)))
            return Array(repeating: report, count: login.success ? 1 : count)
        case .submission(let mail):
            guard !mail.account.isEmpty else { return [] }
            if !mail.queueID.isEmpty { remember(mail.queueID, mail.account.string) }
            // The login that a submission names is told by no other line.
            guard let address = mail.client else { return [] }
            var report = Report(time: time, event: "login", account: mail.account.string)
            report.address = address.description
            report.success = true
            return [report]
        case .delivery(let result):
            guard !result.isLocal, let owner = owners[result.queueID.bytes] else { return [] }
            var report = Report(time: time, event: "outcome", account: owner)
            report.outcome = EventReports.outcome(result)
            let domain = result.recipient.from(result.recipient.lastIndex(of: 0x40) + 1)
            if domain.count < result.recipient.count, !domain.isEmpty { report.receiver = domain.string }
            return Array(repeating: report, count: min(EventReports.attemptLimit, max(1, result.recipients)))
        case .removed(let id):
            owners[id.bytes] = nil
            return []
        case .nothing, .queued, .reject, .flow: return []
        }
    }

    private func isMail(_ service: LoginService) -> Bool { service != .ssh && service != .windows }

    private mutating func remember(_ id: ByteSlice, _ account: String) {
        let key = id.prefix(64).bytes
        guard owners.updateValue(account, forKey: key) == nil else { return }
        if order.count < EventReports.messageLimit {
            order.append(key)
        } else {
            owners[order[oldest]] = nil
            order[oldest] = key
            oldest = (oldest + 1) % EventReports.messageLimit
        }
    }

    private static func outcome(_ result: Delivery) -> String {
        switch result.outcome {
        case .sent: "delivered"
        case .deferred: result.reason.isReputation || result.reason == .rateLimit ? "policy-refusal" : "deferred"
        case .bounced:
            result.reason == .unknownRecipient
                ? "unknown-recipient"
                : result.reason.isReputation || result.reason == .rateLimit ? "policy-refusal" : "other-failure"
        }
    }
}
