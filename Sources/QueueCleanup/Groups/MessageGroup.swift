package import ContentAnalysis

/// Messages that are chosen together, with what is known of them.
package struct MessageGroup: Sendable {
    /// How sure it is what they are. Only a person's mark is more.
    package enum Verdict: String, Sendable, Codable {
        case spam, unsure, good
    }

    /// `g1`, or one of the pools of single messages: `other-spam`, `other-unsure`, `other-good`.
    package var name: String
    /// Indices into the survey's messages.
    package var members: [Int]
    package var verdict: Verdict
    /// Why, in a sentence.
    package var reason: String
    /// What a person said.
    package var mark: Verdict?
    /// Looks like another group's copies, but comes from elsewhere or says something else too.
    package var isOdd: Bool
    /// What its texts have in common.
    package var centre: CampaignFingerprint?
    /// The middle one of its members' log-odds.
    package var logOdds: Double

    /// What counts: the mark, or else the verdict.
    package var standing: Verdict { mark ?? verdict }
    package var isPool: Bool { name.hasPrefix("other-") }

    package static func pool(_ verdict: Verdict) -> String { "other-\(verdict.rawValue)" }

    /// It reads as spam, and something speaks against that.
    mutating func doubt(_ why: String) {
        verdict = .unsure
        reason = "reads as spam, but \(why)"
    }

    /// Few messages need a clear word; many near-copies are a sign of their own.
    static func verdict(count: Int, logOdds: Double, isOdd: Bool) -> (Verdict, String) {
        let shown = String((logOdds * 10).rounded() / 10)
        if isOdd {
            return (.unsure, "much like a larger group, but another text or from another source with other links")
        }
        switch (count, logOdds) {
        case (20..., 3.5...): return (.spam, "\(count) near-copies that read as spam (log-odds \(shown))")
        case (3..., 4...): return (.spam, "near-copies that surely read as spam (log-odds \(shown))")
        case (_, 6...): return (.spam, "reads as spam beyond doubt (log-odds \(shown))")
        case (..<20, ...(-2)): return (.good, "few, and read as ordinary mail (log-odds \(shown))")
        case (20..., ...(-2)): return (.unsure, "\(count) near-copies that read as ordinary mail (log-odds \(shown))")
        default: return (.unsure, "not clear (log-odds \(shown))")
        }
    }
}
