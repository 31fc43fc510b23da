import Console
import Detection
import Inspection
import MailTypes

/// Events that customers' servers report become the detector's own, and stand in the journal like these.
struct ReportedEvents: Sendable {
    let inspector: Inspector
    let places: LoginPlaces?

    func take(_ events: [ReportedEvent]) {
        for event in events { inspector.take(detection(event)) }
    }

    private func detection(_ event: ReportedEvent) -> DetectionEvent {
        switch event.kind {
        case .login(let address, let succeeded):
            let place = places?.look(address) ?? (autonomousSystem: 0, country: 0)
            return .login(
                LoginEvent(
                    time: event.time, customer: event.customer, account: event.account, address: address,
                    succeeded: succeeded, autonomousSystem: place.autonomousSystem, country: place.country))
        case .outcome(let outcome, let receiver):
            // A message that went past the gateway has no number here, and a server that did not say who it is counts
            // for no server.
            let identity = SubmissionIdentity(
                customer: event.customer, server: event.server ?? .v4(0), account: event.account, evidence: .address)
            return .outcome(
                OutcomeEvent(
                    id: SubmissionID(rawValue: 0), time: event.time, identity: identity, campaign: nil,
                    result: OutcomeEvent.Result(outcome), receiver: receiver))
        }
    }
}

extension OutcomeEvent.Result {
    fileprivate init(_ outcome: ReportedEvent.Outcome) {
        switch outcome {
        case .delivered: self = .delivered
        case .unknownRecipient: self = .unknownRecipient
        case .policyRefusal: self = .policyRefusal
        case .otherFailure: self = .otherFailure
        case .deferred: self = .deferred
        }
    }
}
