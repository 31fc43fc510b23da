package import MTAControl

/// What became of one message, and what remains of it.
package struct MessageOutcome: Codable, Hashable, Sendable {
    package enum Result: String, Codable, Sendable, CaseIterable {
        case held, released, archived, deleted, restored
        /// Was so already.
        case already
        /// Left the queue before: delivered, bounced, or deleted by somebody else.
        case left
        /// Under the id lies another message now: not touched.
        case other
        /// The mail server is delivering it just now: not touched.
        case busy
        case failed
    }

    package var id: QueueID
    package var result: Result
    /// For people.
    package var note: String?

    package init(_ id: QueueID, _ result: Result, _ note: String? = nil) {
        self.id = id
        self.result = result
        self.note = note
    }

    /// What was asked for is not the case.
    package var isFailure: Bool { result == .busy || result == .failed || result == .other }
}
