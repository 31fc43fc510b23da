import MailTypes
import NIOConcurrencyHelpers

/// What all sessions together may hold of messages that are neither committed nor given up, and of input that waits.
final class MemoryBudget: Sendable {
    private let state: NIOLockedValueBox<(used: Int, limit: Int)>

    /// Charges come in steps of this size, so that a small message costs one.
    static let step = 16 * 1024

    init(limit: ByteCount) { state = NIOLockedValueBox((0, limit.bytes)) }

    /// Takes so many bytes; `false` if that would be too many, and then nothing is taken.
    func take(_ bytes: Int) -> Bool {
        state.withLockedValue { state in
            guard state.used + bytes <= state.limit else { return false }
            state.used += bytes
            return true
        }
    }

    func giveBack(_ bytes: Int) {
        guard bytes > 0 else { return }
        state.withLockedValue { $0.used -= bytes }
    }

    /// Another limit; what is taken already stays.
    func setLimit(_ limit: ByteCount) { state.withLockedValue { $0.limit = limit.bytes } }

    var used: ByteCount { ByteCount(state.withLockedValue { $0.used }) }
}
