import Foundation
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Spool
import Testing

@testable import Relay

/// The relay over the real spool.
@Suite(.timeLimit(.minutes(10))) struct SpooledRelayTests {
    @Test func everyCommittedMessageIsDeliveredOnceAndLeavesTheSpool() async throws {
        let directory = FileManager.default.temporaryDirectory.path + "/relay-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let spool = try Spool(directory: directory)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var commits: [EventLoopFuture<Void>] = []
        var messages: [RelayMessage] = []
        for number in 0..<1000 {
            let message = try relayMessage(Int64(number), to: ["u\(number)@d\(number % 7).example"])
            let promise = loop.makePromise(of: Void.self)
            spool.commit(SpooledMessage(message), chunks: textBody) { promise.completeWith($0.mapError { $0 }) }
            commits.append(promise.futureResult)
            messages.append(message)
        }
        try await EventLoopFuture.andAllSucceed(commits, on: loop).get()
        let bench = try await RelayBench(store: SpoolStore(spool))
        // Half come as they are accepted, half are found at the start, some in both ways.
        for message in messages.prefix(600) { bench.relay.enqueue(message, body: textBody) }
        bench.relay.start()
        #expect(try await bench.until { bench.completed == 1000 })
        let seen = bench.receivers.state.withLockedValue { $0 }
        #expect(seen.recipients.count == 1000)
        #expect(seen.recipients.values.allSatisfy { $0 == 1 })
        #expect(try spool.queued(after: nil, limit: 10).isEmpty)
        try await bench.end()
        spool.close()
    }

    @Test func deferredStateSurvivesInTheSpool() async throws {
        let directory = FileManager.default.temporaryDirectory.path + "/relay-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let spool = try Spool(directory: directory)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let message = try relayMessage(1, to: ["busy@b.example", "good@b.example"])
        let promise = loop.makePromise(of: Void.self)
        spool.commit(SpooledMessage(message), chunks: textBody) { promise.completeWith($0.mapError { $0 }) }
        try await promise.futureResult.get()
        let bench = try await RelayBench(store: SpoolStore(spool))
        bench.relay.start()
        let states: @Sendable () -> [RecipientState]? = { (try? spool.message(message.id))?.recipients }
        #expect(try await bench.until { states()?[0].attempts == 1 })
        #expect(states()?[0].status == .pending)
        #expect(states()?[0].lastReply == "450 4.2.1 busy")
        #expect(states()?[1].status == .delivered)
        try await bench.end()
        spool.close()
    }
}
