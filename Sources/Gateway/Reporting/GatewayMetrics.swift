import Console
import Inspection
import Journal
import MailTypes
import NIOConcurrencyHelpers
import Relay
import Response
import Spool

/// What `/metrics` shows, put together from those who know it. Bounded labels only.
struct GatewayMetrics: Sendable {
    let counters: GatewayCounters
    let inspector: Inspector
    let responder: Responder
    let spool: Spool
    let journal: JournalWriter
    private let relayState = NIOLockedValueBox<RelaySnapshot?>(nil)
    private let spoolState = NIOLockedValueBox<SpoolStatus?>(nil)

    init(counters: GatewayCounters, inspector: Inspector, responder: Responder, spool: Spool, journal: JournalWriter) {
        self.counters = counters
        self.inspector = inspector
        self.responder = responder
        self.spool = spool
        self.journal = journal
    }

    /// Takes the relay's state, some seconds old at most.
    func take(_ snapshot: RelaySnapshot?) { relayState.withLockedValue { $0 = snapshot } }

    /// Takes the spool's, half a minute old at most.
    func take(_ status: SpoolStatus?) { spoolState.withLockedValue { $0 = status } }

    func families() -> [MetricFamily] {
        var families = counters.families
        families += [
            MetricFamily(
                "sluice_stops", .gauge, "Stops in force.", [.init(Double(responder.stopCount))]),
            MetricFamily(
                "sluice_tracked_sources", .gauge, "Sources that detection remembers.",
                [.init(Double(inspector.trackedSources))]),
            MetricFamily(
                "sluice_journal_lost_total", .counter, "Events that the journal could not keep.",
                [.init(Double(journal.lost))]),
            MetricFamily(
                "sluice_spool_bytes", .gauge, "Content in the spool, with what is coming in.",
                [.init(Double(spool.size.bytes))]),
        ]
        if let spooled = spoolState.withLockedValue({ $0 }) {
            families.append(
                MetricFamily(
                    "sluice_spool_messages", .gauge, "Messages in the spool, by state.",
                    [
                        .init(Double(spooled.queued.messages), labels: [("state", "queued")]),
                        .init(Double(spooled.held.messages), labels: [("state", "held")]),
                    ]))
        }
        if let relay = relayState.withLockedValue({ $0 }) {
            families += [
                MetricFamily(
                    "sluice_deliveries", .gauge, "Deliveries (a message to one destination) now, by state.",
                    [
                        .init(Double(relay.ready), labels: [("state", "ready")]),
                        .init(Double(relay.waiting), labels: [("state", "waiting")]),
                        .init(Double(relay.inFlight), labels: [("state", "in-flight")]),
                    ]),
                MetricFamily(
                    "sluice_delivery_connections", .gauge, "Connections to other hosts.",
                    [.init(Double(relay.connections))]),
                MetricFamily(
                    "sluice_destinations", .gauge, "Destinations with mail or a memory.",
                    [.init(Double(relay.destinations))]),
                MetricFamily(
                    "sluice_relay_memory_bytes", .gauge, "Fresh messages kept in memory.",
                    [.init(Double(relay.memory.bytes))]),
            ]
        }
        return families
    }
}
