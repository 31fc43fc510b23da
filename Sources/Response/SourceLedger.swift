import Detection
import Enforcement
import MailTypes

/// What is counted of suspected sources between two writes to the database, and which case each belongs to. A value,
/// bounded, time passed in.
struct SourceLedger: Sendable {
    /// Sources watched at a time: a flood of new ones is their server's matter.
    static let capacity = 20_000
    /// A source that was doubtful once and did nothing since is forgotten.
    static let memory = Duration.seconds(86_400)
    /// Different refused messages remembered a stop, to tell new ones from repetitions.
    static let repetitions = 64

    /// Held messages of a source whose case is not in the spool yet, at most.
    static let unassigned = 1024
    /// A held message that is not in the spool after this was not taken by it.
    static let commitTime = Duration.seconds(60)

    struct Entry: Sendable {
        var since: Timestamp
        var last: Timestamp
        var caseID: CaseID?
        /// Not yet written.
        var pending = IncidentCase.Counts()
        var held = 0
        var samples: [CaseSample] = []
        var sampled = 0
        var lastDelivered: SubmissionID?
        /// Campaigns of suspect messages since the last write, and whether one was of none.
        var campaigns: Set<CampaignID> = []
        var hasMatch = false
        /// Suspect messages refused under the stop, each once.
        var refused: Set<UInt64> = []
        /// Held, and the spool does not know the case.
        var unassigned: [SubmissionID] = []
        var isOpening = false
        var isStopping = false
        var isConfirming = false
    }

    private(set) var entries: [SourceID: Entry] = [:]

    subscript(source: SourceID) -> Entry? { entries[source] }

    /// Changes the source's entry, made if there is room for it.
    mutating func update(_ source: SourceID, at time: Timestamp, _ change: (inout Entry) -> Void) {
        let isNew = entries[source] == nil
        guard !isNew || entries.count < Self.capacity else { return }
        // Taken out while it changes, so that its sets are not copied.
        var entry = entries.removeValue(forKey: source) ?? Entry(since: time, last: time)
        entry.last = max(entry.last, time)
        change(&entry)
        entries[source] = entry
    }

    /// Takes the counts and samples that belong to cases, to be written.
    mutating func takePending() -> [(CaseID, [IncidentCase.Event])] {
        var events: [CaseID: [IncidentCase.Event]] = [:]
        for (source, entry) in entries {
            guard let id = entry.caseID else { continue }
            let counts = entry.pending
            guard counts != IncidentCase.Counts() || !entry.samples.isEmpty || entry.hasMatch else { continue }
            if counts.delivered > 0 { events[id, default: []].append(.delivered(counts.delivered)) }
            if counts.held > 0 { events[id, default: []].append(.held(counts.held)) }
            if counts.refused > 0 { events[id, default: []].append(.refused(counts.refused)) }
            if entry.hasMatch {
                events[id, default: []] +=
                    entry.campaigns.isEmpty ? [.matched] : entry.campaigns.sorted().map { .campaign($0) }
            }
            entries[source]?.campaigns = []
            entries[source]?.hasMatch = false
            for sample in entry.samples { events[id, default: []].append(.sampled(sample)) }
            entries[source]?.pending = IncidentCase.Counts()
            entries[source]?.samples = []
        }
        return events.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Takes the held messages whose case is to be written into the spool.
    mutating func takeUnassigned(at time: Timestamp) -> [(CaseID, [SubmissionID])] {
        var found: [(CaseID, [SubmissionID])] = []
        for (source, entry) in entries where !entry.unassigned.isEmpty {
            guard let id = entry.caseID else { continue }
            found.append((id, entry.unassigned.filter { time - $0.arrival < Self.commitTime }))
            entries[source]?.unassigned = []
        }
        return found.filter { !$0.1.isEmpty }
    }

    /// Keeps those that the spool does not have yet, for the next time.
    mutating func putBack(_ ids: [SubmissionID], of id: CaseID) {
        guard !ids.isEmpty, let source = entries.first(where: { $0.value.caseID == id })?.key else { return }
        entries[source]?.unassigned += ids
    }

    /// Forgets a case that ended, and sources without one that were quiet for long.
    mutating func forget(case id: CaseID) {
        for (source, entry) in entries where entry.caseID == id { entries[source] = nil }
    }

    mutating func forget(_ source: SourceID) { entries[source] = nil }

    mutating func expire(at time: Timestamp) {
        for (source, entry) in entries where entry.caseID == nil && time - entry.last > Self.memory {
            entries[source] = nil
        }
    }
}

extension SourceLedger.Entry {
    /// A suspect message of the campaign was seen.
    mutating func match(_ campaign: CampaignID?) {
        hasMatch = true
        if let campaign, campaigns.count < IncidentCase.Recovery.campaignLimit { campaigns.insert(campaign) }
    }

    /// Keeps the message's number until its case is in the spool.
    mutating func keep(_ id: SubmissionID) {
        if unassigned.count < SourceLedger.unassigned { unassigned.append(id) }
    }
}
