package import MailTypes

extension DeliveryScheduler {
    package var destinationCount: Int { destinations.count }
    package var queuedCount: Int { deliveries.count }
    package var inFlightCount: Int { inFlight }
    package var waitingCount: Int { waiting }
    package var connectionCount: Int { connections.count }

    package func isCurrent(_ handle: DestinationHandle) -> Bool {
        destinations.isCurrent(handle.index, handle.generation)
    }

    /// Deliveries that a destination has.
    package func queued(at handle: DestinationHandle) -> Int {
        isCurrent(handle) ? destinations[handle.index].total : 0
    }

    /// The destinations with most deliveries, and how many deliveries each pool has. Goes through all destinations.
    package func overview(top: Int, now: Timestamp) -> (top: [DestinationSnapshot], byPool: [EgressPool.Kind: Int]) {
        var byPool: [EgressPool.Kind: Int] = [:]
        var list: [DestinationSnapshot] = []
        for (key, number) in index {
            let destination = destinations[number]
            byPool[key.pool, default: 0] += destination.total
            let until = Timestamp(microseconds: destination.notBefore)
            list.append(
                DestinationSnapshot(
                    key: key, queued: destination.total, connections: destination.established + destination.connecting,
                    limit: Int(destination.limit), failures: destination.failures,
                    postponedUntil: until > now ? until : nil))
        }
        list.sort { $0.queued > $1.queued }
        return (Array(list.prefix(top)), byPool)
    }
}
