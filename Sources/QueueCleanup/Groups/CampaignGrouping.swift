import ContentAnalysis
import MailTypes

/// Puts messages into campaigns: near-copies, without those that only look like them.
///
/// Three steps. Near-copies by fingerprint, against the first of each campaign; campaigns whose firsts are near-copies become
/// one. Then whoever is much farther from the campaign's centre than the rest, or farther and of another length, goes into a
/// campaign of its own: a complaint that quotes the spam, a reply. Then a campaign falls into parts that share neither a source (account, script, client, sender) nor a
/// link: the real newsletter whose copy the spam is. Minor parts are set aside as `isOdd`, to be looked at by a person.
/// `Documentation/queue.md` tells what was measured.
struct CampaignGrouping {
    struct Part: Hashable {
        /// Indices into the messages.
        var members: [Int]
        /// Looks like a campaign's copies, but comes from elsewhere or says something else too.
        var isOdd = false
    }

    /// Below the campaign's median likeness to its centre by this much: another text that holds the first.
    static let outlier = 0.3
    /// The same for a text whose length is not within `lengths` of the campaign's median.
    static let outlierOfOtherLength = 0.05
    static let lengths = 0.7...1.4
    /// Likeness of texts that are half of random words.
    private static let diluted = 0.12
    /// Campaigns of one source and domain that another one is compared with.
    private static let compared = 100
    /// From this many members on a campaign has a centre to be far from, and parts.
    static let fewest = 10
    /// A part of at least this share of its campaign is no oddity.
    static let share = 0.25

    private let messages: [MessageSummary]

    /// The parts, in order of their first messages; every message is in exactly one.
    static func parts(of messages: [MessageSummary]) -> [Part] {
        let grouping = CampaignGrouping(messages: messages)
        return grouping.campaigns(of: Array(messages.indices), depth: 0)
            .flatMap { $0.isOdd ? [$0] : grouping.parts(of: $0.members) }
            .flatMap { $0.isOdd ? [$0] : grouping.withoutCarriers($0.members) }
            .sorted { ($0.members.first ?? 0) < ($1.members.first ?? 0) }
    }

    private func campaigns(of indices: [Int], depth: Int) -> [Part] {
        var index = CampaignIndex(capacity: 200_000)
        var shorts = ShortTextIndex()
        var numbers: [CampaignKey: Int] = [:]
        var members: [[Int]] = []
        var firsts: [CampaignFingerprint?] = []
        for message in indices {
            let summary = messages[message]
            let key: CampaignKey =
                if let fingerprint = summary.fingerprint {
                    .fingerprint(index.sight(fingerprint, at: summary.identity.arrival).campaign.description)
                } else if let short = summary.short {
                    .short(shorts.group(short))
                } else {
                    .short(-1)
                }
            if let number = numbers[key] {
                members[number].append(message)
            } else {
                numbers[key] = members.count
                members.append([message])
                firsts.append(summary.fingerprint)
            }
        }
        return merged(members, firsts).flatMap { withoutOutliers($0, depth: depth) }
    }

    private enum CampaignKey: Hashable {
        case fingerprint(String)
        case short(Int)
    }

    /// The index finds a near-copy almost surely, not surely: what it left over is compared with the larger campaigns.
    private func merged(_ members: [[Int]], _ firsts: [CampaignFingerprint?]) -> [[Int]] {
        var sets = DisjointSets(count: members.count)
        let large = members.indices.filter { members[$0].count >= 5 && firsts[$0] != nil }.prefix(500)
        for a in large {
            guard let first = firsts[a] else { continue }
            for b in members.indices where a != b {
                if let other = firsts[b], first.likeness(to: other) >= CampaignFingerprint.sameCampaign {
                    sets.join(a, b)
                }
            }
        }
        joinDiluted(members, firsts, &sets)
        return sets.sets().map { $0.flatMap { members[$0] }.sorted() }
    }

    /// Random words that fill a text up leave less of its likeness: enough where source and linked domain are the same too.
    private func joinDiluted(_ members: [[Int]], _ firsts: [CampaignFingerprint?], _ sets: inout DisjointSets) {
        var seen: [String: [Int]] = [:]
        for (number, campaign) in members.enumerated() {
            guard let text = firsts[number], let first = campaign.first else { continue }
            let summary = messages[first]
            for domain in Set(summary.hosts.prefix(3).map(Self.domain)) {
                let key = summary.source + "\n" + domain
                let earlier = seen[key] ?? []
                if let near = earlier.first(where: { other in
                    firsts[other].map { $0.likeness(to: text) >= Self.diluted } ?? false
                }) {
                    sets.join(near, number)
                }
                if earlier.count < Self.compared { seen[key] = earlier + [number] }
            }
        }
    }

    /// The last two labels: what stays where a name is made up for each copy.
    private static func domain(_ host: String) -> String {
        host.split(separator: ".").suffix(2).joined(separator: ".")
    }

    private func withoutOutliers(_ campaign: [Int], depth: Int) -> [Part] {
        guard campaign.count >= Self.fewest, depth < 4,
            let centre = CampaignFingerprint.centre(of: campaign.compactMap { messages[$0].fingerprint })
        else { return [Part(members: campaign)] }
        let near = campaign.map { messages[$0].fingerprint?.likeness(to: centre) ?? 0 }
        let median = near.sorted()[near.count / 2]
        let length = Double(max(1, campaign.map { messages[$0].textSize.bytes }.sorted()[campaign.count / 2]))
        var inside: [Int] = []
        var outside: [Int] = []
        for (message, likeness) in zip(campaign, near) {
            let isSameLength = Self.lengths.contains(Double(messages[message].textSize.bytes) / length)
            let bound = median - (isSameLength ? Self.outlier : Self.outlierOfOtherLength)
            if likeness < bound { outside.append(message) } else { inside.append(message) }
        }
        guard !outside.isEmpty else { return [Part(members: campaign)] }
        return [Part(members: inside)] + aside(campaigns(of: outside, depth: depth + 1), of: campaign.count)
    }

    /// A few words tell little: those of one source, or with one link, are apart from all others, unless all come from elsewhere.
    private func partsOfShort(_ campaign: [Int]) -> [Part] {
        let found = bySource(campaign)
        guard found.count > 1, found.count < campaign.count else { return [Part(members: campaign)] }
        let large = found.filter { $0.count >= 3 }
        let rest = found.filter { $0.count < 3 }.flatMap { $0 }.sorted()
        return large.map { Part(members: $0) } + (rest.isEmpty ? [] : [Part(members: rest, isOdd: true)])
    }

    /// Messages that share a source or a linked host.
    private func bySource(_ campaign: [Int]) -> [[Int]] {
        var sets = DisjointSets(count: campaign.count)
        var first: [String: Int] = [:]
        for (place, message) in campaign.enumerated() {
            let summary = messages[message]
            for key in [summary.source] + summary.hosts.map({ "link " + $0 }) {
                if let other = first[key] { sets.join(other, place) } else { first[key] = place }
            }
        }
        return sets.sets().map { set in set.map { campaign[$0] } }
    }

    /// Complaints, answers and reports are set aside.
    private func withoutCarriers(_ campaign: [Int]) -> [Part] {
        let (own, carriers) = CarrierRules.split(campaign, of: messages)
        return (own.isEmpty ? [] : [Part(members: own)])
            + (carriers.isEmpty ? [] : [Part(members: carriers, isOdd: true)])
    }

    /// What is a small share of a campaign is odd; the smallest together.
    private func aside(_ apart: [Part], of count: Int) -> [Part] {
        let bound = Double(count) * Self.share
        let large = apart.filter { $0.members.count >= 3 }
        let rest = apart.filter { $0.members.count < 3 }.flatMap(\.members).sorted()
        return large.map { Part(members: $0.members, isOdd: $0.isOdd || Double($0.members.count) < bound) }
            + (rest.isEmpty ? [] : [Part(members: rest, isOdd: true)])
    }

    private func parts(of campaign: [Int]) -> [Part] {
        if campaign.allSatisfy({ messages[$0].fingerprint == nil }) { return partsOfShort(campaign) }
        guard campaign.count >= Self.fewest else { return [Part(members: campaign)] }
        let found = bySource(campaign)
        let largest = found.map(\.count).max() ?? 0
        // Senders and links that change with every message tell nothing.
        guard found.count > 1, largest * 2 > campaign.count || (found.count <= 10 && largest >= 5) else {
            return [Part(members: campaign)]
        }
        return aside(found.map { Part(members: $0) }, of: min(campaign.count, largest * 4))
    }
}
