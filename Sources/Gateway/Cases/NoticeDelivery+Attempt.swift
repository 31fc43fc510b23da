import Detection
import Enforcement
import Relay

extension NoticeDelivery {
    /// What an attempt says about a letter of our own; `nil` for customers' mail.
    init?(_ attempt: DeliveryEvent.Attempt) {
        guard attempt.identity == nil else { return nil }
        let state: State = attempt.result == .delivered ? .delivered : attempt.isFinal ? .bounced : .deferred
        self.init(
            message: attempt.message, recipient: attempt.recipient, state: state, reply: "\(attempt.reply)",
            time: attempt.time)
    }
}
