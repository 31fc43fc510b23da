package import Enforcement
import GRDB
import MailTypes

/// Cases that the gateway looks after.
extension ControlDatabase {
    /// Cases with required checks that have not ended, oldest first. They are few: one an incident under way.
    package func casesInRecovery(limit: Int) throws(ControlError) -> [IncidentCase] {
        try read { db in
            try CaseRows.fetchAll(
                db,
                """
                WHERE is_final = 0 AND state <> 'open'
                AND EXISTS (SELECT 1 FROM incident_check WHERE incident = incident.id) ORDER BY id LIMIT ?
                """, [max(0, min(limit, Self.pageLimit))])
        }
    }

    package func casesOnProbation() throws(ControlError) -> [IncidentCase] {
        try read { db in
            try CaseRows.fetchAll(db, "WHERE state = 'probation' ORDER BY id LIMIT ?", [Self.pageLimit])
        }
    }
}
