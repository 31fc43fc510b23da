package import MailTypes

extension DeliveryScheduler {
    /// The hosts were looked for.
    package mutating func resolved(
        _ handle: DestinationHandle, _ resolution: Resolution, now: Timestamp
    ) -> [Action] {
        var actions: [Action] = []
        guard destinations.isCurrent(handle.index, handle.generation) else { return actions }
        let destination = handle.index
        switch resolution {
        case .usable(let until):
            destinations[destination].resolution = .usable(until: until.microseconds)
            pump(destination, now, &actions)
        case .temporary:
            destinations[destination].resolution = .none
            postpone(destination, now, &actions)
        case .permanent(let until):
            destinations[destination].resolution = .broken(until: until.microseconds)
            draining.append(destination)
        }
        var budget = settings.workPerEvent
        drain(&budget, now, &actions)
        return finish(&actions)
    }

    /// Gives ready deliveries to idle connections, and opens what is missing.
    mutating func pump(_ destination: Int32, _ now: Timestamp, _ actions: inout [Action]) {
        steps &+= 1
        guard accepting, destinations[destination].key != nil else { return }
        while destinations[destination].ready > 0, let connection = destinations[destination].idle.popLast() {
            idleTimers.remove(connection)
            guard let delivery = popReady(destination) else { break }
            start(delivery, on: connection, &actions)
        }
        guard destinations[destination].ready > 0 else {
            rememberIfEmpty(destination, now)
            return
        }
        switch destinations[destination].resolution {
        case .resolving: return
        case .broken(let until) where until > now.microseconds:
            draining.append(destination)
            return
        case .usable(let until) where until > now.microseconds: break
        case .none, .broken, .usable:
            guard destinations[destination].notBefore <= now.microseconds, let key = destinations[destination].key
            else { return arm(destination) }
            destinations[destination].resolution = .resolving
            actions.append(.resolve(handle(destination: destination), key))
            return
        }
        open(destination, now, &actions)
    }

    private mutating func open(_ destination: Int32, _ now: Timestamp, _ actions: inout [Action]) {
        let (connecting, established) = (destinations[destination].connecting, destinations[destination].established)
        let limit = max(1, Int(destinations[destination].limit))
        var wanted = min(destinations[destination].ready - connecting, limit - connecting - established)
        guard wanted > 0 else { return }
        guard destinations[destination].notBefore <= now.microseconds else { return arm(destination) }
        while wanted > 0 {
            steps &+= 1
            let standing = destinations[destination].standing
            guard hasPlace(for: standing) else {
                starved[standing].append(destination)
                return
            }
            if connections.count >= settings.maximumConnections {
                // An idle connection elsewhere is worth less than mail that waits.
                guard let idle = idleTimers.first else {
                    starved[standing].append(destination)
                    return
                }
                idleTimers.remove(idle.index)
                closeIdle(idle.index, now, &actions)
            }
            let connection = connections.insert(Connection(destination: destination, standing: standing))
            probes[standing] += 1
            destinations[destination].connecting += 1
            counters.connectionsOpened += 1
            actions.append(.connect(handle(connection: connection), handle(destination: destination)))
            wanted -= 1
        }
    }

    /// Whether the share of such destinations is not used up.
    private func hasPlace(for standing: Standing) -> Bool {
        switch standing {
        case .proven: true
        case .fresh: probes[.fresh] + probes[.failing] < settings.maximumProbes
        case .failing:
            probes[.failing] < settings.maximumFailingProbes
                && probes[.fresh] + probes[.failing] < settings.maximumProbes
        }
    }

    /// Whether a destination waits only because all connections are used up.
    var isOverfull: Bool {
        connections.count >= settings.maximumConnections
            && Standing.allCases.contains { !starved[$0].isEmpty && hasPlace(for: $0) }
    }

    /// A place for a connection is free: the destination that has waited longest may ask again.
    mutating func feedStarved(_ now: Timestamp, _ actions: inout [Action]) {
        for standing in Standing.allCases {
            var rounds = starved[standing].count
            while rounds > 0, connections.count < settings.maximumConnections, hasPlace(for: standing),
                let destination = starved[standing].popFirst()
            {
                rounds -= 1
                pump(destination, now, &actions)
            }
        }
    }

    /// Puts the destination off as a whole, after a failed probe or too many failed transactions.
    mutating func postpone(_ destination: Int32, _ now: Timestamp, _ actions: inout [Action]) {
        destinations[destination].failures += 1
        destinations[destination].hasAnswered = false
        destinations[destination].streak = 0
        destinations[destination].limit = 1
        let failures = destinations[destination].failures
        let until = now + settings.probes.wait(after: failures, random: random.nextUnit())
        destinations[destination].notBefore = until.microseconds
        arm(destination)
        actions.append(.postponed(handle(destination: destination), until: until, failures: failures))
    }

    /// Wakes the destination when it may connect again.
    private mutating func arm(_ destination: Int32) {
        destinationTimers.set(destination, to: destinations[destination].notBefore)
    }

    mutating func timerReached(_ destination: Int32, _ now: Timestamp, _ actions: inout [Action]) {
        if destinations[destination].isUnused {
            forget(destination)
        } else {
            pump(destination, now, &actions)
        }
    }

    /// An empty destination keeps what it learned for a while: its concurrency, or that it is dead.
    mutating func rememberIfEmpty(_ destination: Int32, _ now: Timestamp) {
        guard destinations[destination].isUnused else { return }
        let until = (now + settings.memory).microseconds
        destinationTimers.set(destination, to: max(until, destinations[destination].notBefore))
    }

    private mutating func forget(_ destination: Int32) {
        if let key = destinations[destination].key { index[key] = nil }
        destinations.remove(destination)
    }

    /// Fails the deliveries of destinations that do not exist, a bounded number at a time.
    mutating func drain(_ budget: inout Int, _ now: Timestamp, _ actions: inout [Action]) {
        var rounds = draining.count
        while budget > 0, rounds > 0, let destination = draining.popFirst() {
            rounds -= 1
            guard destinations[destination].key != nil else { continue }
            guard case .broken(let until) = destinations[destination].resolution, until > now.microseconds else {
                pump(destination, now, &actions)
                continue
            }
            while budget > 0, let delivery = popReady(destination) {
                budget -= 1
                let attempts = deliveries[delivery].attempts &+ 1
                fail(delivery, .unroutable, attempts, &actions)
            }
            if destinations[destination].ready > 0 {
                draining.append(destination)
            } else {
                rememberIfEmpty(destination, now)
            }
        }
    }

    /// Settles a delivery that is in no queue as failed.
    private mutating func fail(
        _ delivery: Int32, _ cause: Outcome.Cause, _ attempts: UInt16, _ actions: inout [Action]
    ) {
        let (message, recipients) = (deliveries[delivery].message, deliveries[delivery].recipients)
        var outcome = Outcome(message: message, destination: handle(destination: deliveries[delivery].destination))
        outcome.failed = recipients
        outcome.attempts = attempts
        outcome.cause = cause
        counters.failed += recipients.count
        outcome.isLast = release(delivery)
        actions.append(.outcome(outcome))
    }

    /// Expiry, or time for a delay notice.
    mutating func deadlineReached(_ delivery: Int32, _ now: Timestamp, _ actions: inout [Action]) {
        let destination = deliveries[delivery].destination
        if deliveries[delivery].expires <= now.microseconds {
            let attempts = deliveries[delivery].attempts
            detach(delivery)
            fail(delivery, .expired, attempts, &actions)
            rememberIfEmpty(destination, now)
        } else {
            deliveries[delivery].noticeAt = .max
            deadlines.set(delivery, to: deliveries[delivery].expires)
            actions.append(
                .delayed(
                    deliveries[delivery].message, deliveries[delivery].recipients, handle(destination: destination)))
        }
    }
}
