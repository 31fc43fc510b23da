import Enforcement
import MailTypes

/// Who is on probation, and how much of the hour is used up: what event loops ask about each submission. A value; the hours'
/// counts are lost with a restart, which lets a source send an hour's share again at worst.
struct ProbationRegister: Sendable {
    struct Entry: Sendable {
        var caseID: CaseID
        var perHour: Int
        var threshold: Double
        var campaigns: Set<CampaignID>
        /// What was written before this is left over.
        var since: Timestamp
        var hour: Timestamp
        var used = 0
    }

    private(set) var entries: [SourceID: Entry] = [:]

    var isEmpty: Bool { entries.isEmpty }

    /// Takes the cases on probation; hours go on.
    mutating func replace(_ cases: [IncidentCase], at time: Timestamp) {
        var new: [SourceID: Entry] = [:]
        for incident in cases {
            guard let probation = incident.recovery.probation else { continue }
            for source in incident.sources {
                let old = entries[source]
                new[source] = Entry(
                    caseID: incident.id, perHour: probation.current?.perHour ?? Int.max,
                    threshold: probation.plan.threshold, campaigns: Set(incident.recovery.campaigns),
                    since: probation.began, hour: old?.hour ?? time, used: old?.used ?? 0)
            }
        }
        entries = new
    }

    /// The narrowest entry that the submission falls under.
    func covering(_ identity: SubmissionIdentity, campaign: CampaignID?) -> (source: SourceID, entry: Entry)? {
        guard !entries.isEmpty else { return nil }
        for source in identity.sources(campaign: campaign) {
            if let entry = entries[source] { return (source, entry) }
        }
        return nil
    }

    /// Counts one message; false when the hour's share is used up.
    mutating func take(_ source: SourceID, at time: Timestamp) -> Bool {
        guard var entry = entries[source] else { return true }
        let passed = time - entry.hour
        // Also when the clock was put back.
        if passed >= .seconds(3600) || passed < .zero {
            entry.hour = time
            entry.used = 0
        }
        let isFree = entry.used < entry.perHour
        if isFree { entry.used += 1 }
        entries[source] = entry
        return isFree
    }
}
