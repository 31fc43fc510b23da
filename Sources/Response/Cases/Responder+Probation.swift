import ControlStore
package import Detection
import Enforcement
package import MailTypes
import NIOConcurrencyHelpers

/// Submissions of sources on probation: a limit that grows, tighter judgement, and what is only left over.
extension Responder {
    /// What is to be done with a submission of a source on probation.
    package enum ProbationAnswer: Hashable, Sendable {
        /// Not on probation, or within its limit and harmless.
        case go
        /// Refused for now or for good, without any other consequence.
        case refuse(Reply)
        /// It has come back: to be held, and the source to be stopped at once.
        case relapse(Verdict)
    }

    /// Asks about a judged submission that is about to be taken.
    ///
    /// - Left over: of the incident's campaign, and written before the source was let in again (by its `Date:`): an old queue
    ///   that empties itself. Refused for good, quietly. Who writes an old date into fresh spam has it refused as well.
    /// - Relapse: of the incident's campaign with a new date, held by detection, or above the probation's lower threshold.
    /// - Else it counts for the hour's share.
    package func answerOnProbation(_ verdict: Verdict, of submission: JudgedSubmission) -> ProbationAnswer {
        let event = submission.event
        let campaign = event.campaign?.campaign
        return state.withLockedValue { state in
            guard let (source, entry) = state.probations.covering(event.identity, campaign: campaign) else {
                return .go
            }
            if let campaign, entry.campaigns.contains(campaign) {
                // A date names whole seconds: one of the same second may be younger.
                if let date = MailDate.read(header: submission.sample.header), date + .seconds(1) <= entry.since {
                    return .refuse(
                        Reply(
                            .mailboxUnavailable, EnhancedStatusCode(5, 7, 1),
                            lines: ["This is left over from \(entry.caseID) and is not sent any more"]))
                }
                return .relapse(Self.relapse(verdict, source, "a message of the incident's mailing, written after it"))
            }
            if verdict.action == .hold || verdict.action == .refuse || verdict.logOdds >= entry.threshold {
                return .relapse(Self.relapse(verdict, source, "suspect mail while on probation"))
            }
            guard verdict.action == .deliver, !state.probations.take(source, at: event.time) else { return .go }
            return .refuse(
                Reply(
                    .localError, EnhancedStatusCode(4, 7, 1),
                    lines: [
                        "\(entry.caseID) is on probation: \(entry.perHour) messages an hour for now; try again later"
                    ]))
        }
    }

    private static func relapse(_ verdict: Verdict, _ source: SourceID, _ why: String) -> Verdict {
        var held = verdict
        held.action = .hold
        held.stop = source
        held.evidence.insert(Evidence(.history, logOdds: 0, why), at: 0)
        return held
    }

    /// Reads who is on probation.
    func readProbations(at time: Timestamp) throws {
        let cases = try control.casesOnProbation()
        state.withLockedValue { state in
            state.probations.replace(cases, at: time)
            for incident in cases {
                for source in incident.sources {
                    state.ledger.update(source, at: time) { $0.caseID = incident.id }
                }
            }
        }
    }
}
