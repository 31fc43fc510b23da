package import Console
import Detection
import MailTypes
import NIOConcurrencyHelpers
import Relay
import SMTPServing

/// What the gateway has counted since it started. One lock a message; labels are closed sets.
package final class GatewayCounters: Sendable {
    struct Values: Sendable {
        var sessionsOpened = 0
        var sessionsClosed = 0
        var turnedAway = 0
        var logins = 0
        var failedLogins = 0
        var refusedCommands = 0
        var verdicts: [Verdict.Action: Int] = [:]
        var acceptedBytes = 0
        var stopped = 0
        var spoolTrouble = 0
        var outcomes: [OutcomeEvent.Result: Int] = [:]
        var completed = 0
        var reports = 0
        var heldExpired = 0
    }

    private let values = NIOLockedValueBox(Values())

    package init() {}

    func count(_ event: IntakeEvent) {
        values.withLockedValue { values in
            switch event {
            case .opened: values.sessionsOpened += 1
            case .turnedAway: values.turnedAway += 1
            case .encrypted: break
            case .authenticated: values.logins += 1
            case .authenticationFailed: values.failedLogins += 1
            case .refused: values.refusedCommands += 1
            case .closed: values.sessionsClosed += 1
            }
        }
    }

    func count(_ action: Verdict.Action, size: ByteCount) {
        values.withLockedValue { values in
            values.verdicts[action, default: 0] += 1
            if action == .deliver || action == .hold { values.acceptedBytes += size.bytes }
        }
    }

    func countStopped() { values.withLockedValue { $0.stopped += 1 } }
    func countSpoolTrouble() { values.withLockedValue { $0.spoolTrouble += 1 } }

    func count(_ event: DeliveryEvent) {
        values.withLockedValue { values in
            switch event {
            case .attempt(let attempt): values.outcomes[attempt.result, default: 0] += 1
            case .completed: values.completed += 1
            case .reported: values.reports += 1
            case .heldExpired: values.heldExpired += 1
            case .spoolTrouble: values.spoolTrouble += 1
            case .destinationPostponed, .reportDropped: break
            }
        }
    }

    /// What `/metrics` shows of it.
    package var families: [MetricFamily] {
        let values = values.withLockedValue { $0 }
        return [
            MetricFamily(
                "sluice_sessions_total", .counter, "Client sessions opened.", [.init(Double(values.sessionsOpened))]),
            MetricFamily(
                "sluice_sessions", .gauge, "Client sessions open now.",
                [.init(Double(max(0, values.sessionsOpened - values.sessionsClosed)))]),
            MetricFamily(
                "sluice_sessions_turned_away_total", .counter, "Connections refused before the greeting.",
                [.init(Double(values.turnedAway))]),
            MetricFamily(
                "sluice_logins_total", .counter, "Logins, by result.",
                [
                    .init(Double(values.logins), labels: [("result", "accepted")]),
                    .init(Double(values.failedLogins), labels: [("result", "rejected")]),
                ]),
            MetricFamily(
                "sluice_commands_refused_total", .counter, "Commands and messages refused for their form or a limit.",
                [.init(Double(values.refusedCommands))]),
            MetricFamily(
                "sluice_submissions_total", .counter, "Submissions judged, by verdict; stopped ones apart.",
                Verdict.Action.allCases.map {
                    .init(Double(values.verdicts[$0] ?? 0), labels: [("verdict", $0.rawValue)])
                } + [.init(Double(values.stopped), labels: [("verdict", "stopped")])]),
            MetricFamily(
                "sluice_accepted_bytes_total", .counter, "Bytes of accepted messages.",
                [.init(Double(values.acceptedBytes))]),
            MetricFamily(
                "sluice_spool_failures_total", .counter, "Operations that the spool refused.",
                [.init(Double(values.spoolTrouble))]),
            MetricFamily(
                "sluice_delivery_outcomes_total", .counter, "Recipients' outcomes, by result.",
                [OutcomeEvent.Result.delivered, .unknownRecipient, .policyRefusal, .otherFailure, .deferred].map {
                    .init(Double(values.outcomes[$0] ?? 0), labels: [("result", $0.rawValue)])
                }),
            MetricFamily(
                "sluice_messages_completed_total", .counter,
                "Messages that left the spool, settled to the last recipient.",
                [.init(Double(values.completed))]),
            MetricFamily(
                "sluice_reports_total", .counter, "Delivery status notifications written.",
                [.init(Double(values.reports))]),
            MetricFamily(
                "sluice_holds_expired_total", .counter, "Held messages whose deadline passed.",
                [.init(Double(values.heldExpired))]),
        ]
    }
}
