package import Enforcement
import GRDB
package import MailTypes

/// Cases that the gateway looks after.
extension ControlDatabase {
    /// Cases with required checks that have not ended, oldest first, behind `id`.
    package func casesInRecovery(after id: CaseID? = nil, limit: Int) throws(ControlError) -> [IncidentCase] {
        try read { db in
            try CaseRows.fetchAll(
                db,
                """
                WHERE is_final = 0 AND state <> 'open' AND id > ?
                AND EXISTS (SELECT 1 FROM incident_check WHERE incident = incident.id) ORDER BY id LIMIT ?
                """, [id?.rawValue ?? 0, max(0, min(limit, Self.pageLimit))])
        }
    }

    package func casesOnProbation() throws(ControlError) -> [IncidentCase] {
        try read { db in
            try CaseRows.fetchAll(db, "WHERE state = 'probation' ORDER BY id LIMIT ?", [Self.pageLimit])
        }
    }
}
