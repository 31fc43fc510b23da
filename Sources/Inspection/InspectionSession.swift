import ContentAnalysis
package import MailTypes
package import MessageFormat
package import NIOCore

/// What is known of a submission before its first byte.
package struct SubmissionFacts: Sendable {
    package var id: SubmissionID
    package var time: Timestamp
    package var envelope: Envelope
    package var identity: SubmissionIdentity
    package var profile: CustomerProfile
    /// The client's HELO or EHLO name, as sent.
    package var heloName: String

    package init(
        id: SubmissionID, time: Timestamp, envelope: Envelope, identity: SubmissionIdentity, profile: CustomerProfile,
        heloName: String
    ) {
        self.id = id
        self.time = time
        self.envelope = envelope
        self.identity = identity
        self.profile = profile
        self.heloName = heloName
    }
}

/// One submission on its way through inspection: bytes in, an `Assessment` out. Used on one event loop.
///
/// The work is done as the bytes come, linear in them; what is left for the end is bounded by `ReadingBounds` and
/// `ContentSample.Bounds` whatever the message's size.
package final class InspectionSession {
    private let inspector: Inspector
    private let facts: SubmissionFacts
    private var reader = MessageReader()

    init(_ inspector: Inspector, _ facts: SubmissionFacts) {
        self.inspector = inspector
        self.facts = facts
    }

    /// Takes the next bytes of the message, in order: decoded content, without the final dot.
    package func feed(_ bytes: UnsafeRawBufferPointer) { reader.feed(bytes) }

    package func feed(_ bytes: ByteBuffer) { bytes.withUnsafeReadableBytes { reader.feed($0) } }

    /// The header, as soon as it is complete.
    package var header: MessageHeader? { reader.header }

    /// Ends the message. The session is used up.
    package func finish() -> Assessment { inspector.assess(facts, reader.finish()) }
}
