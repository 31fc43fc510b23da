import GRDB
package import MailTypes

extension Spool {
    /// The greatest id that the spool knows of, of messages and of records about them; `nil` in a new one. New ids must be
    /// greater, whatever the clock says.
    package func latestID() throws(SpoolError) -> SubmissionID? {
        try read { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT max(id) FROM
                    (SELECT max(id) AS id FROM message UNION ALL SELECT max(message) FROM fate)
                    """
            ).map(SubmissionID.init(rawValue:))
        }
    }
}
