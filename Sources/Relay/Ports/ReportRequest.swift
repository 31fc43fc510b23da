package import MailTypes

/// What a delivery status notification (RFC 3464) is to say.
package struct ReportRequest: Sendable {
    package var kind: DeliveryEvent.ReportKind
    package var original: RelayMessage
    package var recipients: [Recipient]
    /// The original's first chunk, for its header.
    package var head: [UInt8]
    package var now: Timestamp
    package var reportID: SubmissionID
    package var helo: DomainName

    package struct Recipient: Sendable {
        package var recipient: Envelope.Recipient
        package var reply: Reply
        /// The name of the host that answered, or its address in brackets; `nil` if none did.
        package var remoteHost: String?
    }
}

/// Writes a report's bytes, with CRLF line ends. Implemented over `MessageFormat`.
package protocol ReportWriter: Sendable {
    func write(_ request: ReportRequest) -> [UInt8]
}
