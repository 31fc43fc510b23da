import MailTypes
import NIOCore

extension DeliveryScheduler {
    /// One message on its way to one destination: about 90 bytes.
    struct Delivery: Sendable {
        var message = SubmissionID(rawValue: 0)
        var recipients = RecipientNumbers.none
        var destination: Int32 = -1
        var customer: Int32 = 0
        /// The message's other deliveries.
        var sibling: Int32 = -1
        var elderSibling: Int32 = -1
        /// Neighbours in the lane, while ready.
        var previous: Int32 = -1
        var next: Int32 = -1
        /// Microseconds.
        var expires: Int64 = .max
        var noticeAt: Int64 = .max
        var attempts: UInt16 = 0
        var state = State.waiting
        var isCancelled = false

        var deadline: Int64 { min(expires, noticeAt) }

        enum State: UInt8, Sendable { case ready, waiting, inFlight }
    }

    /// One customer's ready deliveries within a destination.
    struct Lane: Sendable {
        var first: Int32 = -1
        var last: Int32 = -1
    }

    struct Destination: Sendable {
        var key: DestinationKey?
        /// Lanes in turn, each at most once; one may have run empty meanwhile.
        var turns = CircularBuffer<Int32>(initialCapacity: 1)
        var lanes: [Int32: Lane] = [:]
        var ready = 0
        /// Deliveries in any state.
        var total = 0
        var connecting = 0
        /// Established, busy or idle.
        var established = 0
        /// The one used last, last: it is the least likely to have been closed.
        var idle: [Int32] = []
        var limit: Double = 1
        var resolution = ResolutionState.none
        /// A connection stood since the last failed probe.
        var hasAnswered = false
        /// Failed probes in a row.
        var failures = 0
        /// Transactions in a row that ended in trouble.
        var streak = 0
        /// No new connection before.
        var notBefore: Int64 = 0

        enum ResolutionState: Sendable {
            case none, resolving
            case usable(until: Int64)
            case broken(until: Int64)
        }

        var standing: Standing {
            if hasAnswered { return .proven }
            return failures > 0 ? .failing : .fresh
        }

        var isUnused: Bool {
            if case .resolving = resolution { return false }
            return total == 0 && connecting == 0 && established == 0
        }
    }

    struct Connection: Sendable {
        var destination: Int32 = -1
        /// The delivery in flight.
        var busy: Int32 = -1
        var isEstablished = false
        /// The destination's when the connection was opened.
        var standing = Standing.fresh
        var messages = 0
        /// Closed while its transaction's end was not yet told.
        var isClosed = false
    }

    func handle(delivery: Int32) -> DeliveryHandle {
        DeliveryHandle(index: delivery, generation: deliveries.generation(delivery))
    }

    func handle(connection: Int32) -> ConnectionHandle {
        ConnectionHandle(index: connection, generation: connections.generation(connection))
    }

    func handle(destination: Int32) -> DestinationHandle {
        DestinationHandle(index: destination, generation: destinations.generation(destination))
    }

    // MARK: deliveries

    /// Links a delivery into its customer's lane.
    mutating func makeReady(_ handle: Int32, atFront: Bool) {
        steps &+= 1
        deliveries[handle].state = .ready
        let customer = deliveries[handle].customer
        let destination = deliveries[handle].destination
        var lane: Lane
        if let known = destinations[destination].lanes[customer] {
            lane = known
        } else {
            lane = Lane()
            destinations[destination].turns.append(customer)
        }
        if lane.first < 0 {
            lane.first = handle
            lane.last = handle
            deliveries[handle].previous = -1
            deliveries[handle].next = -1
        } else if atFront {
            deliveries[handle].previous = -1
            deliveries[handle].next = lane.first
            deliveries[lane.first].previous = handle
            lane.first = handle
        } else {
            deliveries[handle].next = -1
            deliveries[handle].previous = lane.last
            deliveries[lane.last].next = handle
            lane.last = handle
        }
        destinations[destination].lanes[customer] = lane
        destinations[destination].ready += 1
    }

    /// Takes a delivery out of its lane, wherever it stands there.
    mutating func unlink(_ handle: Int32) {
        steps &+= 1
        let (previous, next) = (deliveries[handle].previous, deliveries[handle].next)
        let destination = deliveries[handle].destination
        let customer = deliveries[handle].customer
        guard var lane = destinations[destination].lanes[customer] else { return }
        if previous >= 0 { deliveries[previous].next = next } else { lane.first = next }
        if next >= 0 { deliveries[next].previous = previous } else { lane.last = previous }
        destinations[destination].lanes[customer] = lane
        destinations[destination].ready -= 1
    }

    /// The next ready delivery, customers in turn.
    mutating func popReady(_ destination: Int32) -> Int32? {
        while let customer = destinations[destination].turns.popFirst() {
            steps &+= 1
            guard let lane = destinations[destination].lanes[customer], lane.first >= 0 else {
                destinations[destination].lanes[customer] = nil
                continue
            }
            let handle = lane.first
            unlink(handle)
            if deliveries[handle].next >= 0 {
                destinations[destination].turns.append(customer)
            } else {
                destinations[destination].lanes[customer] = nil
            }
            return handle
        }
        return nil
    }

    mutating func wait(_ handle: Int32, until time: Int64) {
        deliveries[handle].state = .waiting
        retries.set(handle, to: time)
        waiting += 1
    }

    /// Takes a delivery that is not in flight out of its queue.
    mutating func detach(_ handle: Int32) {
        switch deliveries[handle].state {
        case .ready: unlink(handle)
        case .waiting:
            retries.remove(handle)
            waiting -= 1
        case .inFlight: return
        }
        deadlines.remove(handle)
    }

    /// Frees a delivery that is in no queue. Answers whether it was its message's last one.
    @discardableResult
    mutating func release(_ handle: Int32) -> Bool {
        let message = deliveries[handle].message
        let destination = deliveries[handle].destination
        let sibling = deliveries[handle].sibling
        deadlines.remove(handle)
        destinations[destination].total -= 1
        var isLast = false
        let elder = deliveries[handle].elderSibling
        if sibling >= 0 { deliveries[sibling].elderSibling = elder }
        if elder >= 0 {
            deliveries[elder].sibling = sibling
        } else {
            messages[message] = sibling >= 0 ? sibling : nil
            isLast = sibling < 0
        }
        deliveries.remove(handle)
        return isLast
    }
}
