package import MTAControl
import MailTypes

/// A statement about one queue at one moment: whether anything in it matches a case.
///
/// `unknown` when the queue could not be read whole: what was not read may be anything.
package struct QueueStatement: Codable, Hashable, Sendable {
    package enum Result: String, Codable, Sendable {
        case pass, fail, unknown
    }

    package var result: Result
    package var queue: String
    package var examined: Int
    /// Fingerprints and digests that were looked for.
    package var sought: Int
    /// Ids that match, at most `shown`.
    package var matching: [QueueID]
    package var matchingCount: Int
    /// Messages that match, but are in groups that a person looked at and marked as good.
    package var markedGood: Int
    /// Who says so.
    package var markedBy: String?
    /// Messages with too little text to be compared by likeness, that no digest names.
    package var withoutFingerprint: Int
    /// Why it is not known.
    package var problems: [String]

    package static let shown = 100

    /// - Parameter author: who marked groups, and answers for the marks.
    package init(_ scan: QueueScan, queue: String, fingerprints: CaseFingerprints, author: String) {
        let survey = scan.survey
        self.queue = SafeText.printable(queue)
        examined = survey.messages.count
        sought = fingerprints.count
        var found: [QueueID] = []
        var good = 0
        for (index, message) in survey.messages.enumerated() where fingerprints.matches(message) {
            // What the case itself had is never good.
            let isMarked = scan.groups[scan.groupOf[index]].mark == .good && !fingerprints.hasDigest(of: message)
            if isMarked { good += 1 } else { found.append(message.id) }
        }
        markedGood = good
        markedBy = good > 0 ? author : nil
        matching = Array(found.prefix(Self.shown))
        matchingCount = found.count
        withoutFingerprint = survey.messages.count { $0.fingerprint == nil }
        problems = survey.problems.prefix(Self.shown).map {
            SafeText.printable("\($0.what): \($0.reason)", limit: 300)
        }
        if survey.arriving > 0 { problems.append("\(survey.arriving) messages were still being received") }
        result = !found.isEmpty ? .fail : (problems.isEmpty ? .pass : .unknown)
    }

    /// In sentences.
    package var evidence: [String] {
        var lines = [
            "\(examined) messages examined in \(queue), \(sought) fingerprints sought, \(matchingCount) matches"
        ]
        if let markedBy {
            lines.append(
                "\(markedGood) more look like the case's, but were looked at and marked as good by \(markedBy)")
        }
        if withoutFingerprint > 0 {
            lines.append("\(withoutFingerprint) messages are too short for a fingerprint: compared by SHA-256 only")
        }
        if !matching.isEmpty {
            lines.append("matching: " + matching.prefix(20).map(\.description).joined(separator: " "))
        }
        return lines + problems.map { "not known: " + $0 }
    }
}
