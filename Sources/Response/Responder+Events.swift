package import Detection
package import Enforcement
package import MailTypes
import NIOConcurrencyHelpers

/// What event loops tell: verdicts, refusals, outcomes.
extension Responder {
    /// A submission was judged. Held ones open a case; a verdict with a stop is carried out.
    ///
    /// - Returns: the open case that its sender belongs to, to be kept with a held message; where there is none yet, the
    ///   responder adds it when there is.
    @discardableResult
    package func record(_ verdict: Verdict, of submission: JudgedSubmission) -> CaseID? {
        let time = submission.event.time
        let principal = submission.principal
        let source = verdict.stop ?? principal
        enum Act {
            case none
            case open
            case stop(confirmed: Bool)
        }
        let act: Act = state.withLockedValue { state in
            guard verdict.action != .deliver || verdict.stop != nil || verdict.logOdds > 0 else { return .none }
            var held = 0
            var opens = false
            state.ledger.update(principal, at: time) { entry in
                guard verdict.action == .hold else { return }
                entry.pending.held += 1
                entry.held += 1
                entry.keep(submission.event.id)
                entry.match(submission.event.campaign?.campaign)
                held = entry.held
                entry.add(submission.sample)
                if entry.caseID == nil, !entry.isOpening {
                    entry.isOpening = true
                    opens = true
                }
            }
            if verdict.stop != nil, state.register[source]?.isActive(at: time) != true {
                var stops = false
                state.ledger.update(source, at: time) { entry in
                    stops = !entry.isStopping
                    entry.isStopping = true
                }
                // On probation there is no doubt left to be had.
                let isRelapse = state.probations.entries[source] != nil
                if stops { return .stop(confirmed: isRelapse || held >= state.settings.confirmAfter) }
            }
            return opens ? .open : .none
        }
        let evidence = verdict.evidence.map(\.summary)
        switch act {
        case .none: break
        case .open:
            if !submit({ [self] in openCase(principal, evidence, at: time) }) { failed(principal) }
        case .stop(let confirmed):
            let accepted = submit { [self] in
                stop(source, principal: principal, evidence, isConfirmed: confirmed, at: time)
            }
            if !accepted { failed(source) }
        }
        return state.withLockedValue { $0.ledger[principal]?.caseID }
    }

    /// A submission was refused because `stop` covers it. Suspect ones confirm a stop in doubt, each counted once however
    /// often the client repeats it.
    ///
    /// - Parameter isSuspect: what inspection says of this message by itself; `nil` where it was refused before its text came.
    package func recordRefusal(_ stop: Stop, of submission: JudgedSubmission, isSuspect: Bool?) {
        let time = submission.event.time
        let confirms = state.withLockedValue { state in
            var confirms = false
            state.ledger.update(stop.source, at: time) { entry in
                entry.caseID = entry.caseID ?? stop.caseID
                let repetition = submission.repetition
                let isNew = !entry.refused.contains(repetition)
                if isNew { entry.pending.refused += 1 }
                if isSuspect == true { entry.match(submission.event.campaign?.campaign) }
                guard entry.refused.count < SourceLedger.repetitions, isSuspect == true else { return }
                entry.refused.insert(repetition)
                entry.add(submission.sample)
                guard stop.certainty == .doubt, !entry.isConfirming,
                    entry.held + entry.refused.count >= state.settings.confirmAfter
                else { return }
                entry.isConfirming = true
                confirms = true
            }
            return confirms
        }
        guard confirms else { return }
        if !submit({ [self] in confirm(stop.source, at: time) }) { failed(stop.source) }
    }

    /// A submission was refused because `stop` covers it, before anything but its sender was known.
    package func recordRefusal(_ stop: Stop, at time: Timestamp) {
        state.withLockedValue { state in
            state.ledger.update(stop.source, at: time) { entry in
                entry.caseID = entry.caseID ?? stop.caseID
                entry.pending.refused += 1
            }
        }
    }

    /// A receiver answered: what went out of a suspected source counts for its case.
    package func recordOutcome(_ outcome: OutcomeEvent) {
        guard outcome.result == .delivered else { return }
        let principal = SourceID(principalOf: outcome.identity)
        state.withLockedValue { state in
            guard state.ledger[principal] != nil else { return }
            state.ledger.update(principal, at: outcome.time) { entry in
                // One message, however many recipients; they follow each other closely.
                guard entry.lastDelivered != outcome.id else { return }
                entry.lastDelivered = outcome.id
                entry.pending.delivered += 1
            }
        }
    }

    /// Lets the act be asked for again.
    func failed(_ source: SourceID) {
        state.withLockedValue { state in
            guard let last = state.ledger[source]?.last else { return }
            state.ledger.update(source, at: last) { entry in
                entry.isOpening = false
                entry.isStopping = false
                entry.isConfirming = false
            }
        }
    }
}

extension SourceLedger.Entry {
    /// Keeps the sample if the case has room for it.
    mutating func add(_ sample: CaseSample) {
        guard sampled < IncidentCase.sampleLimit else { return }
        sampled += 1
        samples.append(sample)
    }
}
