package import Enforcement
import GRDB
package import MailTypes

/// Cases.
extension ControlDatabase {
    package func incident(_ id: CaseID) throws(ControlError) -> IncidentCase? {
        try read { try CaseRows.fetch($0, id) }
    }

    /// Cases before `id`, youngest first, at most `pageLimit`.
    ///
    /// - Parameter onlyOpen: leaves out those that have ended.
    package func incidents(before id: CaseID? = nil, onlyOpen: Bool, limit: Int) throws(ControlError) -> [IncidentCase]
    {
        try read { db in
            try CaseRows.fetchAll(
                db, "WHERE id < ? AND (is_final = 0 OR ?) ORDER BY id DESC LIMIT ?",
                [id?.rawValue ?? Int64.max, !onlyOpen, max(0, min(limit, Self.pageLimit))])
        }
    }

    /// The open case that a suspicion of `source` belongs to, or a new one; the suspicion is noted in it.
    package func suspect(_ source: SourceID, evidence: [String], author: String, at time: Timestamp)
        throws(ControlError) -> IncidentCase
    {
        try write { db in
            let open = try CaseRows.open(db, source.customer)
            let home = IncidentCase.home(of: source, among: open, at: time)
            guard let before = open.first(where: { $0.id == home }) else {
                let new = try CaseRows.insert(db, source, evidence, time)
                try Self.append(db, author, "case.open", new.id.description, source.description, time)
                return new
            }
            var incident = before
            _ = incident.event(.suspected(source, evidence: evidence), at: time)
            try CaseRows.save(db, incident, before: before)
            return incident
        }
    }

    /// Gives events to a case, in order, and keeps the result. When it ends, its stops are lifted with it; each change of
    /// state is recorded. Count messages in batches: each call is a transaction.
    package func apply(_ events: [IncidentCase.Event], to id: CaseID, author: String, at time: Timestamp)
        throws(ControlError) -> (incident: IncidentCase, actions: [IncidentCase.Action])
    {
        try write { db in
            guard let before = try CaseRows.fetch(db, id) else {
                throw ControlError(.notFound, "there is no \(id)")
            }
            var incident = before
            var actions: [IncidentCase.Action] = []
            for event in events {
                let action = incident.event(event, at: time)
                actions.append(action)
                try Self.note(db, [action], id, author, time)
                try Self.note(db, event, action, id, author, time)
                if case .reopened = event, action != .none { try Self.forgetEndings(db, id) }
                switch action {
                case .ended(_, let new, let lift):
                    if new == .falseAlarm {
                        // Held mail keeps the number of the case that it came into.
                        for part in try [id] + Self.absorbed(db, by: id) {
                            try Self.order(db, part, nil, .falseAlarm, author, time)
                        }
                    }
                    try Self.lift(db, lift, of: id, author, "the case has ended", time)
                case .reinstated(_, let lift):
                    for source in lift { try Self.order(db, id, source, .reinstated, author, time) }
                    try Self.lift(db, lift, of: id, author, "reinstated", time)
                case .none, .recorded, .moved, .missing: break
                }
            }
            if incident != before { try CaseRows.save(db, incident, before: before) }
            return (incident, actions)
        }
    }

    /// Closes the cases without stops in which nothing happened for long; gives them, at most 100 a call.
    package func closeQuietCases(at time: Timestamp) throws(ControlError) -> [CaseID] {
        let quiet = try read { db in
            try Int64.fetchAll(
                db, sql: "SELECT id FROM incident WHERE state = 'open' AND last <= ? ORDER BY id LIMIT 100",
                arguments: [(time - IncidentCase.quietPeriod).microseconds])
        }
        var closed: [CaseID] = []
        for id in quiet.map(CaseID.init(rawValue:)) {
            let (incident, _) = try apply([.tick], to: id, author: "daemon", at: time)
            if incident.state.isFinal { closed.append(id) }
        }
        return closed
    }

    private static func lift(
        _ db: Database, _ sources: [SourceID], of id: CaseID, _ author: String, _ reason: String, _ time: Timestamp
    ) throws {
        for source in sources {
            guard let stop = try StopRows.fetch(db, source), stop.caseID == id else { continue }
            try StopRows.delete(db, source)
            try append(db, author, "stop.lift", source.description, "\(id): \(reason)", time)
        }
    }

    /// Records what people did that changes no state.
    private static func note(
        _ db: Database, _ event: IncidentCase.Event, _ action: IncidentCase.Action, _ id: CaseID, _ author: String,
        _ time: Timestamp
    ) throws {
        guard action != .none else { return }
        switch event {
        case .stated(let name, let assurance, let statement):
            try append(
                db, statement.author, "case.check", id.description,
                "\(name.rawValue) \(statement.result.rawValue) (\(assurance.rawValue)): \(statement.detail)", time)
        case .waived(let name, let waiver):
            try append(
                db, waiver.author, "case.waive", id.description, "\(name.rawValue): \(waiver.reason)", time)
        case .asked: try append(db, author, "case.ask", id.description, "", time)
        case .acknowledged: try append(db, author, "case.acknowledge", id.description, "", time)
        case .reopened(let reason): try append(db, author, "case.reopen", id.description, reason, time)
        case .reinstated, .closed:
            if case .missing(let names) = action {
                try append(
                    db, author, "case.missing", id.description, names.map(\.rawValue).joined(separator: " "), time)
            }
        default: break
        }
    }
}
