import Foundation
import MailTypes
import NIOConcurrencyHelpers
import Spool

/// The spool's status: counting reads the row of every message, so it is counted now and then, beside the answers. Only the
/// very first one waits.
final class SpoolStatusCache: Sendable {
    private static let age = Duration.seconds(15)

    private struct Known {
        var status: SpoolStatus?
        var at = Timestamp.distantPast
        var isCounting = false
    }

    private let known = NIOLockedValueBox(Known())

    /// Some seconds old. Blocks at the first call.
    func value(of spool: Spool, at time: Timestamp) throws -> SpoolStatus {
        let (status, counts) = known.withLockedValue { known -> (SpoolStatus?, Bool) in
            let isFresh = known.at <= time && time - known.at < Self.age
            let counts = known.status != nil && !isFresh && !known.isCounting
            if counts { known.isCounting = true }
            return (known.status, counts)
        }
        guard let status else { return try count(spool, time) }
        if counts {
            Thread.detachNewThread { [self] in
                defer { known.withLockedValue { $0.isCounting = false } }
                _ = try? count(spool, time)
            }
        }
        return status
    }

    /// Counts before anybody asks, without waiting for it.
    func warm(_ spool: Spool, at time: Timestamp) {
        known.withLockedValue { $0.isCounting = true }
        Thread.detachNewThread { [self] in
            defer { known.withLockedValue { $0.isCounting = false } }
            _ = try? count(spool, time)
        }
    }

    private func count(_ spool: Spool, _ time: Timestamp) throws -> SpoolStatus {
        let status = try spool.status()
        known.withLockedValue { ($0.status, $0.at) = (status, time) }
        return status
    }
}
