import Enforcement
import MailTypes
import Response

/// A case as JSON.
struct CaseView: Encodable {
    struct Check: Encodable {
        struct Statement: Encodable {
            var result: String
            var at: String
            var by: String
            var detail: String

            init(_ statement: CheckState.Statement) {
                result = statement.result.rawValue
                at = statement.time.iso8601
                by = statement.author
                detail = statement.detail
            }
        }

        var name: String
        var title: String
        var needs: String
        var result: String
        var missing: String?
        var verified: Statement?
        var reported: Statement?
        var attested: Statement?
        var waivedBy: String?
        var waivedFor: String?

        init(_ check: RequiredCheck, at now: Timestamp) {
            name = check.name.rawValue
            title = CaseWording.title(check.name)
            needs = check.needs.rawValue
            result = check.result(at: now).rawValue
            missing = check.missing(at: now)
            verified = check.state[.verified].map(Statement.init)
            reported = check.state[.reported].map(Statement.init)
            attested = check.state[.attested].map(Statement.init)
            waivedBy = check.waiver?.author
            waivedFor = check.waiver?.reason
        }
    }

    struct Ramp: Encodable {
        var step: Int
        var steps: Int
        var perHour: Int?
        var clean: Int
        var watchedSeconds: Int
        var began: String
    }

    var id: String
    var customer: String
    var state: String
    var kinds: [String]
    var sources: [String]
    var stopped: [String]
    var delivered: Int
    var held: Int
    var refused: Int
    var first: String
    var last: String
    var ended: String?
    var earlierIncidents: Int
    var relapses: Int
    var mergedInto: String?
    var checks: [Check]
    var probation: Ramp?
    var evidence: [String]

    init(_ incident: IncidentCase, at now: Timestamp) {
        id = incident.id.description
        customer = incident.customer.description
        state = incident.state.rawValue
        kinds = incident.recovery.kinds.sorted().map(\.rawValue)
        sources = incident.sources.map(\.description)
        stopped = incident.stopped.map(\.description).sorted()
        delivered = incident.counts.delivered
        held = incident.counts.held
        refused = incident.counts.refused
        first = incident.first.iso8601
        last = incident.last.iso8601
        ended = incident.ended?.iso8601
        earlierIncidents = incident.recovery.earlier
        relapses = incident.recovery.relapses
        mergedInto = incident.recovery.mergedInto?.description
        checks = incident.recovery.checks.map { Check($0, at: now) }
        probation = incident.recovery.probation.map { ramp in
            Ramp(
                step: ramp.step + 1, steps: ramp.plan.steps.count, perHour: ramp.current?.perHour, clean: ramp.clean,
                watchedSeconds: Int(ramp.watched.inSeconds), began: ramp.began.iso8601)
        }
        evidence = incident.evidence
    }
}
