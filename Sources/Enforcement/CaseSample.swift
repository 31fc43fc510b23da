package import MailTypes

/// One message of an incident, as far as a person needs it to judge: some header lines and the beginning of the text.
/// Bytes from outside: whoever shows them makes them safe first.
package struct CaseSample: Hashable, Sendable {
    /// The most bytes kept of header and text each: enough to judge, too little to leak a letter.
    package static let limit = ByteCount.kib(2)

    package let id: SubmissionID
    package let time: Timestamp
    /// Header lines, cut to `limit`.
    package let header: [UInt8]
    /// Decoded text, cut to `limit`.
    package let text: [UInt8]

    package init(id: SubmissionID, time: Timestamp, header: [UInt8], text: [UInt8]) {
        self.id = id
        self.time = time
        self.header = Array(header.prefix(Self.limit.bytes))
        self.text = Array(text.prefix(Self.limit.bytes))
    }
}
