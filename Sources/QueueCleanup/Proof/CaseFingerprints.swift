package import ContentAnalysis
import Foundation

/// What the messages of a case look like: what must not be in the queue any more.
package struct CaseFingerprints: Sendable {
    /// Of campaigns or of single messages.
    package private(set) var texts: Set<CampaignFingerprint> = []
    /// SHA-256 of whole messages.
    package private(set) var digests: Set<String> = []

    package init() {}

    /// Everything that an archive holds.
    package mutating func add(_ archive: QueueArchive) {
        for message in archive.messages {
            digests.insert(message.sha256)
            if let text = message.fingerprint, let fingerprint = CampaignFingerprint(text: text) {
                texts.insert(fingerprint)
            }
        }
    }

    /// A file with one fingerprint or SHA-256 a line, in hexadecimal; empty lines and those that begin with `#` do not count.
    package mutating func add(lines: String) throws(CleanupError) {
        for line in lines.split(whereSeparator: \.isNewline) {
            let word = line.filter { !$0.isWhitespace }.lowercased()
            if word.isEmpty || word.hasPrefix("#") { continue }
            if let fingerprint = CampaignFingerprint(text: word) {
                texts.insert(fingerprint)
            } else if word.utf8.count == 64, word.allSatisfy(\.isHexDigit) {
                digests.insert(word)
            } else {
                throw CleanupError(.usage, "a line that is neither a fingerprint nor a SHA-256")
            }
        }
    }

    package var isEmpty: Bool { texts.isEmpty && digests.isEmpty }
    package var count: Int { texts.count + digests.count }

    func hasDigest(of message: MessageSummary) -> Bool { digests.contains(message.identity.sha256) }

    package func matches(_ message: MessageSummary) -> Bool {
        if hasDigest(of: message) { return true }
        guard let fingerprint = message.fingerprint else { return false }
        return texts.contains { $0.likeness(to: fingerprint) >= CampaignFingerprint.sameCampaign }
    }
}
