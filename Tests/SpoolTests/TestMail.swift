import Detection
import Foundation
import MailTypes
import Testing

@testable import Spool

/// A directory that goes with the test.
final class TestDirectory {
    let path: String

    init() throws {
        var template = Array((NSTemporaryDirectory() + "spool-XXXXXX").utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.flatMap { mkdtemp($0) } }
        path = String(cString: try #require(made))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

enum TestMail {
    static func message(_ number: Int64, recipients: Int = 1, size: Int = 10, held: Bool = false) throws
        -> SpooledMessage
    {
        let addresses = try (0..<recipients).map { try #require(EmailAddress("friend\($0)@elsewhere.example")) }
        var envelope = Envelope(sender: .mailbox(try #require(EmailAddress("joe@customer.example"))))
        envelope.recipients = addresses.map { .init(address: $0, notify: .failure, originalRecipient: "rfc822;x+40y") }
        return SpooledMessage(
            id: SubmissionID(rawValue: number), kind: .submission,
            identity: SubmissionIdentity(
                customer: try #require(CustomerID("acme")), server: try #require(IPAddress("192.0.2.1")),
                account: AccountName("joe"), evidence: .login), envelope: envelope, size: ByteCount(size),
            chunkCount: 1, received: Timestamp(seconds: 1),
            state: held ? .held(until: Timestamp(seconds: 100)) : .queued, pool: .clean,
            action: held ? .hold : .deliver, logOdds: 1.5, campaign: CampaignID(rawValue: .max), reasons: "because",
            caseID: CaseID(rawValue: 3), expires: Timestamp(seconds: 99))
    }

    static func commit(_ spool: Spool, _ message: SpooledMessage, _ chunks: [[UInt8]] = [[1, 2, 3]]) async throws {
        try await done { spool.commit(message, chunks: chunks, $0) }
    }

    /// Waits for an answer of the spool's.
    static func done(_ start: @Sendable (@escaping Spool.Done) -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            start { continuation.resume(with: $0.mapError { $0 as any Error }) }
        }
    }
}
