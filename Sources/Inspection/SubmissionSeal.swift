package import MailTypes

/// Names a submission so that only this gateway could have: its id and a keyed hash of it. It travels in a header field
/// and comes back with complaints and bounces; a report about an id that was not sent from here, or made up, has no seal.
package struct SubmissionSeal: Sendable {
    /// The field that carries it.
    package static let fieldName = "X-Sluice-Reference"

    private let hash: KeyedHash

    /// - Parameter hash: the secret; the seal's use of it is apart from that of addresses.
    package init(_ hash: KeyedHash) { self.hash = hash }

    /// Two groups of 13 digits: `06s3k1hbm4000-0c9wq2v7f3n8d`.
    package func text(for id: SubmissionID) -> String { "\(id)-\(CampaignID(rawValue: mark(id)))" }

    /// The id, if the seal is ours.
    package func open(_ text: String) -> SubmissionID? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = SubmissionID(String(parts[0])), let mark = CampaignID(String(parts[1])),
            // Compared as one word: nothing to be learnt from the time it takes.
            mark.rawValue == self.mark(id)
        else { return nil }
        return id
    }

    private func mark(_ id: SubmissionID) -> UInt64 {
        // An address never begins with a zero byte.
        hash.hash([0] + Array("seal:\(id)".utf8))
    }
}
