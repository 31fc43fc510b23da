import MailTypes

/// How many bytes of content the spool holds, with those that are on their way in: a value, so that it can be tested, and
/// so that many submissions at once cannot pass the limit together.
struct SpoolAccount: Sendable {
    private(set) var bytes: Int
    /// Of submissions that are still arriving, by number; the whole message is counted again when it is committed.
    private var staged: [SubmissionID: Int] = [:]

    init(bytes: Int) { self.bytes = bytes }

    /// Counts a chunk; false, and nothing is counted, when there is no room.
    mutating func stage(_ id: SubmissionID, _ count: Int, limit: Int) -> Bool {
        guard count <= limit - bytes else { return false }
        bytes += count
        staged[id, default: 0] += count
        return true
    }

    /// Takes back a chunk that could not be written; nothing when its submission was discarded or committed meanwhile.
    mutating func unstage(_ id: SubmissionID, _ count: Int) {
        guard let present = staged[id] else { return }
        staged[id] = present > count ? present - count : nil
        free(min(present, count))
    }

    /// Takes a broken-off submission's chunks away.
    mutating func discard(_ id: SubmissionID) { free(staged.removeValue(forKey: id) ?? 0) }

    /// Counts a whole message in place of its staged chunks; `nil`, and nothing is counted, when there is no room.
    ///
    /// - Returns: bytes counted now, to give back when the commit fails.
    mutating func commit(_ id: SubmissionID, _ size: Int, limit: Int) -> Int? {
        let more = size - (staged[id] ?? 0)
        guard more <= 0 || more <= limit - bytes else { return nil }
        staged[id] = nil
        bytes += more
        return size
    }

    mutating func free(_ count: Int) { bytes = max(0, bytes - count) }
}
