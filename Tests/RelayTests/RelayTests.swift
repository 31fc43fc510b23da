import Detection
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import Relay

@Suite(.timeLimit(.minutes(10))) struct RelayTests {
    @Test func thousandMessagesAreDeliveredOnceEach() async throws {
        let store = MemoryStore()
        let bench = try await RelayBench(store: store)
        for number in 0..<1000 {
            let message = try relayMessage(Int64(number), to: ["u\(number)@d\(number % 10).example"])
            store.put(message, textBody)
            bench.relay.enqueue(message, body: number % 2 == 0 ? textBody : nil)
        }
        bench.relay.start()
        #expect(try await bench.until { bench.completed == 1000 })
        let seen = bench.receivers.state.withLockedValue { $0 }
        #expect(seen.recipients.count == 1000)
        #expect(seen.recipients.values.allSatisfy { $0 == 1 })
        #expect(seen.connects < 300)
        #expect(store.state.withLockedValue { $0.messages.isEmpty })
        try await bench.end()
    }

    @Test func livingMailPassesTheDead() async throws {
        let store = MemoryStore()
        let bench = try await RelayBench(store: store) { $0.memory = .kib(64) }
        for number in 0..<2000 {
            let message = try relayMessage(Int64(number), to: ["u@dead.example"])
            store.put(message, textBody)
            bench.relay.enqueue(message, body: textBody)
        }
        let alive = try relayMessage(5000, to: ["u@alive.example"])
        store.put(alive, textBody)
        bench.relay.enqueue(alive, body: textBody)
        #expect(try await bench.until { bench.completed == 1 })
        let snapshot = try #require(await bench.relay.snapshot())
        #expect(snapshot.queued == 2000)
        #expect(snapshot.memory <= .kib(64))
        #expect(snapshot.top.first?.key.description == "dead.example")
        #expect(snapshot.top.first?.failures == 1)
        #expect(bench.receivers.state.withLockedValue { $0.connects } <= 6)
        try await bench.end()
    }

    @Test func refusedRecipientBouncesToItsSenderOnce() async throws {
        let store = MemoryStore()
        let bench = try await RelayBench(store: store)
        let message = try relayMessage(
            1, to: ["good@a.example", "unknown1@a.example", "unknown2@a.example", "joe@nowhere.example"])
        store.put(message, textBody)
        bench.relay.enqueue(message, body: textBody)
        // One report for the transaction's two failures, one for the domain that does not exist.
        #expect(try await bench.until { bench.completed == 3 })
        let reports = store.state.withLockedValue { $0.reports }
        #expect(reports.count == 2)
        #expect(reports.allSatisfy { $0.kind == .report && $0.envelope.sender == .null })
        let seen = bench.receivers.state.withLockedValue { $0 }
        #expect(seen.recipients["ann@customer.example"] == 2)
        #expect(seen.recipients["good@a.example"] == 1)
        let results = bench.events.withLockedValue { events in
            events.compactMap { if case .attempt(let attempt) = $0 { attempt.outcome?.result } else { nil } }
        }
        #expect(results.count { $0 == .unknownRecipient } == 3)
        try await bench.end()
    }

    @Test(arguments: ["", "unknown@a.example"])
    func bouncesNeverAnswerBounces(sender: String) async throws {
        let store = MemoryStore()
        let bench = try await RelayBench(store: store)
        let message = try relayMessage(1, to: ["unknown@b.example"], from: sender)
        store.put(message, textBody)
        bench.relay.enqueue(message, body: textBody)
        #expect(try await bench.until { bench.completed == (sender.isEmpty ? 1 : 2) })
        #expect(store.state.withLockedValue { $0.reports.count } == (sender.isEmpty ? 0 : 1))
        let dropped = bench.events.withLockedValue { events in
            events.count { if case .reportDropped = $0 { true } else { false } }
        }
        #expect(dropped == 1)
        #expect(store.state.withLockedValue { $0.messages.isEmpty })
        try await bench.end()
    }

    @Test func successIsToldWhereWished() async throws {
        let store = MemoryStore()
        let bench = try await RelayBench(store: store)
        let message = try relayMessage(1, to: ["good@b.example"], notify: .success)
        store.put(message, textBody)
        bench.relay.enqueue(message, body: nil)
        #expect(try await bench.until { bench.completed == 2 })
        #expect(bench.receivers.state.withLockedValue { $0.recipients["ann@customer.example"] } == 1)
        try await bench.end()
    }

    @Test func deferredRecipientStaysInTheSpoolWithItsReason() async throws {
        let store = MemoryStore()
        let bench = try await RelayBench(store: store)
        let message = try relayMessage(1, to: ["good@b.example", "busy@b.example"])
        store.put(message, textBody)
        bench.relay.enqueue(message, body: textBody)
        let written: @Sendable () -> [RecipientProgress]? = {
            store.state.withLockedValue { $0.messages[message.id]?.message.progress }
        }
        #expect(try await bench.until { written()?[1].attempts == 1 })
        #expect(written()?[0].status == .delivered)
        #expect(written()?[1].status == .pending)
        #expect(written()?[1].lastReply == "450 4.2.1 busy")
        #expect(try #require(await bench.relay.snapshot()).messagesInMemory == 0)
        // A restart sends only what is left.
        try await bench.end()
        let second = try await RelayBench(store: store)
        second.now.withLockedValue { $0 = .start + .seconds(3600) }
        second.relay.start()
        #expect(try await second.until { written()?[1].attempts == 2 })
        #expect(second.receivers.state.withLockedValue { $0.recipients.isEmpty })
        try await second.end()
    }

    @Test func heldMailEndsAsConfigured() async throws {
        for fate in HeldFate.allCases {
            let store = MemoryStore()
            let message = try relayMessage(1, to: ["good@b.example"])
            store.state.withLockedValue { $0.held[message.id] = (message, .start) }
            let bench = try await RelayBench(store: store) { $0.heldFate = fate }
            bench.relay.start()
            let isDelivered = fate != .delete
            #expect(
                try await bench.until {
                    store.state.withLockedValue { $0.held.isEmpty && $0.messages.isEmpty }
                        && bench.completed == (isDelivered ? 1 : 0)
                })
            let seen = bench.receivers.state.withLockedValue { $0.recipients }
            #expect(seen["good@b.example"] == (fate == .release ? 1 : nil))
            #expect(seen["ann@customer.example"] == (fate == .bounce ? 1 : nil))
            try await bench.end()
        }
    }

    @Test func releasesAreFoundAndDeletedMailIsForgotten() async throws {
        let store = MemoryStore()
        let bench = try await RelayBench(store: store)
        let dead = try relayMessage(1, to: ["joe@dead.example"])
        bench.relay.enqueue(dead, body: textBody)
        bench.relay.start()
        let released = try relayMessage(2, to: ["good@b.example"])
        store.put(released, textBody)
        store.state.withLockedValue { $0.changed = [released.id, dead.id] }
        #expect(try await bench.until { bench.completed == 1 })
        var rounds = 0
        while try #require(await bench.relay.snapshot()).queued > 0, rounds < 20_000 { rounds += 1 }
        #expect(rounds < 20_000)
        try await bench.end()
    }

    /// It may be read from the spool, go out and be forgotten before the intake comes to say that it is there.
    @Test func newMailComesThroughTheIntakeOnly() async throws {
        let store = MemoryStore()
        let bench = try await RelayBench(store: store)
        let message = try relayMessage(Int64(7200 * 1000) << 20, to: ["u@a.example"])
        store.put(message, textBody)
        bench.relay.start()
        let old = try relayMessage(1, to: ["u@b.example"])
        store.put(old, textBody)
        bench.relay.enqueue(old, body: textBody)
        #expect(try await bench.until { bench.completed == 1 })
        while await bench.relay.snapshot()?.isLoading != false {}
        bench.relay.enqueue(message, body: textBody)
        #expect(try await bench.until { bench.completed == 2 })
        try await bench.end()
        #expect(bench.receivers.state.withLockedValue { $0.recipients } == ["u@a.example": 1, "u@b.example": 1])
    }

    @Test func refusedRemovalIsRepeated() async throws {
        let store = MemoryStore()
        store.state.withLockedValue { $0.failures = 2 }
        let bench = try await RelayBench(store: store)
        let message = try relayMessage(1, to: ["good@b.example"])
        store.put(message, textBody)
        bench.relay.enqueue(message, body: textBody)
        #expect(try await bench.until { bench.completed == 1 })
        #expect(store.state.withLockedValue { $0.removed } == [message.id])
        #expect(bench.receivers.state.withLockedValue { $0.recipients["good@b.example"] } == 1)
        try await bench.end()
    }
}
