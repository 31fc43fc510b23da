package import MailTypes
import NIOConcurrencyHelpers

/// Gives out submission ids: growing, and none twice, also when the clock steps back.
package final class SubmissionIDs: Sendable {
    private let last: NIOLockedValueBox<SubmissionID?>

    /// - Parameter last: the greatest id in the spool, so that ids stay unique over restarts with a wrong clock.
    package init(after last: SubmissionID? = nil) { self.last = NIOLockedValueBox(last) }

    package func next(at time: Timestamp) -> SubmissionID {
        last.withLockedValue { last in
            let next = SubmissionID.next(after: last, at: time)
            last = next
            return next
        }
    }
}
