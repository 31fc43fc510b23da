import Enforcement
import GRDB
import MailTypes

/// Between `IncidentCase.Recovery` and its rows.
enum RecoveryRows {
    static func save(_ db: Database, _ id: Int64, _ new: IncidentCase.Recovery, before: IncidentCase.Recovery) throws {
        guard new != before else { return }
        try db.execute(
            sql: """
                UPDATE incident SET kinds = ?, earlier = ?, relapses = ?, acknowledged = ?, asked = ?, reinstated = ?,
                merged_into = ?, last_match = ?, campaigns = ?, plan = ?, probation = ? WHERE id = ?
                """,
            arguments: [
                new.kinds.sorted().map(\.rawValue).joined(separator: " "), new.earlier, new.relapses,
                new.acknowledged?.microseconds, new.asked?.microseconds, new.reinstated?.microseconds,
                new.mergedInto?.rawValue, new.lastMatch?.microseconds,
                new.campaigns.map(\.description).joined(separator: " "),
                ProbationText.text(new.plan), new.probation.map(ProbationText.text), id,
            ])
        guard new.checks != before.checks else { return }
        try db.execute(sql: "DELETE FROM incident_check WHERE incident = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM incident_statement WHERE incident = ?", arguments: [id])
        for check in new.checks {
            try db.execute(
                sql: "INSERT INTO incident_check VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    id, check.name.rawValue, check.needs.rawValue, check.maximumAge?.wholeMicroseconds,
                    check.waiver?.author, check.waiver?.reason, check.waiver?.time.microseconds,
                ])
            for (assurance, statement) in check.state.statements {
                try db.execute(
                    sql: "INSERT INTO incident_statement VALUES (?, ?, ?, ?, ?, ?, ?)",
                    arguments: [
                        id, check.name.rawValue, assurance.rawValue, statement.result.rawValue,
                        statement.time.microseconds, statement.author, statement.detail,
                    ])
            }
        }
    }

    /// - Parameter row: of the table `incident`.
    static func fetch(_ db: Database, _ id: Int64, _ row: Row) throws -> IncidentCase.Recovery {
        let (kinds, campaigns, plan): (String, String, String) = (row["kinds"], row["campaigns"], row["plan"])
        let probation: String? = row["probation"]
        let (acknowledged, asked, reinstated, merged): (Int64?, Int64?, Int64?, Int64?) = (
            row["acknowledged"], row["asked"], row["reinstated"], row["merged_into"]
        )
        let match: Int64? = row["last_match"]
        guard let plan = plan.isEmpty ? ProbationPlan() : ProbationText.plan(plan) else { throw damaged(id) }
        var ramp: Probation?
        if let probation {
            guard let read = ProbationText.probation(probation, plan) else { throw damaged(id) }
            ramp = read
        }
        return IncidentCase.Recovery(
            kinds: Set(kinds.split(separator: " ").compactMap { IncidentKind(rawValue: String($0)) }),
            checks: try checks(db, id), plan: plan, earlier: row["earlier"], relapses: row["relapses"],
            acknowledged: acknowledged.map(Timestamp.init(microseconds:)),
            asked: asked.map(Timestamp.init(microseconds:)), reinstated: reinstated.map(Timestamp.init(microseconds:)),
            probation: ramp, mergedInto: merged.map(CaseID.init(rawValue:)),
            lastMatch: match.map(Timestamp.init(microseconds:)),
            campaigns: campaigns.split(separator: " ").compactMap { CampaignID(String($0)) })
    }

    private static func checks(_ db: Database, _ id: Int64) throws -> [RequiredCheck] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT * FROM incident_check WHERE incident = ? ORDER BY name", arguments: [id])
        guard !rows.isEmpty else { return [] }
        var states: [RequiredCheck.Name: [Assurance: CheckState.Statement]] = [:]
        for row in try Row.fetchAll(
            db, sql: "SELECT * FROM incident_statement WHERE incident = ?", arguments: [id])
        {
            guard let name = RequiredCheck.Name(rawValue: row["name"]),
                let assurance = Assurance(rawValue: row["assurance"]),
                let result = CheckState.Result(rawValue: row["result"])
            else { throw damaged(id) }
            states[name, default: [:]][assurance] = .init(
                result, at: Timestamp(microseconds: row["at"]), author: row["author"], detail: row["detail"])
        }
        return try rows.map { row in
            // A check that is not known (any more) must not be dropped silently: it was required.
            guard let name = RequiredCheck.Name(rawValue: row["name"]), let needs = Assurance(rawValue: row["needs"])
            else { throw damaged(id) }
            let (age, author, reason, time): (Int64?, String?, String?, Int64?) = (
                row["maximum_age"], row["waived_by"], row["waived_for"], row["waived_at"]
            )
            return RequiredCheck(
                name, needs: needs, maximumAge: age.map { .microseconds($0) },
                state: CheckState(statements: states[name] ?? [:]),
                waiver: author.map {
                    .init(author: $0, reason: reason ?? "", time: Timestamp(microseconds: time ?? 0))
                })
        }
    }

    private static func damaged(_ id: Int64) -> ControlError {
        ControlError(.unusable, "case-\(id) in the control database is damaged")
    }
}

/// A plan as `20/10/7200 100/50/43200 @1.5` (messages an hour, clean ones, seconds; threshold), a probation as five numbers.
enum ProbationText {
    static func text(_ plan: ProbationPlan) -> String {
        (plan.steps.map { "\($0.perHour)/\($0.clean)/\($0.atLeast.wholeMicroseconds)" } + ["@\(plan.threshold)"])
            .joined(separator: " ")
    }

    static func plan(_ text: String) -> ProbationPlan? {
        var steps: [ProbationPlan.Step] = []
        var threshold: Double?
        for word in text.split(separator: " ") {
            if word.hasPrefix("@") {
                threshold = Double(word.dropFirst())
                continue
            }
            let parts = word.split(separator: "/").map { Int64($0) }
            guard parts.count == 3, let perHour = parts[0], let clean = parts[1], let least = parts[2] else {
                return nil
            }
            steps.append(.init(perHour: Int(perHour), clean: Int(clean), atLeast: .microseconds(least)))
        }
        return threshold.map { ProbationPlan(steps: steps, threshold: $0) }
    }

    static func text(_ probation: Probation) -> String {
        let numbers = [
            probation.began.microseconds, Int64(probation.step), Int64(probation.clean),
            probation.watched.wholeMicroseconds, probation.lastLook.microseconds,
        ]
        return numbers.map(String.init).joined(separator: " ")
    }

    static func probation(_ text: String, _ plan: ProbationPlan) -> Probation? {
        let numbers = text.split(separator: " ").compactMap { Int64($0) }
        guard numbers.count == 5 else { return nil }
        return Probation(
            plan, began: Timestamp(microseconds: numbers[0]), step: Int(numbers[1]), clean: Int(numbers[2]),
            watched: .microseconds(numbers[3]), lastLook: Timestamp(microseconds: numbers[4]))
    }
}
