import ContentAnalysis
import MailTypes

/// Keeps letters that carry the spam apart from the spam: whoever complains of it, answers it or reports it sends the same words.
///
/// A sign alone does not make a copy of a campaign something else, since campaigns go to helpdesks too, and imitate answers: it
/// takes a sign and a text that is longer or other than the campaign's. A whole message within, though, no campaign of plain
/// letters has.
enum CarrierRules {
    private static let longer = 1.15
    private static let farther = 0.25
    /// Near-copies of so many senders are no spammer's imitation of an answer.
    private static let perSource = 3
    private static let fewest = 20

    /// A campaign's members without those that carry it, and those.
    static func split(_ members: [Int], of messages: [MessageSummary]) -> (own: [Int], carriers: [Int]) {
        let marked = members.filter { !messages[$0].carries.isEmpty }
        // Where most have signs they tell nothing of one.
        guard !marked.isEmpty, marked.count * 2 <= members.count else { return (members, []) }
        let centre = CampaignFingerprint.centre(of: members.compactMap { messages[$0].fingerprint })
        func nearness(_ member: Int) -> Double {
            guard let centre, let text = messages[member].fingerprint else { return 0 }
            return text.likeness(to: centre)
        }
        let sizes = members.map { messages[$0].textSize.bytes }.sorted()
        let near = members.map(nearness).sorted()
        let (size, usual) = (Double(sizes[sizes.count / 2]), near[near.count / 2])
        let carriers = Set(
            marked.filter { member in
                let message = messages[member]
                return message.carries.contains(.embedded) || Double(message.textSize.bytes) > size * longer
                    || nearness(member) < usual - farther
            })
        return (members.filter { !carriers.contains($0) }, members.filter(carriers.contains))
    }

    /// Why a group that reads as spam is not surely that; `nil` when nothing speaks against it.
    static func doubt(_ members: [Int], of messages: [MessageSummary]) -> String? {
        func most(_ sign: CarriedText) -> Bool {
            members.count { messages[$0].carries.contains(sign) } * 2 > members.count
        }
        if most(.embedded) { return "they carry whole messages: reports or complaints" }
        if most(.toDesk) { return "they go to those who are told of abuse" }
        if members.count == 1, most(.bounce) { return "it comes from a mail server" }
        if most(.quoted) { return "they quote or forward something" }
        if most(.reply) {
            let sources = Set(members.map { messages[$0].source }).count
            guard members.count >= fewest, sources * perSource <= members.count else {
                return "they answer something"
            }
        }
        return nil
    }
}
