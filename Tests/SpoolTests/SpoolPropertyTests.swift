import Foundation
import MailTypes
import NIOConcurrencyHelpers
import Testing

@testable import Spool

/// Nothing is lost, whatever happens in whatever order: each committed message is queued, held, or gone on a way that was
/// answered, with a record where a person or a deadline took it.
struct SpoolPropertyTests {
    /// What a message should be.
    private enum Expected: Hashable {
        case queued, held, delivered, bounced, deleted
    }

    @Test(arguments: 1...6) func everyCommittedMessageEndsSomewhere(seed: UInt64) async throws {
        let directory = try TestDirectory()
        var random = SeededGenerator(seed: seed)
        var expected: [Int64: Expected] = [:]
        var bytes: [Int64: Int] = [:]
        var spool = try Spool(directory: directory.path)
        var command = try Spool(directory: directory.path, role: .command)
        var next: Int64 = 1
        let now = Timestamp(seconds: 50)
        func pick(_ wanted: Expected) -> Int64? {
            expected.filter { $0.value == wanted }.keys.sorted().randomElement(using: &random)
        }
        func answer(_ start: @Sendable (@escaping Spool.Done) -> Void) async -> Bool {
            do { try await TestMail.done(start) } catch { return false }
            return true
        }
        for _ in 0..<400 {
            let (gateway, other) = (spool, command)
            switch Int.random(in: 0..<14, using: &random) {
            case 0..<5:
                let held = Bool.random(using: &random)
                let size = Int.random(in: 0..<9000, using: &random)
                let (number, content) = (next, [UInt8](repeating: UInt8(next & 0xff), count: size))
                next += 1
                let message = try TestMail.message(number, size: size, held: held)
                #expect(await answer { gateway.commit(message, chunks: [content], $0) })
                (expected[number], bytes[number]) = (held ? .held : .queued, size)
            case 5:
                // Broken off: nothing of it may stay.
                let number = SubmissionID(rawValue: next)
                next += 1
                #expect(await answer { gateway.stage(number, index: 0, [1, 2, 3], $0) })
                if Bool.random(using: &random) { gateway.discard(number) }
            case 6:
                guard let number = pick(.queued) else { continue }
                #expect(await answer { gateway.remove(SubmissionID(rawValue: number), $0) })
                expected[number] = .delivered
            case 7:
                guard let number = pick(.held) else { continue }
                #expect(
                    await answer {
                        gateway.settle(SubmissionID(rawValue: number), as: .bounced, author: "deadline", at: now, $0)
                    })
                expected[number] = .bounced
            case 8, 9:
                let act: Spool.HeldAct = Bool.random(using: &random) ? .release : .delete
                let ids = (0..<5).map { _ in SubmissionID(rawValue: Int64.random(in: 1...next, using: &random)) }
                let actor = Bool.random(using: &random) ? gateway : other
                let done = try actor.act(act, onHeld: ids, author: "person:ann", at: now)
                #expect(Set(done.map(\.rawValue)) == Set(ids.map(\.rawValue).filter { expected[$0] == .held }))
                for id in done { expected[id.rawValue] = act == .release ? .queued : .deleted }
            case 10:
                guard let number = pick(.queued) else { continue }
                #expect(
                    await answer {
                        gateway.move(
                            SubmissionID(rawValue: number), to: .held(until: now), author: "person:ann", at: now, $0)
                    })
                expected[number] = .held
            case 11:
                // What cannot be: acts on what is gone.
                guard let number = pick(.deleted) ?? pick(.delivered) else { continue }
                #expect(
                    await answer {
                        gateway.move(SubmissionID(rawValue: number), to: .queued, author: "x", at: now, $0)
                    } == false)
            case 12: _ = try gateway.pickUpReleased()
            default:
                command.close()
                spool.close()
                spool = try Spool(directory: directory.path)
                command = try Spool(directory: directory.path, role: .command)
            }
        }
        defer {
            command.close()
            spool.close()
        }
        while try !spool.pickUpReleased().isEmpty {}
        func numbers(_ wanted: Expected) -> [Int64] { expected.filter { $0.value == wanted }.keys.sorted() }
        #expect(try spool.queued(after: nil, limit: 10_000).map(\.id.rawValue) == numbers(.queued))
        #expect(try spool.held(after: nil, limit: 10_000).map(\.id.rawValue) == numbers(.held))
        for (number, state) in expected {
            let last = try spool.fates(SubmissionID(rawValue: number)).last?.fate
            switch state {
            case .deleted: #expect(last == .deleted)
            case .bounced: #expect(last == .bounced)
            case .queued, .held:
                let chunk = try spool.chunk(SubmissionID(rawValue: number), index: 0)
                #expect(chunk?.count == bytes[number] && chunk?.allSatisfy { $0 == UInt8(number & 0xff) } == true)
            case .delivered: #expect(try spool.chunk(SubmissionID(rawValue: number), index: 0) == nil)
            }
        }
        #expect(try spool.integrityProblems().isEmpty)
        let present = numbers(.queued) + numbers(.held)
        #expect(spool.size.bytes >= present.reduce(0) { $0 + (bytes[$1] ?? 0) })
        spool.close()
        let again = try Spool(directory: directory.path)
        defer { again.close() }
        #expect(again.size.bytes == present.reduce(0) { $0 + (bytes[$1] ?? 0) })
        #expect(
            try again.writer.perform { tables throws(SpoolError) in
                try tables.connection.integer("SELECT count(*) FROM body WHERE message NOT IN (SELECT id FROM message)")
            } == 0)
    }

    /// A gateway that commits, a command beside it that releases and deletes, both killed in the middle: of what was
    /// answered nothing is missing, and what is gone was deleted by a person.
    @Test(arguments: [5, 60]) func killedWhilePeopleActNothingIsMissing(acts: Int) async throws {
        let directory = try TestDirectory()
        let path = directory.path
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, acts = acts as Int] in
            let spool = try Spool(directory: path)
            let command = try Spool(directory: path, role: .command)
            let notes = open(path + "/notes", O_WRONLY | O_CREAT | O_APPEND, 0o600)
            let count = NIOLockedValueBox(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in Int64(0)..<4 {
                    group.addTask {
                        for step in Int64(1)..<100_000 {
                            let number = writer * 100_000 + step
                            try await TestMail.commit(spool, try TestMail.message(number, held: true))
                            let note = Array("\(number)\n".utf8)
                            _ = write(notes, note, note.count)
                        }
                    }
                }
                for act in Spool.HeldAct.allCases {
                    group.addTask {
                        while true {
                            let ids = try command.held(after: nil, limit: 40).map(\.id).filter {
                                ($0.rawValue % 2 == 0) == (act == .delete)
                            }
                            if try command.act(act, onHeld: ids, author: "person:ann", at: Timestamp(seconds: 1))
                                .isEmpty
                            {
                                await Task.yield()
                                continue
                            }
                            if count.withLockedValue({
                                $0 += 1; return $0
                            }) >= acts {
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
        let queued = Set(try spool.queued(after: nil, limit: 1_000_000).map(\.id.rawValue))
        let held = Set(try spool.held(after: nil, limit: 1_000_000).map(\.id.rawValue))
        #expect(queued.isDisjoint(with: held))
        for number in noted where !held.contains(number) {
            let fates = try spool.fates(SubmissionID(rawValue: number)).map(\.fate)
            #expect(fates == (queued.contains(number) ? [.released] : [.deleted]), "\(number)")
        }
        #expect(!noted.isEmpty && noted.count > held.intersection(noted).count)
        #expect(try spool.integrityProblems().isEmpty)
    }
}

/// SplitMix64: the same seed, the same run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
