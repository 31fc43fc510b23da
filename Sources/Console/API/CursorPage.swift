import MailTypes
import NIOConcurrencyHelpers
import Spool

/// A page whose cursor is not part of what is shown.
struct CursorPage<Item: Encodable>: Encodable {
    let items: [Item]
    let next: String?
}

/// The spool's status, counted at most every few seconds: it reads every message's row.
final class SpoolStatusCache: Sendable {
    private static let age = Duration.seconds(15)
    private let known = NIOLockedValueBox<(status: SpoolStatus, at: Timestamp)?>(nil)

    func value(at time: Timestamp, _ read: () throws -> SpoolStatus) rethrows -> SpoolStatus {
        if let known = known.withLockedValue({ $0 }), known.at <= time, time - known.at < Self.age {
            return known.status
        }
        let status = try read()
        known.withLockedValue { $0 = (status, time) }
        return status
    }
}
