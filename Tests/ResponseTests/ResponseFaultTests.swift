import ControlStore
import Detection
import Enforcement
import MailTypes
import MessageFormat
import NIOCore
import NIOEmbedded
import Spool
import Testing

@testable import Response

/// Crashes, full disks, hostile text, other processes, many threads.
struct ResponseFaultTests {
    @Test func aNoticeDecidedBeforeACrashIsSentOnceAfterIt() async throws {
        let world = try TestWorld()
        let incident = try world.control.stop(
            .init(source: world.joe, reason: "spam", certainty: .confirmed, author: .detector), at: world.now
        ).incident
        // The crash comes between the decision and the spool.
        var number: Int64 = 1
        let decided = try world.control.notices(
            .reached(.stopped), for: incident.id, about: world.joe, at: world.now
        ) {
            number += 1
            return SubmissionID(rawValue: number)
        }
        #expect(decided.notices.count == 2)
        world.close(removes: false)
        let second = try TestWorld(path: world.path)
        second.responder.resume()
        try second.settle()
        #expect(try second.letters().map(\.to) == ["it@acme.example", "night@relay.example.net"])
        #expect(try second.control.unsentNotices().isEmpty)
        second.close(removes: false)
        let third = try TestWorld(path: world.path)
        defer { third.close() }
        third.responder.resume()
        try third.tick()
        #expect(try third.letters().count == 2)
    }

    @Test func aNoticeThatWasDeliveredBeforeACrashIsNotSentAgain() async throws {
        let world = try TestWorld()
        _ = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        try world.settle()
        for letter in try world.letters() { try await remove(letter.message.id, world.spool) }
        // As if the marks had been lost.
        try world.execute("UPDATE notice SET is_sent = 0")
        #expect(try world.control.unsentNotices().count == 2)
        world.close(removes: false)
        let second = try TestWorld(path: world.path)
        defer { second.close() }
        second.responder.resume()
        try second.settle()
        #expect(try second.letters().isEmpty)
        #expect(try second.control.unsentNotices().isEmpty)
    }

    @Test func aStopOutlivesACrashAndHeldMailFindsItsCase() async throws {
        let world = try TestWorld()
        let submission = try world.submission()
        try await world.hold(submission, stop: world.joe, committed: false)
        // The case is written, the message committed, and the gateway dies before it brings them together.
        world.responder.flush()
        try await world.commit(submission.event, caseID: nil)
        world.close(removes: false)
        let second = try TestWorld(path: world.path)
        defer { second.close() }
        #expect(second.responder.stopCount == 1)
        let stop = try #require(second.responder.covering(try second.identity(), campaign: nil, at: second.now))
        second.responder.resume()
        try second.settle()
        #expect(try second.spool.held(.init(caseID: stop.caseID), after: nil, limit: 9).count == 1)
        // The same incident goes on in the same case.
        #expect(second.responder.record(Verdict(.hold, logOdds: 5), of: try second.submission()) == stop.caseID)
    }

    @Test func aFullSpoolDelaysANotice() async throws {
        let world = try TestWorld(maximumSize: ByteCount(10_000))
        defer { world.close() }
        var filler = SpooledMessage(
            id: SubmissionID(rawValue: 1), kind: .submission, identity: nil, envelope: Envelope(sender: .null),
            size: ByteCount(9_990), chunkCount: 1, received: world.now, expires: world.now)
        filler.recipients = []
        let (spool, message) = (world.spool, filler)
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            spool.commit(message, chunks: [[UInt8](repeating: 1, count: 9_990)]) {
                continuation.resume(with: $0.mapError { $0 as any Error })
            }
        }
        _ = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        try world.tick()
        #expect(try world.letters().isEmpty)
        #expect(world.responder.covering(try world.identity(), campaign: nil, at: world.now) != nil)
        try await remove(filler.id, world.spool)
        try world.tick()
        #expect(try world.letters().count >= 1)
    }

    @Test func whatTheDatabaseRefusesIsAskedForAgain() async throws {
        let world = try TestWorld()
        defer { world.close() }
        // SQLite's own page limit stands for the disk: the same error, on the same way.
        try world.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try world.execute("PRAGMA max_page_count = 1")
        try? world.execute("INSERT INTO value VALUES ('fill', zeroblob(100000), 0)")
        for number in 0..<30 {
            try await world.hold(
                try world.submission("a\(number)", subject: String(repeating: "x", count: 2000)), stop: world.joe)
        }
        try world.settle()
        try world.execute("PRAGMA max_page_count = 1000000")
        try await world.hold(try world.submission(), stop: world.joe)
        try world.settle()
        #expect(world.responder.covering(try world.identity(), campaign: nil, at: world.now)?.source == world.joe)
    }

    @Test(arguments: [
        "x\r\nBcc: victim@elsewhere.example", "<script>alert(1)</script>", "\u{1b}[2J\u{202e}evil", "=?utf-8?b?////?=",
        String(repeating: "é", count: 5000), "a\u{0}b", "' OR 1=1; --", "x\r\n.\r\nMAIL FROM:<a@b>",
    ])
    func hostileTextStaysText(_ text: String) async throws {
        let world = try TestWorld()
        defer { world.close() }
        let account = AccountName(text).map { _ in text } ?? "joe"
        try await world.hold(try world.submission(account, subject: text, text: text))
        try world.settle()
        let letters = try world.letters()
        #expect(letters.count == 2)
        for letter in letters {
            let parsed = MessageReader.read(letter.bytes)
            #expect(parsed.defects == [])
            let lines = letter.bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
            #expect(lines.dropLast().allSatisfy { $0.last == 0x0d && $0.count <= 999 })
            #expect(letter.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x0d || $0 == 0x0a || $0 == 0x09 })
            let header = lines.prefix { $0 != [0x0d] }.map { String(decoding: $0, as: UTF8.self) }
            #expect(!header.contains { $0.lowercased().hasPrefix("bcc") })
            let html = String(decoding: parsed.html, as: UTF8.self)
            #expect(!html.contains("<script"))
            let shown = String(decoding: parsed.text, as: UTF8.self) + html
            #expect(!shown.unicodeScalars.contains { "\u{1b}\u{202e}\u{0}".unicodeScalars.contains($0) })
        }
    }

    @Test func manyThreadsLoseNoCount() async throws {
        let world = try TestWorld()
        defer { world.close() }
        let stop = try world.responder.stop(world.joe, reason: "spam", until: nil, author: "ann", at: world.now)
        let submissions = try (0..<800).map { try world.submission(to: UInt64($0)) }
        await withTaskGroup(of: Void.self) { group in
            for part in 0..<8 {
                group.addTask {
                    for submission in submissions[(part * 100)..<(part * 100 + 100)] {
                        world.responder.recordRefusal(stop, of: submission, isSuspect: nil)
                        if submission.event.recipients == [50] { world.responder.tick(at: world.now) }
                    }
                }
            }
        }
        try world.tick()
        #expect(try world.control.incident(stop.caseID)?.counts.refused == 800)
    }

    @Test func aStopFromAnotherProcessComesAndGoesByItself() async throws {
        let world = try TestWorld()
        defer { world.close() }
        let command = try ControlDatabase(directory: world.path, mayCreate: false)
        let stop = try command.stop(
            .init(
                source: .customer(world.acme), reason: "ticket 4711", certainty: .confirmed,
                until: world.now + .seconds(60), author: .person("ann")), at: world.now
        ).stop
        #expect(world.responder.covering(try world.identity(), campaign: nil, at: world.now) == nil)
        try world.tick()
        #expect(world.responder.covering(try world.identity(), campaign: nil, at: world.now) == stop)
        #expect(world.responder.reply(to: stop).description.contains("ticket 4711"))
        world.wait(.seconds(61))
        // Over at once, and written down at the next look.
        #expect(world.responder.covering(try world.identity(), campaign: nil, at: world.now) == nil)
        try world.tick()
        #expect(world.responder.stopCount == 0 && world.lifted == [.customer(world.acme)])
        #expect(try command.latestAudit(limit: 20).contains { $0.act == "stop.expire" })
        try command.close()
    }

    @Test func theDaemonLooksTwiceASecond() async throws {
        let world = try TestWorld()
        defer { world.close() }
        let held = try await world.hold(try world.submission(logOdds: 4), stop: world.joe)
        try world.settle()
        let loop = EmbeddedEventLoop()
        world.responder.start(on: loop)
        let command = try ControlDatabase(directory: world.path, mayCreate: false)
        let ann = SourceID.account(try #require(AccountName("ann")), world.acme)
        _ = try command.stop(
            .init(source: ann, reason: "ticket 4711", certainty: .confirmed, author: .person("eve")), at: world.now)
        _ = try command.lift(world.joe, author: .person("eve"), reason: "cleaned", at: world.now)
        try command.close()
        loop.advanceTime(by: .milliseconds(500))
        try world.settle()
        #expect(world.responder.stops.map(\.source) == [ann])
        #expect(try world.spool.pickUpReleased() == [held])
    }

    @Test func whatDetectionFindsGoodIsReleasedWithARecord() async throws {
        let world = try TestWorld()
        defer { world.close() }
        let id = try await world.hold(try world.submission())
        world.responder.release([id, SubmissionID(rawValue: 3)], author: "detector", at: world.now)
        try world.settle()
        #expect(try world.spool.pickUpReleased() == [id])
        #expect(try world.spool.fates(id).map(\.author) == ["detector"])
        #expect(try world.control.latestAudit(limit: 1).map(\.act) == ["held.release"])
    }

    @Test func theDeskActsBesideTheDaemon() async throws {
        let world = try TestWorld()
        defer { world.close() }
        var ids: [SubmissionID] = []
        for number in 0..<60 { ids.append(try await world.hold(try world.submission(to: UInt64(number)))) }
        try world.tick()
        let desk = HeldDesk(
            spool: try Spool(directory: world.path, role: .command),
            control: try ControlDatabase(directory: world.path, mayCreate: false))
        let details = try #require(try desk.show(ids[0]))
        #expect(details.beginning == [1, 2, 3] && details.evidence == ["because"] && details.incident != nil)
        #expect(try desk.list(.init(customer: world.acme), after: ids[57], limit: 100).map(\.id) == Array(ids[58...]))
        let released = try desk.act(
            .release, on: [ids[0], ids[0], SubmissionID(rawValue: 5)], author: "person:eve", at: world.now)
        #expect(released == .init(done: [ids[0]], missing: [SubmissionID(rawValue: 5)]))
        let deleted = try desk.act(.delete, onAll: .init(source: world.joe), author: "person:eve", at: world.now)
        #expect(deleted.done == Array(ids[1...]) && deleted.missing.isEmpty)
        #expect(try world.spool.pickUpReleased() == ids)
        #expect(try world.spool.queued(after: nil, limit: 99).filter { $0.kind == .submission }.map(\.id) == [ids[0]])
        #expect(try world.spool.fates(ids[9]).map(\.fate) == [.deleted])
        #expect(try world.control.latestAudit(limit: 3).map(\.act) == ["held.delete", "held.delete", "held.release"])
        #expect(world.spool.size.bytes == 3 + (try world.letters().reduce(0) { $0 + $1.bytes.count }))
    }

    private func remove(_ id: SubmissionID, _ spool: Spool) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            spool.remove(id) { continuation.resume(with: $0.mapError { $0 as any Error }) }
        }
    }
}
