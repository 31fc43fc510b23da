import Foundation
import MailTypes
import NIOConcurrencyHelpers
import Testing

@testable import Spool

/// Full disks, half-received mail, damaged rows, other processes.
struct SpoolFaultTests {
    private let directory: TestDirectory
    private let now = Timestamp(seconds: 1_000_000)

    init() throws { directory = try TestDirectory() }

    /// SQLite's own page limit stands for the disk: the same error, on the same way.
    @Test func aFullDiskFailsTheBatchAndRecoversWithoutRestart() async throws {
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        let first = try TestMail.message(1, size: 20_000)
        try await TestMail.commit(spool, first, [[UInt8](repeating: 1, count: 20_000)])
        try spool.writer.perform { tables throws(SpoolError) in
            let pages = try tables.connection.integer("PRAGMA page_count") ?? 0
            _ = try tables.connection.integer("PRAGMA max_page_count = \(pages + 20)")
        }
        let results = NIOLockedValueBox<[Int64: Result<Void, SpoolError>]>([:])
        await withTaskGroup(of: Void.self) { group in
            for number in Int64(2)...41 {
                group.addTask {
                    let result: Result<Void, SpoolError>
                    do {
                        try await TestMail.commit(
                            spool, try TestMail.message(number, size: 20_000),
                            [[UInt8](repeating: 2, count: 20_000)])
                        result = .success(())
                    } catch {
                        result = .failure(SpoolError(error))
                    }
                    results.withLockedValue { $0[number] = result }
                }
            }
        }
        var refused = 0
        for (number, result) in results.withLockedValue({ $0 }) {
            let id = SubmissionID(rawValue: number)
            switch result {
            case .success: #expect(try spool.chunk(id, index: 0)?.count == 20_000)
            case .failure(let error):
                refused += 1
                #expect(error.code == .full)
                #expect(try spool.message(id) == nil)
                #expect(try spool.chunk(id, index: 0) == nil)
            }
        }
        #expect(refused >= 20)
        let (stored, expected) = (spool.size.bytes, try spool.status().queued.size.bytes)
        #expect(stored == expected)
        // What makes room goes through; with room there is mail again.
        try await TestMail.done { spool.remove(first.id, $0) }
        try await TestMail.commit(spool, try TestMail.message(99, size: 20_000), [[UInt8](repeating: 3, count: 20_000)])
        #expect(try spool.integrityProblems().isEmpty)
    }

    /// The kernel refuses to let the log grow, as a failing disk does: nothing half-written, and no restart needed.
    @Test func aDiskThatFailsIsAnErrorAndPasses() async throws {
        let path = directory.path
        await #expect(processExitsWith: .success) {
            [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            let spool = try Spool(directory: path)
            let content = [UInt8](repeating: 1, count: 60_000)
            try await TestMail.commit(spool, try TestMail.message(1, size: 60_000), [content])
            var limit = rlimit()
            _ = getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let before = limit
            limit.rlim_cur = 400_000
            _ = setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            var refused: [Int64] = []
            for number in Int64(2)...20 {
                do {
                    try await TestMail.commit(spool, try TestMail.message(number, size: 60_000), [content])
                } catch let error as SpoolError {
                    #expect(error.code == .inputOutput || error.code == .full)
                    refused.append(number)
                }
            }
            #expect(refused.count > 5)
            limit = before
            _ = setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            for number in Int64(21)...40 {
                try await TestMail.commit(spool, try TestMail.message(number, size: 60_000), [content])
            }
            let found = try spool.queued(after: nil, limit: 99).map(\.id.rawValue)
            #expect(found == (Int64(1)...40).filter { !refused.contains($0) })
            #expect(try spool.integrityProblems().isEmpty)
            spool.close()
        }
        let spool = try Spool(directory: path)
        defer { spool.close() }
        #expect(try spool.integrityProblems().isEmpty)
        #expect(try spool.queued(after: nil, limit: 99).count >= 21)
    }

    @Test func aDiskThatIsNearlyFullTakesNoNewMailAndLetsMailGo() async throws {
        let free = NIOLockedValueBox(1_000_000)
        var settings = Spool.Settings(minimumFree: .kib(500))
        settings.freeSpace = { _ in free.withLockedValue { $0 } }
        let spool = try Spool(directory: directory.path, settings: settings)
        defer { spool.close() }
        try await TestMail.commit(spool, try TestMail.message(1))
        free.withLockedValue { $0 = 100_000 }
        // It is noticed after the next write, or within a second.
        try await TestMail.commit(spool, try TestMail.message(2))
        let error = await #expect(throws: SpoolError.self) {
            try await TestMail.commit(spool, try TestMail.message(3))
        }
        #expect(error?.code == .full)
        await #expect(throws: SpoolError.self) {
            try await TestMail.done { spool.stage(SubmissionID(rawValue: 4), index: 0, [1], $0) }
        }
        var report = try TestMail.message(5)
        report.kind = .report
        try await TestMail.commit(spool, report)
        try await TestMail.done { spool.remove(SubmissionID(rawValue: 1), $0) }
        free.withLockedValue { $0 = 1_000_000 }
        try await TestMail.done { spool.remove(SubmissionID(rawValue: 2), $0) }
        try await TestMail.commit(spool, try TestMail.message(3))
        #expect(try spool.queued(after: nil, limit: 9).map(\.id.rawValue) == [3, 5])
        #expect(SpoolSpace.free(directory.path) ?? 0 > 0)
        #expect(SpoolSpace.free("/nowhere") == nil)
    }

    @Test func manySubmissionsAtOnceCannotPassTheLimitTogether() {
        var account = SpoolAccount(bytes: 0)
        let (id, other) = (SubmissionID(rawValue: 1), SubmissionID(rawValue: 2))
        let staged = [account.stage(id, 60, limit: 100), account.stage(other, 41, limit: 100)]
        #expect(staged == [true, false])
        let committed = [account.commit(other, 41, limit: 100), account.commit(id, 100, limit: 100)]
        #expect(committed == [nil, 100])
        #expect(account.bytes == 100)
        account.discard(id)
        #expect(account.bytes == 100)
        account.free(100)
        let again = account.stage(id, 10, limit: 100)
        #expect(again)
        account.discard(id)
        #expect(account.bytes == 0)
    }

    @Test func stagedChunksAndTheRestMakeOneMessage() async throws {
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        let id = SubmissionID(rawValue: 3)
        try await TestMail.done { spool.stage(id, index: 0, [1, 2], $0) }
        var message = try TestMail.message(3, size: 3)
        message.chunkCount = 2
        let whole = message
        try await TestMail.done { spool.commit(whole, chunks: [[3]], firstIndex: 1, $0) }
        // A late order to forget it, or another chunk, does not hurt what was accepted.
        spool.discard(id)
        await #expect(throws: SpoolError.self) { try await TestMail.done { spool.stage(id, index: 2, [9], $0) } }
        #expect(try spool.chunk(id, index: 0) == [1, 2])
        #expect(try spool.chunk(id, index: 1) == [3])
        #expect(spool.size == ByteCount(3))
        #expect(try spool.integrityProblems().isEmpty)
        await #expect(throws: SpoolError.self) {
            try await TestMail.done { spool.stage(id, index: 0, [UInt8](repeating: 0, count: 65_537), $0) }
        }
    }

    /// A chunk that the disk refused, while the rest of the message and its end were on their way already.
    @Test func aMessageWithAMissingChunkIsNotTaken() async throws {
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        var started = try TestMail.message(7, size: 12)
        started.chunkCount = 3
        let message = started
        try await TestMail.done { spool.stage(message.id, index: 0, [1, 2, 3, 4], $0) }
        await #expect(throws: SpoolError.self) {
            try await TestMail.done { spool.commit(message, chunks: [[9, 9, 9, 9]], firstIndex: 2, $0) }
        }
        #expect(try spool.message(message.id) == nil)
        #expect(try spool.integrityProblems().isEmpty)
        try await TestMail.done { spool.stage(message.id, index: 1, [5, 6, 7, 8], $0) }
        try await TestMail.done { spool.commit(message, chunks: [[9, 9, 9, 9]], firstIndex: 2, $0) }
        #expect(try spool.chunk(message.id, index: 1) == [5, 6, 7, 8])
    }

    @Test func aNumberTakenIsAConflictAndTheFirstMessageStays() async throws {
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        let first = try TestMail.message(1)
        try await TestMail.commit(spool, first, [[1, 2, 3]])
        do {
            try await TestMail.commit(spool, try TestMail.message(1), [[9]])
            Issue.record("the same number was taken twice")
        } catch let error as SpoolError {
            #expect(error.code == .conflict)
        }
        #expect(try spool.message(first.id) == first)
        #expect(try spool.chunk(first.id, index: 0) == [1, 2, 3])
    }

    @Test func aDamagedRowDoesNotKeepTheOthersFromGoing() async throws {
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        for number in Int64(1)...5 { try await TestMail.commit(spool, try TestMail.message(number)) }
        try spool.writer.perform { tables throws(SpoolError) in
            try tables.connection.execute("UPDATE message SET envelope = x'01ff' WHERE id = 2")
            try tables.connection.execute("DELETE FROM body WHERE message = 4")
        }
        #expect(try spool.queued(after: nil, limit: 2).map(\.id.rawValue) == [1, 3])
        #expect(try spool.queued(after: SubmissionID(rawValue: 3), limit: 9).map(\.id.rawValue) == [4, 5])
        #expect(try spool.integrityProblems().count == 2)
    }

    @Test func whatACommandDidIsHandedOverOnce() async throws {
        let gateway = try Spool(directory: directory.path)
        defer { gateway.close() }
        for number in Int64(1)...3 { try await TestMail.commit(gateway, try TestMail.message(number, held: true)) }
        #expect(try gateway.pickUpReleased().isEmpty)
        let command = try Spool(directory: directory.path, role: .command)
        defer { command.close() }
        let at = now
        try await TestMail.done {
            command.move(SubmissionID(rawValue: 1), to: .queued, author: "person:ann", at: at, $0)
        }
        try await TestMail.done {
            command.settle(SubmissionID(rawValue: 2), as: .deleted, author: "person:ann", at: at, $0)
        }
        #expect(try gateway.pickUpReleased().map(\.rawValue) == [1, 2])
        #expect(try gateway.pickUpReleased().isEmpty)
        #expect(gateway.size == ByteCount(20))
        let released = try #require(try gateway.message(SubmissionID(rawValue: 1)))
        #expect(released.state == .queued)
        #expect(released.pool == .risky)
        #expect(
            try gateway.fates(SubmissionID(rawValue: 2))
                == [FateRecord(message: SubmissionID(rawValue: 2), fate: .deleted, author: "person:ann", at: now)])
        #expect(try gateway.latestFates(limit: 10).count == 2)
        await #expect(throws: SpoolError.self) {
            try await TestMail.done { command.settle(SubmissionID(rawValue: 2), as: .deleted, author: "x", at: at, $0) }
        }
        // The gateway's own acts are not handed to itself.
        try await TestMail.done {
            gateway.settle(SubmissionID(rawValue: 3), as: .bounced, author: "deadline", at: at, $0)
        }
        #expect(try gateway.pickUpReleased().isEmpty)
        #expect(gateway.size == ByteCount(10))
    }

    @Test func recordsOfFatesAreKeptForABoundedTime() async throws {
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        let (at, later) = (now, now + FateRecord.retention + .seconds(1))
        for number in Int64(1)...2 {
            try await TestMail.commit(spool, try TestMail.message(number, held: true))
            try await TestMail.done {
                spool.settle(
                    SubmissionID(rawValue: number), as: .deleted, author: "a\n\u{1b}[2J", at: number == 1 ? at : later,
                    $0)
            }
        }
        #expect(try spool.fates(SubmissionID(rawValue: 1)).isEmpty)
        #expect(try spool.fates(SubmissionID(rawValue: 2)).map(\.author) == ["a??[2J"])
    }

    @Test func statusCountsAndHeldMailIsFound() async throws {
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        #expect(try spool.status().queued == .init())
        try await TestMail.commit(spool, try TestMail.message(1))
        for number in Int64(2)...4 { try await TestMail.commit(spool, try TestMail.message(number, held: true)) }
        let status = try spool.status()
        #expect(status.queued.messages == 1)
        #expect(status.held.messages == 3)
        #expect(status.held.size == ByteCount(30))
        #expect(status.nextDeadline == Timestamp(seconds: 100))
        #expect(status.queued.oldest == Timestamp(seconds: 1))
        #expect(status.file.bytes > 0)
        #expect(try spool.held(.init(customer: CustomerID("acme")), after: nil, limit: 2).count == 2)
        #expect(try spool.held(.init(customer: CustomerID("other")), after: nil, limit: 2).isEmpty)
        #expect(
            try spool.held(.init(account: AccountName("joe"), caseID: CaseID(rawValue: 3)), after: nil, limit: 9).count
                == 3)
        #expect(try spool.heldPastDeadline(Timestamp(seconds: 99), limit: 9).isEmpty)
        #expect(try spool.heldPastDeadline(Timestamp(seconds: 100), limit: 2).count == 2)
    }

    @Test func aCommandNeedsASpoolAndANewerOneIsRefused() throws {
        let error = #expect(throws: SpoolError.self) { try Spool(directory: directory.path, role: .command) }
        #expect(error?.code == .unusable)
        do {
            let spool = try Spool(directory: directory.path)
            try spool.writer.perform { tables throws(SpoolError) in
                #expect(try tables.connection.integer("PRAGMA synchronous") == 2)
                try tables.connection.execute("PRAGMA user_version = 99")
            }
            spool.close()
        }
        let newer = #expect(throws: SpoolError.self) { try Spool(directory: directory.path, role: .command) }
        #expect(newer?.code == .unusable)
    }

    @Test func freePagesGoBackToTheDisk() async throws {
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        for number in Int64(1)...20 {
            try await TestMail.commit(
                spool, try TestMail.message(number, size: 65_536), [[UInt8](repeating: 1, count: 65_536)])
        }
        for number in Int64(1)...20 { try await TestMail.done { spool.remove(SubmissionID(rawValue: number), $0) } }
        let before = try spool.status()
        #expect(before.free > .mib(1))
        #expect(try SpoolMaintenance.vacuumStep(spool.writer, keeping: 0))
        #expect(try spool.status().file < before.file)
        // In need it gives everything back, the log's file too.
        try SpoolMaintenance.makeRoom(spool.writer, SQLiteConnection(path: spool.path, mayCreate: false))
        let after = try spool.status()
        #expect(after.free == ByteCount(0))
        #expect(after.log == ByteCount(0))
        #expect(after.file < .kib(300))
    }

    /// A connection that had read nothing copied nothing, and said that all was well.
    @Test func maintenanceCopiesTheLogIntoTheFile() async throws {
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        for number in Int64(1)...20 {
            try await TestMail.commit(
                spool, try TestMail.message(number, size: 65_536), [[UInt8](repeating: 1, count: 65_536)])
        }
        let before = Spool.fileSize(spool.path)
        try SQLiteConnection(path: spool.path, mayCreate: false).checkpoint()
        #expect(Spool.fileSize(spool.path) >= before + 20 * 65_536)
    }

    @Test func aClosedSpoolRefuses() async throws {
        let spool = try Spool(directory: directory.path)
        spool.close()
        spool.close()
        await #expect(throws: SpoolError.self) { try await TestMail.commit(spool, try TestMail.message(1)) }
        #expect(throws: SpoolError.self) { try spool.pickUpReleased() }
    }
}
