import Foundation
import MTAControl
import MailTypes
import Spool
import Testing

@testable import QueueCleanup

/// Sluice's own spool, beside the gateway that has it open.
@Suite struct SluiceQueueTests {
    static func commit(_ number: Int64, held: Bool, _ text: String, to spool: Spool) async throws -> SubmissionID {
        let id = SubmissionID(rawValue: 1_000_000_000_000 + number)
        let sender = try #require(ReversePath("joe@customer.example"))
        let recipient = try #require(EmailAddress("r\(number)@x.example"))
        let bytes = Array(text.utf8)
        let message = SpooledMessage(
            id: id, kind: .submission, identity: nil,
            envelope: Envelope(sender: sender, recipients: [.init(address: recipient)]), size: ByteCount(bytes.count),
            chunkCount: 1, received: Timestamp(seconds: 1000 + number),
            state: held ? .held(until: Timestamp(seconds: 9_000_000)) : .queued, expires: Timestamp(seconds: 9_000_000))
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            spool.commit(message, chunks: [bytes]) { continuation.resume(with: $0.mapError { $0 as any Error }) }
        }
        return id
    }

    @Test func heldMailIsArchivedAndDeletedAndQueuedMailIsNot() async throws {
        let folder = try TestFolder()
        let gateway = try Spool(directory: folder.path + "/state")
        for number in Int64(0)..<10 {
            _ = try await Self.commit(number, held: number < 6, "Subject: \(number)\r\n\r\nbody\r\n.\r\n", to: gateway)
        }
        let path = folder.path
        try await blocking {
            let queue = try SluiceQueue(folder: path + "/state", author: "person:ann") {
                Timestamp(seconds: 2000)
            }
            let messages = try RealQueueTests.contents(queue)
            #expect(messages.count == 10)
            let targets = messages.values.map {
                ActTarget(id: $0.id, identity: MessageIdentity($0), group: "g1", fingerprint: nil, subject: "")
            }
            #expect(
                messages.values.allSatisfy { String(decoding: $0.content, as: UTF8.self).hasSuffix("\n\nbody\n.\n") })
            let archive = try RealQueueTests.archived(targets, queue, path + "/archive")
            #expect(archive.messages.count == 10)
            var results: [MessageOutcome] = []
            try QueueActs(queue) { results += $0 }.delete(targets) { _ in true }
            #expect(results.count { $0.result == .deleted } == 6)
            #expect(results.count { $0.result == .busy } == 4)
            #expect(throws: CleanupError.self) { try ProgramInjector(queue) }
        }
        #expect(try gateway.queued(after: nil, limit: 100).count == 4)
        #expect(try gateway.held(after: nil, limit: 100).isEmpty)
        #expect(try gateway.latestFates(limit: 10).allSatisfy { $0.author == "person:ann" })
        gateway.close()
    }

    @Test func withoutASpoolItSaysSo() throws {
        let folder = try TestFolder()
        #expect(throws: MTAError.self) { try SluiceQueue(folder: folder.path, author: "a") { .distantPast } }
    }
}
