import MailTypes
import NIOCore
import NIOPosix

extension RelayCore {
    /// Largest chunk that the spool takes.
    private static let chunkSize = 65_536
    /// Of the original's head, so much is read for the report: its header ends within, but for monsters.
    private static let headSize = 65_536

    /// Stores a report to the sender, then goes on. Goes on at once when there is nothing to tell, or nobody to tell it to
    /// (RFC 5321 §4.5.5: never answer the null path; RFC 3464 §2).
    func report(
        _ kind: DeliveryEvent.ReportKind, _ recipients: [ReportRequest.Recipient], _ active: ActiveMessage,
        _ now: Timestamp, then: @escaping () -> Void
    ) {
        guard !recipients.isEmpty else { return then() }
        let original = active.message
        guard case .mailbox(let sender) = original.envelope.sender, original.kind != .report else {
            if kind == .failure {
                let reason = recipients.first?.reply.description ?? ""
                emit(.reportDropped(original.id, reason: SafeText.printable(reason)))
            }
            return then()
        }
        head(of: active).assumeIsolated().whenComplete { result in
            // Without the original's header the report is still better than silence.
            let head = (try? result.get()) ?? []
            let id = self.newID()
            let request = ReportRequest(
                kind: kind, original: original, recipients: recipients, head: Array(head.prefix(Self.headSize)),
                now: now, reportID: id, helo: self.routes.clean.helo)
            let bytes = self.reports.write(request)
            guard !bytes.isEmpty else {
                self.emit(.reportDropped(original.id, reason: "the report could not be written"))
                return then()
            }
            let chunks = stride(from: 0, to: bytes.count, by: Self.chunkSize).map {
                Array(bytes[$0..<min($0 + Self.chunkSize, bytes.count)])
            }
            let envelope = Envelope(
                sender: .null, recipients: [.init(address: sender, notify: .never)],
                body: bytes.contains { $0 >= 0x80 } ? .eightBitMIME : .sevenBit,
                needsSMTPUTF8: !sender.isASCII)
            let report = RelayMessage(
                id: id, kind: .report, identity: nil, campaign: nil, envelope: envelope, size: ByteCount(bytes.count),
                chunkCount: chunks.count, received: now, expires: now + self.settings.queueLifetime,
                // A bounce of mail in doubt is backscatter at worst: it keeps to its original's pool.
                pool: original.pool, progress: [RecipientProgress()])
            self.write(then: {
                self.emit(.reported(of: original.id, report: id, kind: kind))
                self.take(report, body: chunks)
                then()
            }) { self.store.commit(report, chunks: chunks, $0) }
        }
    }

    private func head(of active: ActiveMessage) -> EventLoopFuture<[UInt8]> {
        if let first = active.body?.first { return loop.makeSucceededFuture(first) }
        let (id, store) = (active.message.id, store)
        return readers.runIfActive(eventLoop: loop) { try store.chunk(id, 0) ?? [] }
    }
}
