package import MailTypes

/// One act that changed what may be sent: who, when, what, on whom. Entries form a chain: each one's hash covers the hash
/// before it, so that a changed, removed or inserted entry is found.
package struct AuditEntry: Hashable, Sendable {
    /// The most bytes in each text.
    package static let textLimit = 1000
    /// The hash before the first entry.
    package static let origin = [UInt8](repeating: 0, count: 32)

    /// From 1, without gaps.
    package var sequence: Int64
    package var time: Timestamp
    /// `detector`, `person:ann`, `daemon`.
    package var author: String
    /// What was done: `stop.add`, `stop.lift`, `held.release`, `case.close`.
    package var act: String
    /// On what: a source, a submission, a case.
    package var subject: String
    package var detail: String
    package var previous: [UInt8]
    package var hash: [UInt8]

    package init(
        sequence: Int64, time: Timestamp, author: String, act: String, subject: String, detail: String,
        previous: [UInt8], hash: [UInt8]
    ) {
        self.sequence = sequence
        self.time = time
        self.author = author
        self.act = act
        self.subject = subject
        self.detail = detail
        self.previous = previous
        self.hash = hash
    }

    /// The entry after `last`, linked to it. Texts are cut to `textLimit`.
    ///
    /// - Parameter digest: SHA-256; a parameter, so that this level needs no package.
    package init(
        after last: AuditEntry?, time: Timestamp, author: String, act: String, subject: String, detail: String = "",
        digest: ([UInt8]) -> [UInt8]
    ) {
        self.init(
            sequence: (last?.sequence ?? 0) + 1, time: time, author: Self.cut(author), act: Self.cut(act),
            subject: Self.cut(subject), detail: Self.cut(detail), previous: last?.hash ?? Self.origin, hash: [])
        hash = digest(canonical)
    }

    /// What the hash covers: every field with its length before it, so that no two entries have the same bytes.
    package var canonical: [UInt8] {
        var bytes: [UInt8] = [1]
        func append(_ number: Int64) {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> Int64(shift)))
            }
        }
        append(sequence)
        append(time.microseconds)
        for text in [author, act, subject, detail] {
            append(Int64(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        }
        append(Int64(previous.count))
        bytes.append(contentsOf: previous)
        return bytes
    }

    /// Whether this entry follows `last` and was not changed since it was made.
    package func follows(_ last: AuditEntry?, digest: ([UInt8]) -> [UInt8]) -> Bool {
        sequence == (last?.sequence ?? 0) + 1 && previous == (last?.hash ?? Self.origin) && hash == digest(canonical)
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > textLimit else { return text }
        // Cutting inside a character gives U+FFFD, which is longer: leave room for it.
        return String(decoding: text.utf8.prefix(textLimit - 3), as: UTF8.self)
    }
}
