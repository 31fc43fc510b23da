package import ControlStore
import Enforcement
import MailTypes

/// A line of a list of cases. What the API answers, the command prints and the pages show: one type for all.
package struct CaseSummaryView: Codable, Hashable, Sendable {
    package let id: String
    package let customer: String
    package let state: String
    package let kinds: [String]
    package let source: String?
    package let sources: Int
    package let stops: Int
    package let delivered: Int
    package let held: Int
    package let refused: Int
    package let first: String
    package let last: String
    package let ended: String?
    /// Since when somebody waits for reinstatement.
    package let asked: String?
    package let mergedInto: String?

    package init(_ summary: ControlDatabase.CaseSummary) {
        id = summary.id.description
        customer = summary.customer.description
        state = summary.state.rawValue
        kinds = summary.kinds.map(\.rawValue).sorted()
        source = summary.source.map { SafeText.printable($0.description, limit: 400) }
        sources = summary.sourceCount
        stops = summary.stopCount
        delivered = summary.counts.delivered
        held = summary.counts.held
        refused = summary.counts.refused
        first = summary.first.iso8601
        last = summary.last.iso8601
        ended = summary.ended?.iso8601
        asked = summary.asked?.iso8601
        mergedInto = summary.mergedInto?.description
    }
}

/// One case with all that belongs to it.
package struct CaseView: Codable, Hashable, Sendable {
    package struct Sample: Codable, Hashable, Sendable {
        package let id: String
        package let time: String
        package let header: String
        package let text: String
    }

    package struct Note: Codable, Hashable, Sendable {
        package let id: Int64
        package let time: String
        package let author: String
        package let text: String
    }

    package struct Report: Codable, Hashable, Sendable {
        package let id: Int64
        package let time: String
        package let producer: String
        package let host: String
    }

    /// What was told to whom, and what became of it.
    package struct Notice: Codable, Hashable, Sendable {
        package let time: String
        package let channel: String
        package let stage: String
        package let target: String
        /// `queued`, `delivered`, `bounced` …
        package let state: String
        package let outcome: String
    }

    package struct Ramp: Codable, Hashable, Sendable {
        package let step: Int
        package let steps: Int
        package let perHour: Int?
        package let clean: Int
        package let watchedSeconds: Int
        package let began: String
    }

    package let id: String
    package let customer: String
    package let state: String
    package let isFinal: Bool
    package let kinds: [String]
    package let sources: [String]
    package let stopped: [String]
    package let delivered: Int
    package let held: Int
    package let refused: Int
    package let first: String
    package let last: String
    package let ended: String?
    package let earlier: Int
    package let relapses: Int
    package let mergedInto: String?
    package let checks: [CheckView]
    /// Left out while nobody has counted it.
    package let damage: DamageView?
    package let probation: Ramp?
    package let evidence: [String]
    package let samples: [Sample]
    package let links: [LinkView]
    package let notes: [Note]
    package let reports: [Report]
    package let notices: [Notice]

    init(_ incident: IncidentCase, _ stores: ConsoleStores, at time: Timestamp) throws {
        id = incident.id.description
        customer = incident.customer.description
        state = incident.state.rawValue
        isFinal = incident.state.isFinal
        kinds = incident.recovery.kinds.map(\.rawValue).sorted()
        sources = incident.sources.map { SafeText.printable($0.description, limit: 400) }
        stopped = incident.stopped.map { SafeText.printable($0.description, limit: 400) }.sorted()
        delivered = incident.counts.delivered
        held = incident.counts.held
        refused = incident.counts.refused
        first = incident.first.iso8601
        last = incident.last.iso8601
        ended = incident.ended?.iso8601
        earlier = incident.recovery.earlier
        relapses = incident.recovery.relapses
        mergedInto = incident.recovery.mergedInto?.description
        checks = incident.recovery.checks.map { CheckView($0, at: time) }
        damage = try stores.control.damage(of: incident.id).map(DamageView.init)
        probation = incident.recovery.probation.map { ramp in
            Ramp(
                step: min(ramp.step + 1, ramp.plan.steps.count), steps: ramp.plan.steps.count,
                perHour: ramp.current?.perHour, clean: ramp.clean, watchedSeconds: Int(ramp.watched.inSeconds),
                began: ramp.began.iso8601)
        }
        evidence = incident.evidence.map { SafeText.printable($0, limit: 500) }
        samples = incident.samples.map { sample in
            Sample(
                id: sample.id.description, time: sample.time.iso8601, header: SafeLines.text(sample.header),
                text: SafeLines.text(sample.text))
        }
        links = try stores.control.caseTokens(of: incident.id).map(LinkView.init)
        notes = try stores.control.notes(of: incident.id, limit: 1000).map { note in
            Note(
                id: note.id, time: note.time.iso8601, author: SafeText.printable(note.author, limit: 200),
                text: SafeLines.text(Array(note.text.utf8)))
        }
        reports = try stores.control.reports(of: incident.id, limit: 200).map { report in
            Report(
                id: report.id, time: report.time.iso8601, producer: SafeText.printable(report.producer),
                host: SafeText.printable(report.host))
        }
        notices = try stores.control.sent(of: incident.id, limit: 100).map { notice in
            Notice(
                time: notice.time.iso8601, channel: notice.channel.rawValue, stage: notice.stage,
                target: SafeText.printable(notice.target, limit: 300), state: notice.state.rawValue,
                outcome: SafeText.printable(notice.outcome, limit: 300))
        }
    }
}

package struct LinkView: Codable, Hashable, Sendable {
    package let id: Int64
    package let created: String
    package let expires: String
    package let revoked: String?
    package let author: String

    package init(_ token: ControlDatabase.CaseToken) {
        id = token.id
        created = token.created.iso8601
        expires = token.expires.iso8601
        revoked = token.revoked?.iso8601
        author = SafeText.printable(token.author, limit: 200)
    }
}
