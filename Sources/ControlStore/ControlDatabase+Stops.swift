package import Enforcement
import GRDB
package import MailTypes

/// Stops. Each act changes stop, case and audit log in one transaction, so that none is ever without the others.
extension ControlDatabase {
    /// A stop that is asked for; its case is found or opened.
    package struct StopRequest: Hashable, Sendable {
        package var source: SourceID
        /// One sentence for the sender, in plain words and without addresses.
        package var reason: String
        package var certainty: Stop.Certainty
        package var until: Timestamp?
        package var author: Stop.Author
        /// The sentences behind it, strongest first.
        package var evidence: [String]

        package init(
            source: SourceID, reason: String, certainty: Stop.Certainty, until: Timestamp? = nil, author: Stop.Author,
            evidence: [String] = []
        ) {
            self.source = source
            self.reason = reason
            self.certainty = certainty
            self.until = until
            self.author = author
            self.evidence = evidence
        }
    }

    /// What became of a request.
    package struct StopOutcome: Hashable, Sendable {
        package var addition: StopRegister.Addition
        /// The stop that is in force for the source now.
        package var stop: Stop
        package var incident: IncidentCase
    }

    /// The stops in force, for the daemon's look-ups.
    package func register(at time: Timestamp) throws(ControlError) -> StopRegister {
        try read { db in
            var register = StopRegister()
            let stops = try StopRows.fetchAll(
                db, "WHERE until IS NULL OR until > ? ORDER BY since LIMIT ?",
                [time.microseconds, StopRegister.capacity])
            for stop in stops { _ = register.add(stop, at: max(time, stop.since)) }
            return register
        }
    }

    /// Stops in force in the order of their sources' names, at most `pageLimit`.
    package func stops(after source: SourceID? = nil, at time: Timestamp, limit: Int) throws(ControlError) -> [Stop] {
        try read { db in
            try StopRows.fetchAll(
                db, "WHERE source > ? AND (until IS NULL OR until > ?) ORDER BY source LIMIT ?",
                [source?.description ?? "", time.microseconds, max(0, min(limit, Self.pageLimit))])
        }
    }

    /// The stop in force for exactly that source.
    package func stop(of source: SourceID, at time: Timestamp) throws(ControlError) -> Stop? {
        try read { try StopRows.fetch($0, source) }.flatMap { $0.isActive(at: time) ? $0 : nil }
    }

    /// Stops a source: in its customer's open case, or in a new one. Throws `refused` when the register is full.
    package func stop(_ request: StopRequest, at time: Timestamp) throws(ControlError) -> StopOutcome {
        try write { db in
            let present = try StopRows.fetch(db, request.source)
            let open = try CaseRows.open(db, request.source.customer)
            let home = IncidentCase.home(of: request.source, among: open, at: time)
            let before = home.flatMap { id in open.first { $0.id == id } }
            var incident = try before ?? CaseRows.insert(db, request.source, request.evidence, time)
            let asked = Stop(
                source: request.source, reason: request.reason, since: time, until: request.until,
                author: request.author, caseID: incident.id, certainty: request.certainty)
            var register = StopRegister()
            if let present { _ = register.add(present, at: max(time, present.since)) }
            let addition = register.add(asked, at: time)
            guard let stop = register[request.source] else {
                throw ControlError(.inputOutput, "the stop was not taken")
            }
            guard addition != .unchanged else {
                let known = try CaseRows.fetch(db, stop.caseID) ?? incident
                return StopOutcome(addition: addition, stop: stop, incident: known)
            }
            if present == nil {
                let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM stop") ?? 0
                guard count < StopRegister.capacity else {
                    throw ControlError(.refused, "there are \(count) stops already: something else is wrong")
                }
            }
            try StopRows.save(db, stop)
            if before == nil {
                try Self.append(
                    db, request.author.description, "case.open", incident.id.description, request.source.description,
                    time)
            }
            if stop.caseID != incident.id, let own = try CaseRows.fetch(db, stop.caseID), !own.state.isFinal {
                incident = own
            }
            let saved = try CaseRows.fetch(db, incident.id)
            let action = incident.event(.stopped(request.source, evidence: request.evidence), at: time)
            try Self.note(db, [action], incident.id, request.author.description, time)
            if stop.certainty == .confirmed {
                try require(
                    db, &incident, [.suggested(by: request.source)], request.author.description, time)
            }
            try CaseRows.save(db, incident, before: saved)
            if case .campaign = request.source, stop.certainty == .confirmed {
                try Self.order(db, stop.caseID, request.source, .confirmed, request.author.description, time)
            }
            try Self.append(
                db, request.author.description, "stop.\(addition)", request.source.description,
                "\(stop.certainty.rawValue) \(incident.id): \(request.reason)", time)
            return StopOutcome(addition: addition, stop: stop, incident: incident)
        }
    }

    /// Lifts the stop of exactly that source; `nil` if there is none.
    package func lift(_ source: SourceID, author: Stop.Author, reason: String, at time: Timestamp)
        throws(ControlError) -> Stop?
    {
        try write { db in
            guard let stop = try StopRows.fetch(db, source) else { return nil }
            try Self.end(db, stop, author.description, "stop.lift", reason, time)
            return stop
        }
    }

    /// Ends the stops whose time is over, and gives them; at most `pageLimit` a call.
    package func expireStops(at time: Timestamp) throws(ControlError) -> [Stop] {
        try write { db in
            let over = try StopRows.fetchAll(
                db, "WHERE until <= ? ORDER BY until LIMIT ?", [time.microseconds, Self.pageLimit])
            for stop in over { try Self.end(db, stop, "daemon", "stop.expire", "its time is over", time) }
            return over
        }
    }

    /// Takes a stop away, tells its case, and records it.
    static func end(
        _ db: Database, _ stop: Stop, _ author: String, _ act: String, _ reason: String, _ time: Timestamp
    ) throws {
        try StopRows.delete(db, stop.source)
        if let before = try CaseRows.fetch(db, stop.caseID) {
            var incident = before
            let action = incident.event(.lifted(stop.source), at: time)
            if action != .none {
                try note(db, [action], incident.id, author, time)
                try CaseRows.save(db, incident, before: before)
            }
        }
        try order(db, stop.caseID, stop.source, .lifted, author, time)
        try append(db, author, act, stop.source.description, "\(stop.caseID): \(reason)", time)
    }
}
