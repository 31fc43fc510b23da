import ControlStore
import Enforcement
import Logging
import MailTypes
import NIOConcurrencyHelpers

/// The gateway's own part of the way back, once a minute: what it can see itself, reinstatement where all holds, probation.
extension Responder {
    /// Once in so many ticks: every minute.
    static let recoveryTicks = 120
    /// Cases looked at in one go.
    private static let page = 200
    /// An outside look while on probation.
    private static let lookAgain = Duration.seconds(86_400)

    /// A page at a time, so that a stop never waits behind all of them.
    func recover(at time: Timestamp, after last: CaseID? = nil) throws {
        let settings = state.withLockedValue { $0.settings }
        let cases = try control.casesInRecovery(after: last, limit: Self.page)
        for incident in cases {
            guarded("case not looked at") { try recover(incident, settings, at: time) }
        }
        if cases.count == Self.page, let next = cases.last?.id {
            submit { [self] in guarded("cases not looked after") { try recover(at: time, after: next) } }
        }
        try readProbations(at: time)
    }

    private func recover(_ before: IncidentCase, _ settings: ResponseSettings, at time: Timestamp) throws {
        try escalate(before, settings, at: time)
        let seen = watched(before, settings, at: time)
        var incident = before
        if !seen.isEmpty { incident = try control.apply(seen, to: before.id, author: "gateway", at: time).incident }
        if incident.state == .probation {
            try goOn(incident, at: time)
        } else if incident.recovery.acknowledged != nil, incident.missing(at: time).isEmpty,
            !incident.stopped.isEmpty || incident.state == .verifying,
            settings.checks.reinstates(earlier: incident.recovery.earlier + incident.recovery.relapses)
        {
            try reinstate(incident, at: time)
        }
    }

    /// Lets the case's sources send again, since all that is asked holds.
    private func reinstate(_ incident: IncidentCase, at time: Timestamp) throws {
        let lifted = incident.stopped
        let (_, actions) = try control.apply(
            [.reinstated(isOperator: false)], to: incident.id, author: "policy", at: time)
        guard case .reinstated? = actions.first else { return }
        logger.notice("case reinstated", metadata: ["case": "\(incident.id)"])
        try rereadStops(at: time)
        if let source = lifted.min(by: { $0.description < $1.description }) ?? incident.sources.first {
            try tell(.reached(.lifted), of: incident.id, source, at: time)
        }
    }

    private func goOn(_ incident: IncidentCase, at time: Timestamp) throws {
        let (after, _) = try control.apply([.tick], to: incident.id, author: "daemon", at: time)
        if after.state.isFinal {
            state.withLockedValue { $0.ledger.forget(case: incident.id) }
            logger.notice("case closed", metadata: ["case": "\(incident.id)"])
            if let source = incident.sources.first { try tell(.reached(.closed), of: incident.id, source, at: time) }
        } else if incident.recovery.checks.contains(where: { $0.name.isProbed && $0.needs == .verified }) {
            _ = try control.orderProbe(
                of: incident.id, due: time, interval: Self.lookAgain, author: "policy", at: time)
        }
    }

    /// What can be said about the checks that the gateway watches itself, where it says something else than before.
    private func watched(_ incident: IncidentCase, _ settings: ResponseSettings, at time: Timestamp)
        -> [IncidentCase.Event]
    {
        incident.recovery.checks.compactMap { check in
            let statement: CheckState.Statement?
            switch check.name {
            case .campaignQuiet: statement = Self.quiet(incident, settings.checks.quiet, at: time)
            case .noListing: statement = callbacks.listings(incident, time)
            default: return nil
            }
            guard let statement else { return nil }
            if let old = check.state[.verified], old.result == statement.result, old.time <= time,
                time - old.time < settings.checks.lookAge / 2
            {
                return nil
            }
            return .stated(check.name, .verified, statement)
        }
    }

    static func quiet(_ incident: IncidentCase, _ needed: Duration, at time: Timestamp) -> CheckState.Statement {
        let last = incident.recovery.lastMatch ?? incident.last
        let passed = time - last
        let minutes = Int(needed.inSeconds / 60)
        guard passed >= .zero else {
            return .init(.unknown, at: time, author: "gateway", detail: "the clock was put back")
        }
        return passed >= needed
            ? .init(.pass, at: time, author: "gateway", detail: "none for \(minutes) minutes or more")
            : .init(
                .unknown, at: time, author: "gateway",
                detail: "the last one came \(Int(passed.inSeconds / 60)) minutes ago; \(minutes) without one are needed"
            )
    }
}
