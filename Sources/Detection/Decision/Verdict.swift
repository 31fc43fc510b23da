package import MailTypes

/// What is to happen to one submission, and why.
package struct Verdict: Hashable, Sendable {
    package var action: Action
    /// Everything that counted, strongest first.
    package var evidence: [Evidence]
    /// The message's own log-odds of being spam, before any source's history.
    package var logOdds: Double
    package var campaign: CampaignID?
    /// The smallest source that explains the spam, when this submission completes the proof against it.
    package var stop: SourceID?
    /// What would have been done, where policy only observes; `nil` where it acts, or where there was nothing to do.
    package var observed: Observed?

    /// The decision that observing kept from being carried out.
    package struct Observed: Hashable, Sendable {
        package var action: Action
        package var stop: SourceID?

        package init(action: Action, stop: SourceID?) {
            self.action = action
            self.stop = stop
        }
    }

    package init(
        _ action: Action, evidence: [Evidence] = [], logOdds: Double = 0, campaign: CampaignID? = nil,
        stop: SourceID? = nil
    ) {
        self.action = action
        self.evidence = evidence
        self.logOdds = logOdds
        self.campaign = campaign
        self.stop = stop
    }

    package enum Action: String, Hashable, Sendable, CaseIterable {
        case deliver
        /// 4xx: the client keeps it and tries again.
        case throttle
        /// Accepted and kept, until a person or a deadline decides.
        case hold
        /// 5xx.
        case refuse
    }
}
