package import MailTypes

/// Everything that a detector takes in, in one type: what a journal keeps and a replay gives back, in the same order.
package enum DetectionEvent: Hashable, Sendable {
    case submission(SubmissionEvent)
    case outcome(OutcomeEvent)
    case login(LoginEvent)
    case feedback(FeedbackEvent)
    /// A person lifted a stop.
    case reinstatement(SourceID, Timestamp)
    /// A message that was judged could not be kept: the client brings it again.
    case returned(ReturnedEvent)

    package var time: Timestamp {
        switch self {
        case .submission(let event): event.time
        case .outcome(let event): event.time
        case .login(let event): event.time
        case .feedback(let event): event.time
        case .reinstatement(_, let time): time
        case .returned(let event): event.time
        }
    }
}

/// Keeps what a detector took in. Called with the detector's lock held, in its order: it must neither block nor fail.
package protocol EventRecording: Sendable {
    func record(_ event: DetectionEvent)
}

extension Detector {
    /// Takes in an event; a verdict for submissions.
    @discardableResult
    package mutating func take(_ event: DetectionEvent) -> Verdict? {
        switch event {
        case .submission(let event): return judge(event)
        case .outcome(let event): observe(event)
        case .login(let event): observe(event)
        case .feedback(let event): observe(event)
        case .reinstatement(let source, _): reinstate(source)
        case .returned(let event): observe(returned: event)
        }
        return nil
    }
}
