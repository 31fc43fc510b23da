import Foundation
import GRDB
import MailTypes
import NIOConcurrencyHelpers
import Testing

@testable import Spool

struct SpoolTests {
    @Test func whatIsCommittedIsReadBackAlsoAfterReopening() async throws {
        let directory = try TestDirectory()
        var message = try TestMail.message(7, recipients: 3)
        let chunks = [[UInt8](repeating: 1, count: 65_536), [2, 0, 255]]
        message.chunkCount = chunks.count
        do {
            let spool = try Spool(directory: directory.path)
            try await TestMail.commit(spool, message, chunks)
            message.recipients[1].status = .delivered
            message.recipients[2].attempts = 4
            message.recipients[2].lastReply = "450 4.2.0 later"
            message.recipients[2].nextAttempt = Timestamp(seconds: -5)
            let changed = message
            try await withCheckedThrowingContinuation { continuation in
                spool.update(changed) { continuation.resume(with: $0) }
            }
            spool.close()
        }
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        #expect(try spool.message(message.id) == message)
        #expect(try spool.chunk(message.id, index: 0) == chunks[0])
        #expect(try spool.chunk(message.id, index: 1) == chunks[1])
        #expect(try spool.chunk(message.id, index: 2) == nil)
        #expect(try spool.queued(after: nil, limit: 10).map(\.id) == [message.id])
        #expect(try spool.queued(after: message.id, limit: 10).isEmpty)
        #expect(try spool.integrityProblems().isEmpty)
    }

    @Test func removedMessagesLeaveNothing() async throws {
        let directory = try TestDirectory()
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        let message = try TestMail.message(1)
        try await TestMail.commit(spool, message)
        try await withCheckedThrowingContinuation { continuation in
            spool.remove(message.id, size: message.size) { continuation.resume(with: $0) }
        }
        #expect(try spool.message(message.id) == nil)
        #expect(try spool.chunk(message.id, index: 0) == nil)
    }

    @Test func halfReceivedSubmissionsGoAtTheNextStart() async throws {
        let directory = try TestDirectory()
        let id = SubmissionID(rawValue: 5)
        do {
            let spool = try Spool(directory: directory.path)
            try await withCheckedThrowingContinuation { continuation in
                spool.stage(id, index: 0, [1]) { continuation.resume(with: $0) }
            }
            #expect(try spool.chunk(id, index: 0) == [1])
            spool.close()
        }
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        #expect(try spool.chunk(id, index: 0) == nil)
    }

    @Test func heldMailIsReleasedOnceAndTheActIsRecorded() async throws {
        let directory = try TestDirectory()
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        let message = try TestMail.message(9, held: true)
        try await TestMail.commit(spool, message)
        #expect(try spool.held(after: nil, limit: 10).map(\.id) == [message.id])
        @Sendable func release() async throws {
            try await withCheckedThrowingContinuation { continuation in
                spool.move(message.id, to: .queued, author: "operator:ann", at: Timestamp(seconds: 50)) {
                    continuation.resume(with: $0)
                }
            }
        }
        try await release()
        #expect(try spool.held(after: nil, limit: 10).isEmpty)
        #expect(try spool.queued(after: nil, limit: 10).map(\.state) == [.queued])
        let fates = try spool.fates(message.id)
        #expect(fates.map(\.fate) == [.released])
        #expect(fates.first?.author == "operator:ann")
        await #expect(throws: SpoolError.self) { try await release() }
    }

    @Test func oneBadOperationDoesNotFailItsNeighbours() async throws {
        let directory = try TestDirectory()
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        let twice = try TestMail.message(1)
        try await TestMail.commit(spool, twice)
        await #expect(throws: SpoolError.self) { try await TestMail.commit(spool, twice) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 2..<200 {
                group.addTask { try await TestMail.commit(spool, try TestMail.message(Int64(number))) }
            }
            try await group.waitForAll()
        }
        #expect(try spool.queued(after: nil, limit: 1000).count == 199)
    }

    @Test func aFullSpoolAnswersAndRecovers() async throws {
        let directory = try TestDirectory()
        let spool = try Spool(directory: directory.path, settings: .init(maximumSize: ByteCount(100)))
        defer { spool.close() }
        let first = try TestMail.message(1, size: 60)
        try await TestMail.commit(spool, first)
        let error = await #expect(throws: SpoolError.self) {
            try await TestMail.commit(spool, try TestMail.message(2, size: 60))
        }
        #expect(error?.code == .full)
        #expect(try spool.message(SubmissionID(rawValue: 2)) == nil)
        try await withCheckedThrowingContinuation { continuation in
            spool.remove(first.id, size: first.size) { continuation.resume(with: $0) }
        }
        try await TestMail.commit(spool, try TestMail.message(2, size: 60))
    }

    @Test func twoGatewaysCannotShareASpool() throws {
        let directory = try TestDirectory()
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        let error = #expect(throws: SpoolError.self) { try Spool(directory: directory.path) }
        #expect(error?.code == .locked)
    }

    /// A process that commits from eight tasks, notes each answer on the disk, and is killed in the middle: everything it
    /// noted is there when the spool is opened again.
    @Test(arguments: [1, 100, 700]) func killedInTheMiddleNothingAnsweredIsLost(answers: Int) async throws {
        let directory = try TestDirectory()
        let path = directory.path
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, answers = answers as Int] in
            let spool = try Spool(directory: path)
            let count = NIOLockedValueBox(0)
            let notes = open(path + "/notes", O_WRONLY | O_CREAT | O_APPEND, 0o600)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        for step in 1..<100_000 {
                            let number = Int64(writer * 100_000 + step)
                            try await TestMail.commit(
                                spool, try TestMail.message(number), [[UInt8](repeating: 7, count: 3000)])
                            let note = Array("\(number)\n".utf8)
                            _ = write(notes, note, note.count)
                            if count.withLockedValue({
                                $0 += 1; return $0
                            }) >= answers {
                                kill(getpid(), SIGKILL)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        let noted = try String(contentsOfFile: path + "/notes", encoding: .utf8).split(separator: "\n").compactMap {
            Int64($0)
        }
        let spool = try Spool(directory: path)
        defer { spool.close() }
        let found = Set(try spool.queued(after: nil, limit: 1_000_000).map(\.id.rawValue))
        #expect(noted.count >= answers)
        #expect(found.isSuperset(of: noted))
        #expect(try spool.integrityProblems().isEmpty)
        for number in noted.suffix(20) {
            #expect(try spool.chunk(SubmissionID(rawValue: number), index: 0)?.count == 3000)
        }
    }

    @Test func hostileBlobsAreRefused() throws {
        let message = try TestMail.message(1, recipients: 2)
        let bytes = EnvelopeCodec.encode(message.envelope, message.recipients)
        let (envelope, states) = try #require(EnvelopeCodec.decode(bytes))
        #expect(envelope == message.envelope)
        #expect(states == message.recipients)
        for cut in bytes.indices { #expect(EnvelopeCodec.decode(Array(bytes[..<cut])) == nil) }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            var changed = bytes
            changed[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            _ = EnvelopeCodec.decode(changed)
        }
        #expect(EnvelopeCodec.decode([1, 0] + [UInt8](repeating: 0xff, count: 20)) == nil)
    }
}
