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
                switch action {
                case .none, .recorded: break
                case .moved(let old, let new):
                    try Self.append(
                        db, author, "case.\(new.rawValue)", id.description, "was \(old.rawValue)", time)
                case .ended(let old, let new, let lift):
                    try Self.append(
                        db, author, "case.\(new.rawValue)", id.description, "was \(old.rawValue)", time)
                    if new == .falseAlarm { try Self.order(db, id, nil, .falseAlarm, author, time) }
                    for source in lift {
                        guard let stop = try StopRows.fetch(db, source), stop.caseID == id else { continue }
                        try StopRows.delete(db, source)
                        try Self.append(
                            db, author, "stop.lift", source.description, "\(id): the case has ended", time)
                    }
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
                db, sql: "SELECT id FROM incident WHERE is_final = 0 AND last <= ? ORDER BY id LIMIT 100",
                arguments: [(time - IncidentCase.quietPeriod).microseconds])
        }
        var closed: [CaseID] = []
        for id in quiet.map(CaseID.init(rawValue:)) {
            let (incident, _) = try apply([.tick], to: id, author: "daemon", at: time)
            if incident.state.isFinal { closed.append(id) }
        }
        return closed
    }
}
