import Detection
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import Relay

@Suite(.timeLimit(.minutes(10))) struct DeadDestinationTests {
    /// 100,000 messages for a dead destination: one probe, nothing in memory but numbers, and the living pass at the same
    /// price as without them, counted in steps of the scheduler.
    @Test func hundredThousandForTheDeadCostTheLivingNothing() async throws {
        func stepsForTheLiving(beside dead: Int) async throws -> Int {
            var bench = Bench()
            let destination = try mailDestination("dead.example")
            for number in 0..<dead {
                // Long in a debug build: the other tests have their turn.
                if number % 500 == 0 { await Task.yield() }
                let (_, actions) = bench.enqueue(destination, customer: "c\(number % 10)")
                for connection in bench.resolve(actions).connects {
                    _ = bench.scheduler.connectFailed(connection, now: bench.now)
                }
            }
            let before = bench.scheduler.operations
            for _ in 0..<100 {
                let (_, actions) = bench.enqueue(try mailDestination("alive.example"))
                var ready = bench.resolve(actions)
                for connection in ready.connects { ready += bench.scheduler.connected(connection, now: bench.now) }
                for send in (actions + ready).sends {
                    _ = bench.scheduler.finished(
                        send.delivery, on: send.connection, [.delivered], connection: .usable, now: bench.now)
                }
            }
            #expect(bench.scheduler.counters.delivered == 100)
            #expect(bench.scheduler.queuedCount == dead)
            #expect(bench.scheduler.counters.connectionsOpened <= 105)
            return bench.scheduler.operations - before
        }
        let alone = try await stepsForTheLiving(beside: 0)
        let beside = try await stepsForTheLiving(beside: 100_000)
        // The heap of deadlines is deeper: log 100,000 steps more at most for each of the few moves.
        #expect(beside <= alone + 100 * 2 * 17 * 2)
    }

    /// The same through the shell: the living mail is delivered while 20,000 dead messages wait, none of which stays in
    /// memory beyond the budget.
    @Test func livingMailPassesThroughTheShell() async throws {
        let store = MemoryStore()
        let bench = try await RelayBench(store: store) { $0.memory = .kib(256) }
        let dead = 20_000
        for number in 0..<dead {
            let message = try relayMessage(Int64(number), to: ["u@dead.example"])
            bench.relay.enqueue(message, body: textBody)
        }
        for number in 0..<200 {
            let message = try relayMessage(Int64(dead + number), to: ["u\(number)@alive.example"])
            store.put(message, textBody)
            bench.relay.enqueue(message, body: textBody)
        }
        #expect(try await bench.until { bench.completed == 200 })
        let snapshot = try #require(await bench.relay.snapshot())
        #expect(snapshot.queued == dead)
        #expect(snapshot.memory <= .kib(256))
        #expect(bench.receivers.state.withLockedValue { $0.connects } <= 30)
        try await bench.end()
    }
}
