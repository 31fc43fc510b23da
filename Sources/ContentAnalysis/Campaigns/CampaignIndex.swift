package import MailTypes

/// Which campaign a submission belongs to, and how often that campaign was seen: a bounded memory of fingerprints.
///
/// A value, time passed in; the least recently seen campaign goes when it is full.
package struct CampaignIndex: Sendable {
    /// A submission's place in its campaign.
    package struct Sighting: Hashable, Sendable {
        package var campaign: CampaignID
        /// Submissions of the campaign before this one.
        package var earlier: Int
        package var firstSeen: Timestamp
    }

    /// Two texts are one campaign from this share of common triples on.
    private static let threshold = 0.4
    /// Candidates that are compared at most; one band rarely has more than one.
    private static let candidates = 16

    private struct Entry: Sendable {
        var fingerprint: CampaignFingerprint
        var id: CampaignID
        var count: Int
        var firstSeen: Timestamp
        var lastSeen: UInt64
    }

    private let capacity: Int
    private var entries: [UInt64: Entry] = [:]
    private var bands: [UInt64: UInt64] = [:]
    private var ages: [UInt64: UInt64] = [:]
    private var clock: UInt64 = 0
    private var oldest: UInt64 = 0

    /// - Parameter capacity: campaigns remembered; about 1.5 KB each.
    package init(capacity: Int = 20_000) { self.capacity = max(1, capacity) }

    package var count: Int { entries.count }

    /// Counts a submission and tells its campaign. A first sighting names a new one, after its fingerprint, so that the
    /// same text has the same name on every node.
    package mutating func sight(_ fingerprint: CampaignFingerprint, at time: Timestamp) -> Sighting {
        clock += 1
        let keys = fingerprint.bands
        if let (key, _) = nearest(fingerprint, keys), var entry = entries[key] {
            let sighting = Sighting(campaign: entry.id, earlier: entry.count, firstSeen: entry.firstSeen)
            ages[entry.lastSeen] = nil
            entry.count += 1
            entry.lastSeen = clock
            entries[key] = entry
            ages[clock] = key
            for band in keys where bands[band] == nil || entries[bands[band] ?? 0] == nil { bands[band] = key }
            return sighting
        }
        var key = keys.reduce(FeatureHash.basis) { ($0 ^ $1) &* FeatureHash.prime } & UInt64(Int64.max)
        while entries[key] != nil { key = (key &+ 1) & UInt64(Int64.max) }
        let id = CampaignID(rawValue: key)
        entries[key] = Entry(fingerprint: fingerprint, id: id, count: 1, firstSeen: time, lastSeen: clock)
        ages[clock] = key
        for band in keys { bands[band] = key }
        evict()
        return Sighting(campaign: id, earlier: 0, firstSeen: time)
    }

    private func nearest(_ fingerprint: CampaignFingerprint, _ keys: [UInt64]) -> (UInt64, Double)? {
        var best: (UInt64, Double)?
        var seen: Set<UInt64> = []
        for band in keys {
            guard let key = bands[band], seen.count < Self.candidates, seen.insert(key).inserted,
                let entry = entries[key]
            else {
                continue
            }
            let similarity = entry.fingerprint.similarity(to: fingerprint)
            if similarity >= Self.threshold, similarity > best?.1 ?? 0 { best = (key, similarity) }
        }
        return best
    }

    private mutating func evict() {
        while entries.count > capacity, oldest < clock {
            oldest += 1
            guard let key = ages.removeValue(forKey: oldest) else { continue }
            entries[key] = nil
        }
        // Bands of campaigns that are gone are dropped in one sweep, each time they outgrow the living ones' share.
        if bands.count > 24 * capacity + 1024 { bands = bands.filter { entries[$0.value] != nil } }
    }
}
