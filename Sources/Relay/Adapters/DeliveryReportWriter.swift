import MailTypes
import MessageFormat

/// Writes delivery status notifications (RFC 3461, RFC 3464) by `MessageFormat`.
///
/// RET=FULL is honoured for small messages beyond doubt; otherwise the header alone comes back, as RFC 3461 §4.3 allows: a
/// bounce must not carry spam to a forged sender, nor a large message twice.
package struct DeliveryReportWriter: ReportWriter {
    package init() {}

    package func write(_ request: ReportRequest) -> [UInt8] {
        let original = request.original
        guard let sender = original.envelope.sender.address,
            let postmaster = EmailAddress("postmaster@\(request.helo)")
        else { return [] }
        let kind: DeliveryStatusNotification.Kind =
            switch request.kind {
            case .failure: .failed
            case .delay: .delayed
            case .success: .relayed
            }
        let notification = DeliveryStatusNotification(
            kind: kind, id: request.reportID, reportingMTA: request.helo, from: postmaster, to: sender,
            now: request.now, arrival: original.received, envelopeID: original.envelope.envelopeID,
            recipients: request.recipients.map { entry in
                .init(
                    address: entry.recipient.address, originalRecipient: entry.recipient.originalRecipient,
                    status: Self.status(entry.reply, kind), remoteMTA: entry.remoteHost, diagnostic: entry.reply,
                    retryUntil: kind == .delayed ? original.expires : nil)
            }, returned: Self.returned(request))
        return notification.write()
    }

    private static func returned(_ request: ReportRequest) -> DeliveryStatusNotification.Returned {
        let original = request.original
        let isWhole = request.head.count == original.size.bytes && !request.head.isEmpty
        let isWished = original.envelope.returnContent == .full && request.kind == .failure
        return isWished && isWhole && original.pool == .clean ? .full(request.head) : .header(of: request.head)
    }

    /// RFC 3464 §2.3.4: the class agrees with the action.
    private static func status(_ reply: Reply, _ kind: DeliveryStatusNotification.Kind) -> EnhancedStatusCode {
        let wanted: UInt8 =
            switch kind {
            case .failed: 5
            case .delayed: 4
            case .delivered, .relayed: 2
            }
        guard let enhanced = reply.enhanced, enhanced.statusClass == wanted else {
            return EnhancedStatusCode(wanted, 0, 0)
        }
        return enhanced
    }
}
