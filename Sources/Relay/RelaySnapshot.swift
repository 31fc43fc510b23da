package import MailTypes

/// The relay's state at one moment, for metrics and `sluice spool status`. Bounded whatever the queue holds.
package struct RelaySnapshot: Sendable {
    /// Deliveries (a message to one destination) in all.
    package var queued: Int
    package var ready: Int
    package var waiting: Int
    package var inFlight: Int
    package var queuedByPool: [EgressPool.Kind: Int]
    package var connections: Int
    package var destinations: Int
    /// Those with most deliveries, most first.
    package var top: [DestinationSnapshot]
    package var counters: DeliveryScheduler.Counters
    /// Recipients per second, over the last minute.
    package var deliveredPerSecond: Double
    package var failedPerSecond: Double
    /// Messages and bytes kept in memory.
    package var messagesInMemory: Int
    package var memory: ByteCount
    package var writesUnderWay: Int
    /// What a former process left in the spool is still being read.
    package var isLoading: Bool
}

package struct DestinationSnapshot: Sendable, Hashable {
    package var key: DestinationKey
    package var queued: Int
    package var connections: Int
    /// Connections allowed at the moment.
    package var limit: Int
    /// Failed probes in a row.
    package var failures: Int
    /// When the next connection may be tried; `nil` when it may be now.
    package var postponedUntil: Timestamp?
}
