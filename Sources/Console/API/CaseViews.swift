import ControlStore
import Enforcement
import MailTypes

struct CaseCounts: Encodable {
    let delivered: Int
    let held: Int
    let refused: Int

    init(_ counts: IncidentCase.Counts) {
        delivered = counts.delivered
        held = counts.held
        refused = counts.refused
    }
}

struct CaseSummaryView: Encodable {
    let id: String
    let customer: String
    let state: String
    let kinds: [String]
    let source: String?
    let sources: Int
    let stops: Int
    let counts: CaseCounts
    let first: String
    let last: String
    let ended: String?
    let asked: String?
    let mergedInto: String?

    init(_ summary: ControlDatabase.CaseSummary) {
        id = summary.id.description
        customer = summary.customer.description
        state = summary.state.rawValue
        kinds = summary.kinds.map(\.rawValue).sorted()
        source = summary.source.map { SafeText.printable($0.description, limit: 400) }
        sources = summary.sourceCount
        stops = summary.stopCount
        counts = CaseCounts(summary.counts)
        first = summary.first.iso8601
        last = summary.last.iso8601
        ended = summary.ended?.iso8601
        asked = summary.asked?.iso8601
        mergedInto = summary.mergedInto?.description
    }
}

struct CaseView: Encodable {
    let id: String
    let customer: String
    let state: String
    let kinds: [String]
    let sources: [String]
    let stopped: [String]
    let counts: CaseCounts
    let first: String
    let last: String
    let ended: String?
    let evidence: [String]
    let earlier: Int
    let relapses: Int

    init(_ incident: IncidentCase) {
        id = incident.id.description
        customer = incident.customer.description
        state = incident.state.rawValue
        kinds = incident.recovery.kinds.map(\.rawValue).sorted()
        sources = incident.sources.map { SafeText.printable($0.description, limit: 400) }
        stopped = incident.stopped.map { SafeText.printable($0.description, limit: 400) }.sorted()
        counts = CaseCounts(incident.counts)
        first = incident.first.iso8601
        last = incident.last.iso8601
        ended = incident.ended?.iso8601
        evidence = incident.evidence.map { SafeText.printable($0, limit: 500) }
        earlier = incident.recovery.earlier
        relapses = incident.recovery.relapses
    }
}

struct CaseDetailView: Encodable {
    struct Sample: Encodable {
        let id: String
        let time: String
        let header: String
        let text: String
    }

    struct Note: Encodable {
        let id: Int64
        let time: String
        let author: String
        let text: String
    }

    struct Report: Encodable {
        let id: Int64
        let time: String
        let producer: String
        let host: String
    }

    let incident: CaseView
    let samples: [Sample]
    let checks: [CheckView]
    let links: [LinkView]
    let notes: [Note]
    let reports: [Report]

    private enum CodingKeys: String, CodingKey {
        case incident = "case"
        case samples, checks, links, notes, reports
    }

    init(_ incident: IncidentCase, _ stores: ConsoleStores, at time: Timestamp) throws {
        self.incident = CaseView(incident)
        samples = incident.samples.map { sample in
            Sample(
                id: sample.id.description, time: sample.time.iso8601, header: SafeLines.text(sample.header),
                text: SafeLines.text(sample.text))
        }
        checks = stores.cases.checks(of: incident, at: time).map(CheckView.init)
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
    }
}

struct CheckView: Encodable {
    struct Statement: Encodable {
        let assurance: String
        let result: String
        let time: String
        let author: String
        let detail: String
    }

    let id: String
    let title: String
    let result: String
    let needs: String
    let statements: [Statement]
    let waiver: String?
    let missing: String?
    let advice: String

    init(_ check: CaseCheck) {
        id = check.id
        title = check.title
        result = check.result
        needs = check.needs
        statements = check.statements.map { statement in
            Statement(
                assurance: statement.assurance, result: statement.result, time: statement.time.iso8601,
                author: SafeText.printable(statement.author), detail: SafeText.printable(statement.detail, limit: 1000))
        }
        waiver = check.waiver.map { SafeText.printable($0, limit: 1000) }
        missing = check.missing.map { SafeText.printable($0, limit: 500) }
        advice = check.advice
    }
}

struct LinkView: Encodable {
    let id: Int64
    let created: String
    let expires: String
    let revoked: String?
    let author: String

    init(_ token: ControlDatabase.CaseToken) {
        id = token.id
        created = token.created.iso8601
        expires = token.expires.iso8601
        revoked = token.revoked?.iso8601
        author = SafeText.printable(token.author, limit: 200)
    }
}
