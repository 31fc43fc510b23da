package import ContentAnalysis
import MailTypes
import MessageFormat

/// One message's score and the reasons for it, for `sluice score`; encodes to JSON with these names.
package struct MessageScore: Encodable, Sendable, CustomStringConvertible {
    package struct Reason: Encodable, Hashable, Sendable {
        package var kind: String
        package var text: String
        package var logOdds: Double
    }

    /// What the message is called: a file, or its place in an mbox.
    package var name: String
    /// Printable, at most 80 characters.
    package var subject: String
    /// Positive speaks for spam; within ±12.
    package var logOdds: Double
    /// With as much spam as ham expected.
    package var probability: Double
    package var reasons: [Reason]

    package init(_ name: String, _ message: [UInt8], by model: ContentModel, reasons limit: Int = 8) {
        let parsed = MessageReader.read(message)
        let sample = ContentSample(parsed)
        self.name = SafeText.printable(name)
        subject = SafeText.printable(bytes: parsed.header.subject, limit: 80)
        logOdds = model.logOdds(sample)
        probability = Logistic.probability(logOdds)
        reasons = model.reasons(sample, limit: limit).map {
            Reason(kind: $0.kind.rawValue, text: $0.text, logOdds: $0.logOdds)
        }
    }

    /// Lines for people.
    package var description: String {
        let sign = logOdds < 0 ? "" : "+"
        var lines = ["\(name): \(sign)\(EvaluationResult.rounded(logOdds, 1)) \(verdict)  \"\(subject)\""]
        for reason in reasons {
            let sign = reason.logOdds < 0 ? "" : "+"
            lines.append("  \(sign)\(EvaluationResult.rounded(reason.logOdds, 2))  \(reason.kind) \"\(reason.text)\"")
        }
        return lines.joined(separator: "\n")
    }

    private var verdict: String {
        switch logOdds {
        case 3...: "spam"
        case 1..<3: "probably spam"
        case -1..<1: "unclear"
        default: "ham"
        }
    }
}
