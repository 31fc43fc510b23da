package import MailTypes

extension DeliveryScheduler {
    /// The connection stands, past its greeting, TLS and AUTH.
    package mutating func connected(_ handle: ConnectionHandle, now: Timestamp) -> [Action] {
        var actions: [Action] = []
        guard connections.isCurrent(handle.index, handle.generation), !connections[handle.index].isEstablished else {
            return actions
        }
        let destination = connections[handle.index].destination
        connections[handle.index].isEstablished = true
        probes[connections[handle.index].standing] -= 1
        destinations[destination].connecting -= 1
        destinations[destination].established += 1
        destinations[destination].hasAnswered = true
        next(on: handle.index, now, &actions)
        feedStarved(now, &actions)
        return finish(&actions)
    }

    /// No connection came about: refused, timed out, greeted with 4xx or 5xx, TLS or AUTH failed.
    package mutating func connectFailed(_ handle: ConnectionHandle, now: Timestamp) -> [Action] {
        var actions: [Action] = []
        guard connections.isCurrent(handle.index, handle.generation), !connections[handle.index].isEstablished else {
            return actions
        }
        let destination = connections[handle.index].destination
        probes[connections[handle.index].standing] -= 1
        connections.remove(handle.index)
        destinations[destination].connecting -= 1
        counters.connectionsFailed += 1
        slowDown(destination)
        if destinations[destination].established > 0 {
            // The receiver takes fewer than we want: live with those we have.
            let pause = (now + settings.connectPause).microseconds
            destinations[destination].notBefore = max(destinations[destination].notBefore, pause)
        } else if destinations[destination].notBefore <= now.microseconds {
            // The hosts are asked for anew before the next probe: they may have moved.
            destinations[destination].resolution = .none
            postpone(destination, now, &actions)
        }
        pump(destination, now, &actions)
        feedStarved(now, &actions)
        return finish(&actions)
    }

    /// A transaction ended, or could not begin. `dispositions` stand in the order of the recipients that were sent.
    package mutating func finished(
        _ handle: DeliveryHandle, on connection: ConnectionHandle, _ dispositions: [Disposition],
        connection state: ConnectionState, now: Timestamp
    ) -> [Action] {
        var actions: [Action] = []
        guard connections.isCurrent(connection.index, connection.generation),
            connections[connection.index].busy == handle.index,
            deliveries.isCurrent(handle.index, handle.generation)
        else { return actions }
        let destination = connections[connection.index].destination
        connections[connection.index].busy = -1
        inFlight -= 1
        // On a fresh connection there is no excuse: it counts as an attempt, or it could go on for ever.
        let isKept = connections[connection.index].messages > 1
        let state = state == .neverStarted && !isKept ? .troubled : state
        if state == .neverStarted {
            putBack(handle.index, &actions)
        } else {
            settle(handle.index, dispositions, now, &actions)
        }
        switch state {
        case .neverStarted: break
        case .usable, .ended:
            if dispositions.contains(where: { $0 != .deferred }) || state == .usable { speedUp(destination) }
        case .troubled:
            slowDown(destination)
            destinations[destination].streak += 1
        }
        if state == .usable, accepting, !connections[connection.index].isClosed,
            connections[connection.index].messages < settings.messagesPerConnection
        {
            next(on: connection.index, now, &actions)
        } else {
            close(connection.index, &actions)
            if destinations[destination].streak >= settings.failureStreak {
                postpone(destination, now, &actions)
            }
            pump(destination, now, &actions)
            feedStarved(now, &actions)
        }
        return finish(&actions)
    }

    /// The other side closed the connection. One that is busy ends with its transaction.
    package mutating func closed(_ handle: ConnectionHandle, now: Timestamp) -> [Action] {
        var actions: [Action] = []
        guard connections.isCurrent(handle.index, handle.generation) else { return actions }
        guard connections[handle.index].isEstablished else { return connectFailed(handle, now: now) }
        connections[handle.index].isClosed = true
        guard connections[handle.index].busy < 0 else { return actions }
        let destination = connections[handle.index].destination
        if let place = destinations[destination].idle.firstIndex(of: handle.index) {
            destinations[destination].idle.remove(at: place)
        }
        idleTimers.remove(handle.index)
        connections.remove(handle.index)
        destinations[destination].established -= 1
        pump(destination, now, &actions)
        feedStarved(now, &actions)
        return finish(&actions)
    }

    mutating func start(_ delivery: Int32, on connection: Int32, _ actions: inout [Action]) {
        deadlines.remove(delivery)
        deliveries[delivery].state = .inFlight
        connections[connection].busy = delivery
        connections[connection].messages += 1
        inFlight += 1
        actions.append(
            .send(
                handle(delivery: delivery), deliveries[delivery].message, deliveries[delivery].recipients,
                handle(connection: connection)))
    }

    /// Gives a free connection its next delivery, or lets it wait for one.
    private mutating func next(on connection: Int32, _ now: Timestamp, _ actions: inout [Action]) {
        let destination = connections[connection].destination
        let others = destinations[destination].established + destinations[destination].connecting
        let isTooMany = others > max(1, Int(destinations[destination].limit))
        if accepting, !isTooMany, let delivery = popReady(destination) {
            start(delivery, on: connection, &actions)
            // The limit may have grown.
            pump(destination, now, &actions)
        } else if accepting, !isTooMany, !isOverfull {
            destinations[destination].idle.append(connection)
            idleTimers.set(connection, to: (now + settings.idleTime).microseconds)
        } else {
            close(connection, &actions)
            pump(destination, now, &actions)
            feedStarved(now, &actions)
        }
    }

    /// Closes a connection that is neither busy nor in the idle list.
    private mutating func close(_ connection: Int32, _ actions: inout [Action]) {
        let destination = connections[connection].destination
        actions.append(.close(handle(connection: connection)))
        connections.remove(connection)
        destinations[destination].established -= 1
    }

    /// Closes an idle connection whose timer was removed.
    mutating func closeIdle(_ connection: Int32, _ now: Timestamp, _ actions: inout [Action]) {
        let destination = connections[connection].destination
        if let place = destinations[destination].idle.firstIndex(of: connection) {
            destinations[destination].idle.remove(at: place)
        }
        close(connection, &actions)
        rememberIfEmpty(destination, now)
    }

    private mutating func speedUp(_ destination: Int32) {
        if destinations[destination].failures > 0 {
            destinations[destination].failures = 0
            destinations[destination].notBefore = 0
        }
        destinations[destination].streak = 0
        let limit = destinations[destination].limit
        destinations[destination].limit = min(limit + 1 / limit, Double(settings.maximumConcurrency))
    }

    private mutating func slowDown(_ destination: Int32) {
        destinations[destination].limit = max(1, destinations[destination].limit / 2)
    }

    /// Back to the head of its lane, without an attempt counted.
    private mutating func putBack(_ delivery: Int32, _ actions: inout [Action]) {
        if deliveries[delivery].isCancelled {
            release(delivery)
            return
        }
        makeReady(delivery, atFront: true)
        deadlines.set(delivery, to: deliveries[delivery].deadline)
    }

    /// Turns a transaction's replies into the delivery's next state and its outcome.
    private mutating func settle(
        _ delivery: Int32, _ dispositions: [Disposition], _ now: Timestamp, _ actions: inout [Action]
    ) {
        let sent = deliveries[delivery].recipients
        var outcome = Outcome(
            message: deliveries[delivery].message, destination: handle(destination: deliveries[delivery].destination))
        deliveries[delivery].attempts &+= 1
        outcome.attempts = deliveries[delivery].attempts
        let isExpired = deliveries[delivery].expires <= now.microseconds
        var left = RecipientNumbers.none
        var isAgain = false
        if case .one = sent, let only = dispositions.first {
            switch only {
            case .delivered: outcome.delivered = sent
            case .failed: outcome.failed = sent
            case .deferred, .again: left = sent
            }
        } else {
            sort(sent.numbers, dispositions, &outcome, &left, &isAgain)
        }
        if isExpired, !left.isEmpty {
            outcome.failed = RecipientNumbers((outcome.failed.numbers + left.numbers).sorted())
            outcome.cause = .expired
            left = .none
        }
        counters.delivered += outcome.delivered.count
        counters.failed += outcome.failed.count
        if left.isEmpty || deliveries[delivery].isCancelled {
            outcome.isLast = release(delivery)
        } else {
            deliveries[delivery].recipients = left
            outcome.deferred = left
            deadlines.set(delivery, to: deliveries[delivery].deadline)
            if isAgain {
                outcome.nextAttempt = now
                makeReady(delivery, atFront: true)
            } else {
                let pause = settings.retries.wait(after: Int(outcome.attempts), random: random.nextUnit())
                let next = min(now + pause, Timestamp(microseconds: deliveries[delivery].expires))
                outcome.nextAttempt = next
                counters.deferred += left.count
                wait(delivery, until: next.microseconds)
            }
        }
        actions.append(.outcome(outcome))
    }

    /// Sorts several recipients by what became of them. A recipient without a disposition is deferred.
    private func sort(
        _ sent: [Int], _ dispositions: [Disposition], _ outcome: inout Outcome, _ left: inout RecipientNumbers,
        _ isAgain: inout Bool
    ) {
        var (delivered, failed, deferred): ([Int], [Int], [Int]) = ([], [], [])
        var again = 0
        for (place, recipient) in sent.enumerated() {
            switch place < dispositions.count ? dispositions[place] : .deferred {
            case .delivered: delivered.append(recipient)
            case .failed: failed.append(recipient)
            case .deferred: deferred.append(recipient)
            case .again:
                deferred.append(recipient)
                again += 1
            }
        }
        outcome.delivered = RecipientNumbers(delivered)
        outcome.failed = RecipientNumbers(failed)
        left = RecipientNumbers(deferred)
        // At once only if something was delivered, so that it cannot go on for ever, and nothing was truly deferred.
        isAgain = again > 0 && again == deferred.count && !delivered.isEmpty
    }
}
