import MailTypes
import Testing

@testable import Relay

@Suite struct SchedulerTests {
    @Test func oneMessageGoesOutAndLeaves() throws {
        var bench = Bench()
        let (id, actions) = bench.enqueue(try mailDestination("example.org"))
        #expect(actions.resolves == 1)
        let opened = bench.resolve(actions)
        let connection = try #require(opened.connects.first)
        #expect(opened.connects.count == 1)
        let send = try #require(bench.scheduler.connected(connection, now: bench.now).sends.first)
        #expect(send.id == id)
        let end = bench.scheduler.finished(
            send.delivery, on: send.connection, [.delivered], connection: .usable, now: bench.now)
        let outcome = try #require(end.outcomes.first)
        #expect(outcome.delivered == .one(0))
        #expect(outcome.isLast)
        #expect(!bench.scheduler.contains(id))
        #expect(end.closes.isEmpty)
        // The idle connection is used for the next message, without a new one.
        let (_, second) = bench.enqueue(try mailDestination("example.org"))
        #expect(second.sends.first?.connection == connection)
        #expect(second.connects.isEmpty)
    }

    @Test func idleConnectionIsClosedAfterItsTime() throws {
        var bench = Bench()
        let (_, actions) = bench.enqueue(try mailDestination("example.org"))
        let connection = try #require(bench.resolve(actions).connects.first)
        let send = try #require(bench.scheduler.connected(connection, now: bench.now).sends.first)
        let end = bench.scheduler.finished(
            send.delivery, on: connection, [.delivered], connection: .usable, now: bench.now)
        #expect(end.outcomes.count == 1)
        bench.now = bench.now + bench.scheduler.settings.idleTime
        #expect(bench.scheduler.tick(now: bench.now).closes == [connection])
        // And in the end the destination is forgotten.
        bench.now = bench.now + bench.scheduler.settings.memory
        _ = bench.scheduler.tick(now: bench.now)
        #expect(bench.scheduler.destinations.count == 0)
        #expect(bench.scheduler.connections.count == 0)
    }

    @Test func messagesPerConnectionAreBounded() throws {
        var settings = DeliveryScheduler.Settings()
        settings.messagesPerConnection = 2
        settings.initialConcurrency = 1
        settings.maximumConcurrency = 1
        var bench = Bench(settings)
        let (_, actions) = bench.enqueue(try mailDestination("example.org"))
        for _ in 0..<2 { _ = bench.enqueue(try mailDestination("example.org")) }
        let connection = try #require(bench.resolve(actions).connects.first)
        var step = bench.scheduler.connected(connection, now: bench.now)
        step = bench.scheduler.finished(
            try #require(step.sends.first).delivery, on: connection, [.delivered], connection: .usable, now: bench.now)
        step = bench.scheduler.finished(
            try #require(step.sends.first).delivery, on: connection, [.delivered], connection: .usable, now: bench.now)
        #expect(step.closes == [connection])
        #expect(step.connects.count == 1)
    }

    @Test func deferredMessageWaitsItsTimeWithGrowingPauses() throws {
        var bench = Bench()
        let (_, actions) = bench.enqueue(try mailDestination("example.org"))
        var step = bench.resolve(actions)
        var pauses: [Double] = []
        for _ in 0..<8 {
            if let connection = step.connects.first { step = bench.scheduler.connected(connection, now: bench.now) }
            let send = try #require(step.sends.first)
            let end = bench.scheduler.finished(
                send.delivery, on: send.connection, [.deferred], connection: .ended, now: bench.now)
            let next = try #require(end.outcomes.first?.nextAttempt)
            pauses.append((next - bench.now).inSeconds)
            #expect(bench.scheduler.tick(now: next - .seconds(1)).connects.isEmpty)
            bench.now = next
            step = bench.scheduler.tick(now: next)
            step += bench.resolve(step)
        }
        for (pause, expected) in zip(pauses, [300.0, 600, 1200, 2400, 4800, 9600, 14_400, 14_400]) {
            #expect((expected * 0.79...expected * 1.21).contains(pause))
        }
        #expect(Set(pauses).count == pauses.count)
    }

    @Test func deadDestinationCostsOneProbe() throws {
        var bench = Bench()
        let dead = try mailDestination("dead.example")
        let (_, actions) = bench.enqueue(dead)
        for _ in 0..<99 { _ = bench.enqueue(dead) }
        let opened = bench.resolve(actions).connects
        #expect(opened.count == bench.scheduler.settings.initialConcurrency)
        var until: Timestamp?
        for connection in opened {
            let failed = bench.scheduler.connectFailed(connection, now: bench.now)
            #expect(failed.connects.isEmpty)
            #expect(failed.outcomes.isEmpty)
            if let time = failed.postponed {
                #expect(until == nil)
                until = time
            }
        }
        for probe in 2...6 {
            bench.now = try #require(until)
            #expect(bench.scheduler.tick(now: bench.now - .milliseconds(1)).resolves == 0)
            let asked = bench.scheduler.tick(now: bench.now)
            let connects = bench.resolve(asked).connects
            #expect(connects.count == 1, "probe \(probe)")
            let failed = bench.scheduler.connectFailed(try #require(connects.first), now: bench.now)
            let next = try #require(failed.postponed)
            #expect(next - bench.now > .seconds(40 << (probe - 1)))
            until = next
        }
        // It comes back: everything goes out, and concurrency grows again.
        bench.now = try #require(until)
        let asked = bench.scheduler.tick(now: bench.now)
        let probe = try #require(bench.resolve(asked).connects.first)
        var work = bench.scheduler.connected(probe, now: bench.now)
        var delivered = 0
        var most = 0
        while !work.isEmpty {
            let action = work.removeFirst()
            switch action {
            case .connect(let connection, _): work += bench.scheduler.connected(connection, now: bench.now)
            case .send(let delivery, _, _, let connection):
                delivered += 1
                most = max(most, bench.scheduler.inFlight)
                work += bench.scheduler.finished(
                    delivery, on: connection, [.delivered], connection: .usable, now: bench.now)
            default: break
            }
        }
        #expect(delivered == 100)
        #expect(most > 3)
    }

    @Test func mailToTheLivingDoesNotWaitForTheDead() throws {
        var bench = Bench()
        let dead = try mailDestination("dead.example")
        let (_, actions) = bench.enqueue(dead)
        let connects = bench.resolve(actions).connects
        for connection in connects { _ = bench.scheduler.connectFailed(connection, now: bench.now) }
        for _ in 0..<100_000 { _ = bench.enqueue(dead) }
        let before = bench.scheduler.operations
        let (id, alive) = bench.enqueue(try mailDestination("alive.example"))
        let connection = try #require(bench.resolve(alive).connects.first)
        let send = try #require(bench.scheduler.connected(connection, now: bench.now).sends.first)
        #expect(send.id == id)
        _ = bench.scheduler.finished(send.delivery, on: connection, [.delivered], connection: .usable, now: bench.now)
        #expect(bench.scheduler.operations - before < 100)
        // A failed probe costs no more, though 100,000 wait behind it.
        bench.now = bench.now + .seconds(90)
        let beforeProbe = bench.scheduler.operations
        let asked = bench.scheduler.tick(now: bench.now)
        let probe = try #require(bench.resolve(asked).connects.first)
        _ = bench.scheduler.connectFailed(probe, now: bench.now)
        #expect(bench.scheduler.operations - beforeProbe < 200)
    }

    @Test func customersTakeTurns() throws {
        var settings = DeliveryScheduler.Settings()
        settings.initialConcurrency = 1
        settings.maximumConcurrency = 1
        var bench = Bench(settings)
        let key = try mailDestination("example.org")
        let (_, actions) = bench.enqueue(key, customer: "newsletter")
        var owner: [SubmissionID: String] = [SubmissionID(rawValue: 1): "newsletter"]
        for _ in 0..<50 { owner[bench.enqueue(key, customer: "newsletter").0] = "newsletter" }
        for _ in 0..<3 { owner[bench.enqueue(key, customer: "office").0] = "office" }
        let connection = try #require(bench.resolve(actions).connects.first)
        var order: [String] = []
        var step = bench.scheduler.connected(connection, now: bench.now)
        while let send = step.sends.first, order.count < 8 {
            order.append(owner[send.id] ?? "?")
            step = bench.scheduler.finished(
                send.delivery, on: connection, [.delivered], connection: .usable, now: bench.now)
        }
        #expect(
            order == [
                "newsletter", "office", "newsletter", "office", "newsletter", "office", "newsletter", "newsletter",
            ])
    }

    @Test func failedConnectionsAndTroubleHalveConcurrency() throws {
        var bench = Bench()
        let key = try mailDestination("example.org")
        let (_, actions) = bench.enqueue(key)
        for _ in 0..<50 { _ = bench.enqueue(key) }
        let opened = bench.resolve(actions).connects
        let first = try #require(opened.first)
        let send = try #require(bench.scheduler.connected(first, now: bench.now).sends.first)
        _ = bench.scheduler.connectFailed(opened[1], now: bench.now)
        #expect(bench.scheduler.destinations[0].limit == 2.5)
        // 421 to the only one that stands: its message waits, others are tried later with less.
        let end = bench.scheduler.finished(
            send.delivery, on: first, [.deferred], connection: .troubled, now: bench.now)
        #expect(end.closes == [first])
        #expect(bench.scheduler.destinations[0].limit == 1.25)
        #expect(end.connects.isEmpty)
    }

    @Test func keptConnectionThatWasClosedCostsNoAttempt() throws {
        var bench = Bench()
        let key = try mailDestination("example.org")
        let (_, actions) = bench.enqueue(key)
        let connection = try #require(bench.resolve(actions).connects.first)
        var step = bench.scheduler.connected(connection, now: bench.now)
        _ = bench.scheduler.finished(
            try #require(step.sends.first).delivery, on: connection, [.delivered], connection: .usable, now: bench.now)
        let (id, again) = bench.enqueue(key)
        let send = try #require(again.sends.first)
        step = bench.scheduler.finished(
            send.delivery, on: connection, [], connection: .neverStarted, now: bench.now)
        #expect(step.outcomes.isEmpty)
        let fresh = try #require(step.connects.first)
        #expect(bench.scheduler.connected(fresh, now: bench.now).sends.first?.id == id)
    }

    @Test func manyRecipientsAreSplitAndSortedByTheirReplies() throws {
        var bench = Bench()
        let (id, actions) = bench.enqueue(try mailDestination("example.org"), recipients: 103)
        let connects = bench.resolve(actions).connects
        #expect(connects.count == 2)
        let first = try #require(bench.scheduler.connected(connects[0], now: bench.now).sends.first)
        let second = try #require(bench.scheduler.connected(connects[1], now: bench.now).sends.first)
        let small = bench.scheduler.finished(
            second.delivery, on: second.connection, [.delivered, .failed, .deferred], connection: .usable,
            now: bench.now)
        let outcome = try #require(small.outcomes.first)
        #expect(outcome.delivered == .one(100))
        #expect(outcome.failed == .one(101))
        #expect(outcome.deferred == .one(102))
        #expect(!outcome.isLast)
        // 452 behind accepted recipients: the rest at once, on the same connection.
        let dispositions = (0..<100).map { $0 < 60 ? DeliveryScheduler.Disposition.delivered : .again }
        let large = bench.scheduler.finished(
            first.delivery, on: first.connection, dispositions, connection: .usable, now: bench.now)
        #expect(large.outcomes.first?.deferred.count == 40)
        #expect(large.outcomes.first?.nextAttempt == bench.now)
        let rest = try #require(large.sends.first)
        let end = bench.scheduler.finished(
            rest.delivery, on: rest.connection, Array(repeating: .delivered, count: 40), connection: .usable,
            now: bench.now)
        #expect(end.outcomes.first?.isLast == false)
        #expect(bench.scheduler.contains(id))
    }

    @Test func delayIsToldOnceAndLifetimeEnds() throws {
        var bench = Bench()
        let key = try mailDestination("dead.example")
        let (id, actions) = bench.enqueue(key)
        guard case .resolve(let destination, _) = try #require(actions.first) else { return }
        #expect(bench.scheduler.resolved(destination, .temporary, now: bench.now).postponed != nil)
        var delays = 0
        var failed: DeliveryScheduler.Outcome?
        for hour in 1...121 {
            bench.now = .start + .seconds(Int64(hour) * 3600)
            for action in bench.scheduler.tick(now: bench.now) {
                switch action {
                case .delayed(let message, _, _):
                    #expect(message == id)
                    #expect(hour == 4)
                    delays += 1
                case .outcome(let outcome):
                    #expect(hour == 120)
                    failed = outcome
                case .resolve(let destination, _):
                    _ = bench.scheduler.resolved(destination, .temporary, now: bench.now)
                default: break
                }
            }
        }
        #expect(delays == 1)
        #expect(failed?.cause == .expired)
        #expect(failed?.isLast == true)
    }

    @Test func unroutableDestinationFailsItsMessagesInSteps() throws {
        var bench = Bench()
        let key = try mailDestination("no-such.example")
        let (_, actions) = bench.enqueue(key)
        for _ in 0..<999 { _ = bench.enqueue(key) }
        guard case .resolve(let destination, _) = try #require(actions.first) else { return }
        var step = bench.scheduler.resolved(destination, .permanent(until: bench.now + .seconds(300)), now: bench.now)
        var failed = step.outcomes
        #expect(failed.count == bench.scheduler.settings.workPerEvent)
        while step.wake.map({ $0 <= bench.now }) == true {
            step = bench.scheduler.tick(now: bench.now)
            failed += step.outcomes
        }
        #expect(failed.count == 1000)
        #expect(failed.allSatisfy { $0.cause == .unroutable && $0.isLast })
    }

    @Test func totalOfConnectionsIsBoundedAndShared() throws {
        var settings = DeliveryScheduler.Settings()
        settings.maximumConnections = 4
        var bench = Bench(settings)
        var connects: [DeliveryScheduler.ConnectionHandle] = []
        for number in 0..<10 {
            let (_, actions) = bench.enqueue(try mailDestination("d\(number).example"))
            connects += bench.resolve(actions).connects
        }
        // Of destinations that have not answered, half of all connections at a time.
        #expect(connects.count == 2)
        var delivered = 0
        while let connection = connects.popLast() {
            let actions = bench.scheduler.connected(connection, now: bench.now)
            connects += actions.connects
            for send in actions.sends {
                delivered += 1
                let end = bench.scheduler.finished(
                    send.delivery, on: send.connection, [.delivered], connection: .usable, now: bench.now)
                connects += end.connects
            }
            #expect(bench.scheduler.connections.count <= 4)
        }
        #expect(delivered == 10)
    }

    /// Thousands of dead domains, each with a long timeout, leave the other half of the connections to those that answer.
    @Test func deadDomainsLeavePlacesForThoseThatAnswer() throws {
        var settings = DeliveryScheduler.Settings()
        settings.maximumConnections = 16
        var bench = Bench(settings)
        let (_, first) = bench.enqueue(try mailDestination("alive.example"))
        let alive = try #require(bench.resolve(first).connects.first)
        let sent = try #require(bench.scheduler.connected(alive, now: bench.now).sends.first)
        var connects: [DeliveryScheduler.ConnectionHandle] = []
        for number in 0..<1000 {
            let (_, actions) = bench.enqueue(try mailDestination("dead\(number).example"))
            connects += bench.resolve(actions).connects
        }
        #expect(connects.count == 8)
        var opened = 0
        for _ in 0..<4 { opened += bench.enqueue(try mailDestination("alive.example")).1.connects.count }
        #expect(opened == 4)
        _ = bench.scheduler.finished(
            sent.delivery, on: sent.connection, [.delivered], connection: .usable, now: bench.now)
        // Each that fails makes place for the next; those that failed before get an eighth.
        for round in 0..<20 {
            let connection = connects.removeFirst()
            connects += bench.scheduler.connectFailed(connection, now: bench.now).connects
            #expect(connects.count == 8, "round \(round)")
        }
        bench.now = bench.now + .seconds(3600)
        var again = bench.scheduler.tick(now: bench.now)
        while let wake = again.wake, wake <= bench.now {
            connects += again.connects + bench.resolve(again).connects
            again = bench.scheduler.tick(now: bench.now)
        }
        #expect(bench.scheduler.probes[.failing] <= 2)
        #expect(bench.scheduler.probes[.failing] + bench.scheduler.probes[.fresh] <= 8)
    }

    @Test func sameMessageTwiceGoesOutOnce() throws {
        var bench = Bench()
        let message = DeliveryScheduler.QueuedMessage(
            id: SubmissionID(rawValue: 9), customer: nil, expires: bench.now + .seconds(60), noticeAt: nil,
            parts: [.init(destination: try mailDestination("example.org"), recipients: .one(0))])
        #expect(bench.scheduler.enqueue(message, now: bench.now).resolves == 1)
        #expect(bench.scheduler.enqueue(message, now: bench.now).isEmpty)
        bench.scheduler.cancel(message.id, now: bench.now)
        #expect(!bench.scheduler.contains(message.id))
        #expect(bench.scheduler.deliveries.count == 0)
    }

    @Test func stoppedSchedulerSendsNothingMore() throws {
        var bench = Bench()
        let key = try mailDestination("example.org")
        let (_, actions) = bench.enqueue(key)
        _ = bench.enqueue(key)
        let connects = bench.resolve(actions).connects
        let send = try #require(bench.scheduler.connected(connects[0], now: bench.now).sends.first)
        #expect(bench.scheduler.stop(now: bench.now).isEmpty)
        let end = bench.scheduler.finished(
            send.delivery, on: send.connection, [.delivered], connection: .usable, now: bench.now)
        #expect(end.sends.isEmpty)
        #expect(end.closes == [send.connection])
        #expect(bench.scheduler.connected(connects[1], now: bench.now).closes == [connects[1]])
        #expect(bench.scheduler.connections.count == 0)
    }
}
