package import MailTypes

/// Decides when which message goes over which connection. A pure state machine: it is told what happened and answers
/// what to do; it holds no socket, no clock and no text.
///
/// ## Purpose
/// One dead or slow destination must cost the living ones nothing: every destination has its own queue, its own number
/// of connections, and its own back-off. Within a destination the customers take turns, so that one customer's newsletter
/// does not stand before everyone's letters.
///
/// ## Function
/// A *delivery* is one message to one destination with at most `recipientsPerTransaction` recipients. It is *ready*
/// (linked in its customer's lane), *waiting* for its retry time, or *in flight* on a connection. A destination is resolved
/// before the first connection; failures to connect put the destination off as a whole, its deliveries stay untouched:
/// a dead destination costs one probe, not one per message. Answers of 4xx put off only the delivery.
///
/// Concurrency per destination starts small, grows by one for each round of successes, and halves on failed connections
/// and 421. Destinations that never answered, and those that failed last, may use only a share of all connections while they
/// are being opened: thousands of dead domains with long timeouts leave places for the living. Each event does a bounded
/// amount of work; what is left is done by the `tick` that a `wakeAt` asked for.
package struct DeliveryScheduler: Sendable {
    package var settings: Settings
    /// Things that happened so far, by kind.
    package internal(set) var counters = Counters()
    var deliveries = Slab(blank: Delivery())
    var destinations = Slab(blank: Destination())
    var connections = Slab(blank: Connection())
    var index: [DestinationKey: Int32] = [:]
    /// The first of each message's deliveries; the others are linked from there.
    var messages: [SubmissionID: Int32] = [:]
    var customers: [CustomerID: Int32] = [:]
    /// Retry times of waiting deliveries.
    var retries = IndexedHeap()
    /// Expiry and delay notice, whichever is next, of deliveries that are not in flight.
    var deadlines = IndexedHeap()
    /// End of a back-off or of a resolution's validity; time to forget an empty destination.
    var destinationTimers = IndexedHeap()
    var idleTimers = IndexedHeap()
    /// Destinations that want a connection and have to wait for a place, by standing, in the order of asking.
    var starved = Standings(IndexQueue())
    /// Connections that are being opened, by the standing that their destination had.
    var probes = Standings(0)
    /// Destinations that failed for good and still have deliveries to fail.
    var draining = IndexQueue()
    var inFlight = 0
    var waiting = 0
    var accepting = true
    var random: SplitMix64
    private var announcedWake: Int64 = .max
    /// Queue steps so far; with the heaps' steps, what the tests bound.
    var steps = 0

    package init(settings: Settings = Settings(), seed: UInt64) {
        self.settings = settings
        random = SplitMix64(seed: seed)
    }

    /// Steps of all data structures so far: tests bound the work of an event by the difference.
    package var operations: Int {
        steps &+ retries.steps &+ deadlines.steps &+ destinationTimers.steps &+ idleTimers.steps
    }

    /// Whether the message has deliveries that are not settled.
    package func contains(_ message: SubmissionID) -> Bool { messages[message] != nil }

    /// Takes a message. One that is here already is left alone: it must not go out twice.
    package mutating func enqueue(_ message: QueuedMessage, now: Timestamp) -> [Action] {
        var actions: [Action] = []
        guard messages[message.id] == nil else { return actions }
        let customer = number(of: message.customer)
        counters.enqueued += 1
        for part in message.parts {
            let destination = number(of: part.destination)
            for slice in part.recipients.slices(settings.recipientsPerTransaction) {
                let handle = deliveries.insert(
                    Delivery(
                        message: message.id, recipients: slice, destination: destination, customer: customer,
                        sibling: messages[message.id] ?? -1, expires: message.expires.microseconds,
                        noticeAt: message.noticeAt?.microseconds ?? .max, attempts: part.attempts))
                if let sibling = messages[message.id] { deliveries[sibling].elderSibling = handle }
                messages[message.id] = handle
                destinations[destination].total += 1
                deadlines.set(handle, to: deliveries[handle].deadline)
                if let notBefore = part.notBefore, notBefore > now {
                    wait(handle, until: notBefore.microseconds)
                } else {
                    makeReady(handle, atFront: false)
                }
            }
            pump(destination, now, &actions)
        }
        return finish(&actions)
    }

    /// Time passed: retries, back-offs, idle connections, deadlines.
    package mutating func tick(now: Timestamp) -> [Action] {
        var actions: [Action] = []
        announcedWake = .max
        var budget = settings.workPerEvent
        while budget > 0, let connection = idleTimers.popDue(now.microseconds) {
            budget -= 1
            closeIdle(connection, now, &actions)
        }
        while budget > 0, let handle = deadlines.popDue(now.microseconds) {
            budget -= 1
            deadlineReached(handle, now, &actions)
        }
        while budget > 0, let handle = retries.popDue(now.microseconds) {
            budget -= 1
            waiting -= 1
            makeReady(handle, atFront: false)
            pump(deliveries[handle].destination, now, &actions)
        }
        while budget > 0, let destination = destinationTimers.popDue(now.microseconds) {
            budget -= 1
            timerReached(destination, now, &actions)
        }
        drain(&budget, now, &actions)
        feedStarved(now, &actions)
        return finish(&actions)
    }

    /// Sends nothing more; what is in flight may finish, idle connections are closed.
    package mutating func stop(now: Timestamp) -> [Action] {
        accepting = false
        var actions: [Action] = []
        while let next = idleTimers.first {
            idleTimers.remove(next.index)
            closeIdle(next.index, now, &actions)
        }
        return actions
    }

    /// Forgets a message's deliveries, because the message was deleted or held again. Those in flight run to their end,
    /// which is then reported as usual.
    package mutating func cancel(_ message: SubmissionID, now: Timestamp) {
        var next = messages[message] ?? -1
        while next >= 0 {
            let handle = next
            next = deliveries[handle].sibling
            if deliveries[handle].state == .inFlight {
                deliveries[handle].isCancelled = true
            } else {
                let destination = deliveries[handle].destination
                detach(handle)
                release(handle)
                rememberIfEmpty(destination, now)
            }
        }
    }

    /// Appends the next time to wake, when it is earlier than the one announced before.
    mutating func finish(_ actions: inout [Action]) -> [Action] {
        var next = Int64.max
        if accepting {
            for heap in [retries.first, deadlines.first, destinationTimers.first, idleTimers.first] {
                if let heap { next = min(next, heap.time) }
            }
            if !draining.isEmpty { next = 0 }
        }
        if next < announcedWake {
            announcedWake = next
            actions.append(.wakeAt(Timestamp(microseconds: next)))
        }
        return actions
    }

    private mutating func number(of customer: CustomerID?) -> Int32 {
        guard let customer else { return 0 }
        if let known = customers[customer] { return known }
        let number = Int32(customers.count + 1)
        customers[customer] = number
        return number
    }

    private mutating func number(of key: DestinationKey) -> Int32 {
        if let known = index[key] { return known }
        let number = destinations.insert(Destination(key: key, limit: Double(settings.initialConcurrency)))
        index[key] = number
        return number
    }
}
