import Foundation
import NIOConcurrencyHelpers
import Testing

/// `kill -9` while mail comes in: what was answered with 250 arrives.
@Suite(.serialized)
struct DurabilityTests {
    /// Eight clients send until told to stop; each answered message is noted before the next is sent.
    private final class Load: Sendable {
        let accepted = NIOLockedValueBox<Set<String>>([])
        private let next = NIOLockedValueBox(0)
        private let isOver = NIOLockedValueBox(false)

        func end() { isOver.withLockedValue { $0 = true } }

        func run(port: Int) async {
            await withTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask { try? await MailClient.onThread { try self.session(port) } }
                }
            }
        }

        /// Ends when the server dies.
        private func session(_ port: Int) throws {
            let client = try MailClient(port: port)
            try client.command("EHLO load.example")
            while !isOver.withLockedValue({ $0 }) {
                let number = next.withLockedValue { next in
                    next += 1
                    return next
                }
                let from = "load@local.example"
                let reply = try client.send(
                    from: from, to: ["to\(number % 9)@sink.example"],
                    Letters.ordinary(number, from: from, to: "to@sink.example"))
                if reply.hasPrefix("250") { accepted.withLockedValue { _ = $0.insert("letter-\(number)-\(from)") } }
            }
        }
    }

    @Test(.timeLimit(.minutes(10))) func killedTenTimesNothingAcceptedIsLost() async throws {
        let sink = try await RecordingSink.start()
        let sluice = try SluiceProcess(
            sink: sink.port, "customers: [{id: local, servers: [127.0.0.0/8]}]\ndetection: {mode: observe}")
        let load = Load()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<10 {
            try await sluice.start()
            let port = sluice.port
            async let clients: Void = load.run(port: port)
            // Some number of answers, not of milliseconds: a busy machine answers late.
            let goal = load.accepted.withLockedValue { $0.count } + Int.random(in: 1...150, using: &random)
            for _ in 0..<2000 where load.accepted.withLockedValue({ $0.count }) < goal {
                try await Task.sleep(for: .milliseconds(5))
            }
            try await sluice.killHard()
            await clients
        }
        load.end()
        try await sluice.start()
        let accepted = load.accepted.withLockedValue { $0 }
        #expect(accepted.count >= 10)
        func arrivals() -> [String: Int] {
            var counts: [String: Int] = [:]
            for message in sink.messages {
                let line = message.text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Message-ID: <") }
                if let line { counts[String(line.dropFirst("Message-ID: <".count).dropLast()), default: 0] += 1 }
            }
            return counts
        }
        for _ in 0..<2400 {
            if accepted.isSubset(of: arrivals().keys) { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let counts = arrivals()
        let lost = accepted.subtracting(counts.keys)
        #expect(lost.isEmpty, "\(lost.count) of \(accepted.count) lost: \(lost.sorted().prefix(5))")
        // Ten kills with at most 20 connections out: what was in flight may come twice, no more.
        let twice = counts.values.count { $0 > 1 }
        #expect(twice <= 10 * 20, "\(twice) came twice")
        #expect(counts.values.allSatisfy { $0 <= 11 })
        #expect(try await sluice.command("spool", "check").status == 0)
        #expect(try await sluice.stop() == 0)
        await sink.stop()
        sluice.remove()
    }
}
