import ContentAnalysis
import MTAControl
import MailTypes

/// A survey put into groups, whose names stay what they were in the scan before.
package struct QueueScan: Sendable {
    package let survey: QueueSurvey
    /// Largest first, the pools last.
    package private(set) var groups: [MessageGroup] = []
    /// Each message's group: index into `groups`, by the survey's order.
    package private(set) var groupOf: [Int]

    /// Campaigns smaller than this are single messages, kept in pools by verdict.
    private static let smallest = 3

    /// - Parameter record: the scan before, for names and marks.
    package init(_ survey: QueueSurvey, after record: ScanRecord?) {
        self.survey = survey
        groupOf = Array(repeating: 0, count: survey.messages.count)
        var pools: [MessageGroup.Verdict: [Int]] = [:]
        var named: [MessageGroup] = []
        var singles: [Int] = []
        for part in CampaignGrouping.parts(of: survey.messages) {
            if part.members.count < Self.smallest, !part.isOdd {
                singles += part.members
            } else {
                named.append(group(part))
            }
        }
        // What holds a campaign's text and more is about it, not of it.
        let campaigns = named.filter { !$0.isOdd && $0.members.count >= CampaignGrouping.fewest }.compactMap(\.centre)
        for index in named.indices where named[index].verdict == .spam {
            let group = named[index]
            guard let text = group.centre, campaigns.contains(where: { $0 != text && text.holds($0) }) else { continue }
            named[index].doubt("holds the text of another campaign, and more")
        }
        for member in singles {
            let message = survey.messages[member]
            var verdict = MessageGroup.verdict(count: 1, logOdds: message.logOdds, isOdd: false).0
            if verdict == .spam,
                CarrierRules.doubt([member], of: survey.messages) != nil
                    || campaigns.contains(where: { message.fingerprint?.holds($0) ?? false })
            {
                verdict = .unsure
            }
            pools[verdict, default: []].append(member)
        }
        named.sort { ($0.members.count, $1.members.first ?? 0) > ($1.members.count, $0.members.first ?? 0) }
        name(&named, after: record)
        groups = named
        for verdict in [MessageGroup.Verdict.spam, .unsure, .good] {
            guard let members = pools[verdict] else { continue }
            groups.append(
                MessageGroup(
                    name: MessageGroup.pool(verdict), members: members, verdict: verdict,
                    reason: "single messages, each judged by itself",
                    mark: record?.marks[MessageGroup.pool(verdict)], isOdd: false, centre: nil,
                    logOdds: median(members)))
        }
        for (index, group) in groups.enumerated() {
            for member in group.members { groupOf[member] = index }
        }
    }

    private func group(_ part: CampaignGrouping.Part) -> MessageGroup {
        let logOdds = median(part.members)
        let (verdict, reason) = MessageGroup.verdict(count: part.members.count, logOdds: logOdds, isOdd: part.isOdd)
        var group = MessageGroup(
            name: "", members: part.members, verdict: verdict, reason: reason, mark: nil, isOdd: part.isOdd,
            centre: .centre(of: part.members.compactMap { survey.messages[$0].fingerprint }), logOdds: logOdds)
        if verdict == .spam, let doubt = CarrierRules.doubt(part.members, of: survey.messages) { group.doubt(doubt) }
        return group
    }

    private func median(_ members: [Int]) -> Double {
        let sorted = members.map { survey.messages[$0].logOdds }.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    /// A group has the name that most of its known messages had; of two that claim one name, the larger gets it.
    private func name(_ named: inout [MessageGroup], after record: ScanRecord?) {
        var taken: Set<String> = []
        var next = record?.nextNumber ?? 1
        let old = record?.nameByMessage ?? [:]
        for index in named.indices {
            var votes: [String: Int] = [:]
            for member in named[index].members {
                let message = survey.messages[member]
                if let known = old[message.id], known.sha256 == message.identity.sha256,
                    !known.group.hasPrefix("other-")
                {
                    votes[known.group, default: 0] += 1
                }
            }
            let claim = votes.filter { !taken.contains($0.key) }.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
            if let claim {
                named[index].name = claim
            } else {
                named[index].name = "g\(next)"
                next += 1
            }
            taken.insert(named[index].name)
            named[index].mark = record?.marks[named[index].name]
        }
    }

    package func group(named name: String) -> MessageGroup? { groups.first { $0.name == name } }

    package func messages(of group: MessageGroup) -> [MessageSummary] { group.members.map { survey.messages[$0] } }
}
