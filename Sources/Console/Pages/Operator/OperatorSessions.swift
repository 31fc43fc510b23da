import ControlStore
import MailTypes
import NIOConcurrencyHelpers

/// Who is logged in to the operator's pages. In memory only: a restart ends all sessions. A session holds no right of its own: at
/// each request the token that it was opened with must still be configured.
final class OperatorSessions: Sendable {
    /// Sessions at a time; beyond it the one that was not used for longest ends.
    static let limit = 200
    /// A session that is not used ends after this, and every session after `lifetime`.
    static let idle = Duration.seconds(3600)
    static let lifetime = Duration.seconds(12 * 3600)

    struct Session: Sendable {
        /// SHA-256 of the token's text.
        var digest: [UInt8]
        var opened: Timestamp
        var used: Timestamp
        /// What the last act said, shown once.
        var told: Told?
    }

    struct Told: Sendable {
        var text: String
        var isWrong: Bool
    }

    /// By SHA-256 of the cookie's secret.
    private let known = NIOLockedValueBox<[[UInt8]: Session]>([:])

    func open(_ secret: CapabilityToken, for digest: [UInt8], at time: Timestamp) {
        known.withLockedValue { known in
            known = known.filter { Self.isGood($0.value, at: time) }
            if known.count >= Self.limit, let oldest = known.min(by: { $0.value.used < $1.value.used }) {
                known[oldest.key] = nil
            }
            known[secret.digest] = Session(digest: digest, opened: time, used: time, told: nil)
        }
    }

    /// The session of a cookie; `nil` when there is none (any more).
    func find(_ secret: CapabilityToken, at time: Timestamp) -> Session? {
        known.withLockedValue { known in
            let key = secret.digest
            guard var session = known[key] else { return nil }
            guard Self.isGood(session, at: time) else {
                known[key] = nil
                return nil
            }
            session.used = max(session.used, time)
            known[key] = session
            return session
        }
    }

    func close(_ secret: CapabilityToken) { known.withLockedValue { $0[secret.digest] = nil } }

    func tell(_ told: Told, to secret: CapabilityToken) { known.withLockedValue { $0[secret.digest]?.told = told } }

    /// What is to be shown, once.
    func takeTold(_ secret: CapabilityToken) -> Told? {
        known.withLockedValue { known in
            defer { known[secret.digest]?.told = nil }
            return known[secret.digest]?.told
        }
    }

    private static func isGood(_ session: Session, at time: Timestamp) -> Bool {
        time - session.used < idle && time - session.opened < lifetime
    }
}
