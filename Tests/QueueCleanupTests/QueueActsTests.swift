import Foundation
import MTAControl
import MailTypes
import QueueCleanup
import Testing

@Suite struct QueueActsTests {
    static func targets(_ queue: FakeQueue) -> [ActTarget] {
        queue.messages.values.sorted { $0.id < $1.id }.map {
            ActTarget(id: $0.id, identity: MessageIdentity($0), group: "g1", fingerprint: nil, subject: "s")
        }
    }

    final class Outcomes {
        var all: [QueueID: MessageOutcome] = [:]
        func note(_ outcomes: [MessageOutcome]) { for outcome in outcomes { all[outcome.id] = outcome } }
        var results: [MessageOutcome.Result] { all.sorted { $0.key < $1.key }.map(\.value.result) }
    }

    static func queue(_ count: Int) -> FakeQueue {
        let queue = FakeQueue()
        for number in 0..<count { queue.add(number, "Subject: \(number)\n\nbody \(number)\n") }
        return queue
    }

    @Test func deletesWhatWasChosenAndNothingElse() throws {
        let queue = Self.queue(2500)
        let chosen = Self.targets(queue).filter { $0.id.description.hasSuffix("7") }
        let outcomes = Outcomes()
        try QueueActs(queue, report: outcomes.note).delete(chosen) { _ in true }
        #expect(outcomes.all.count == 250)
        #expect(outcomes.all.values.allSatisfy { $0.result == .deleted })
        #expect(queue.messages.count == 2250)
    }

    @Test func aReusedIdNeverHitsAnotherMessage() throws {
        let queue = Self.queue(3)
        let targets = Self.targets(queue)
        queue.add(1, "Subject: other\n\nanother message has the id now\n")
        let outcomes = Outcomes()
        try QueueActs(queue, report: outcomes.note).delete(targets) { _ in true }
        #expect(outcomes.results == [.deleted, .other, .deleted])
        #expect(
            queue.messages.values.map { String(decoding: $0.content, as: UTF8.self) } == [
                "Subject: other\n\nanother message has the id now\n"
            ])
        #expect(queue.messages.values.allSatisfy { !$0.isHeld })
    }

    /// The id passes to another message between the look and the hold: that one is let go again.
    @Test func aMessageHeldByMistakeIsReleased() throws {
        let queue = Self.queue(2)
        let targets = Self.targets(queue)
        queue.before = { act in
            if act == "hold" { queue.add(0, "Subject: other\n\nnew\n") }
        }
        let outcomes = Outcomes()
        try QueueActs(queue, report: outcomes.note).delete(targets) { _ in true }
        #expect(outcomes.results == [.other, .deleted])
        #expect(queue.messages.count == 1)
        #expect(queue.released == [targets[0].id])
        #expect(queue.messages.values.allSatisfy { !$0.isHeld })
    }

    @Test func whatIsBeingDeliveredIsLeftAloneAndTold() throws {
        let queue = Self.queue(3)
        let targets = Self.targets(queue)
        queue.busy = [targets[1].id]
        let outcomes = Outcomes()
        try QueueActs(queue, report: outcomes.note).delete(targets) { _ in true }
        #expect(outcomes.results == [.deleted, .busy, .deleted])
        #expect(queue.messages.count == 1)
        #expect(outcomes.all[targets[1].id]?.isFailure == true)
    }

    @Test func whatLeftIsNoFailure() throws {
        let queue = Self.queue(2)
        let targets = Self.targets(queue)
        queue.messages[targets[0].id] = nil
        let outcomes = Outcomes()
        try QueueActs(queue, report: outcomes.note).delete(targets) { _ in true }
        #expect(outcomes.results == [.left, .deleted])
    }

    @Test func holdAndReleaseTellWhatWasSoAlready() throws {
        let queue = Self.queue(3)
        let targets = Self.targets(queue)
        queue.messages[targets[0].id]?.isHeld = true
        let outcomes = Outcomes()
        let acts = QueueActs(queue, report: outcomes.note)
        try acts.hold(targets) { _ in true }
        #expect(outcomes.results == [.already, .held, .held])
        try acts.release(targets) { _ in true }
        #expect(outcomes.results == [.released, .released, .released])
    }

    /// As a kill between two batches: the journal knows what was done, and the rest is done by the next run.
    @Test func anInterruptedRunIsResumed() throws {
        let folder = try TestFolder()
        let queue = Self.queue(2500)
        let plan = RunJournal.Plan(
            act: .delete, began: "2026-11-25T17:00:00.000Z", mta: .postfix, program: nil, configuration: nil,
            archive: "x", smtp: nil, targets: Self.targets(queue))
        struct Killed: Error {}
        do {
            let journal = try RunJournal(folder.path, plan)
            var batches = 0
            let acts = QueueActs(queue, batch: 1000) { outcomes in
                batches += 1
                if batches == 2 { throw Killed() }
                try journal.note(outcomes)
            }
            #expect(throws: Killed.self) { try acts.delete(journal.remaining) { _ in true } }
        }
        #expect(queue.messages.count == 500)
        #expect(throws: CleanupError.self) { try RunJournal(folder.path, plan) }
        // A line that was cut by the kill does not count.
        let path = folder.path + "/run.jsonl"
        let whole = try #require(FileManager.default.contents(atPath: path))
        try (whole + Data("{\"id\":\"QUEUE10".utf8)).write(to: URL(fileURLWithPath: path))
        let journal = try #require(try RunJournal(resuming: folder.path))
        #expect(journal.remaining.count == 1500)
        let outcomes = Outcomes()
        try QueueActs(queue) { new in
            outcomes.note(new)
            try journal.note(new)
        }.delete(journal.remaining) { _ in true }
        #expect(queue.messages.isEmpty)
        #expect(outcomes.all.values.count { $0.result == .left } == 1000)
        #expect(outcomes.all.values.count { $0.result == .deleted } == 500)
        try journal.finish()
        #expect(try RunJournal(resuming: folder.path) == nil)
    }
}
