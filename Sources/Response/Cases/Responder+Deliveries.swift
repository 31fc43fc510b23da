import ControlStore
package import Enforcement
import Logging
import MailTypes
import NIOConcurrencyHelpers

/// What becomes of our own letters.
extension Responder {
    /// Answers that wait to be written; beyond it the youngest are dropped, and the letter's outcome stays as it was known.
    static let deliveryLimit = 10_000

    /// A receiver answered one of our own letters. Returns at once; written with the next tick.
    package func recordDelivery(_ delivery: NoticeDelivery) {
        state.withLockedValue { state in
            guard state.deliveries.count < Self.deliveryLimit else { return }
            state.deliveries.append(delivery)
        }
    }

    /// Writes what receivers said since the last time; what the database does not take waits for the next time.
    func writeDeliveries() {
        let waiting = state.withLockedValue { state in
            defer { state.deliveries = [] }
            return state.deliveries
        }
        guard !waiting.isEmpty else { return }
        do { try control.noteDeliveries(waiting) } catch {
            logger.error("deliveries of notices not written", metadata: ["error": "\(error)"])
            state.withLockedValue { $0.deliveries = Array((waiting + $0.deliveries).prefix(Self.deliveryLimit)) }
        }
    }
}
