import MailTypes

/// What everybody at this relay writes and links to: a newcomer's mail to a well-known address, or with a link to a
/// well-known domain, is less strange than it is to him.
struct RelayMemory: Hashable, Sendable {
    var recipients: RecipientMemory
    var links: RecipientMemory
    var learned: UInt32 = 0

    /// - Parameter words: rounded down to a power of two; an eighth as many remember links.
    init(words: Int, at seconds: Int64 = 0) {
        let bounded = min(max(8, words), RecipientMemory.mostWords)
        let power = 1 << (Int.bitWidth - 1 - bounded.leadingZeroBitCount)
        recipients = RecipientMemory(at: seconds, words: power, mayGrow: false)
        links = RecipientMemory(at: seconds, words: power / 8, mayGrow: false)
    }

    /// 0…1: half after 200 messages.
    var confidence: Double { Double(learned) / (Double(learned) + 200) }

    mutating func learn(_ event: SubmissionEvent) {
        let seconds = event.time.seconds
        learned = min(learned + 1, .max - 1)
        for recipient in event.recipients { recipients.insert(recipient, at: seconds) }
        for link in event.links { links.insert(link, at: seconds) }
    }
}
