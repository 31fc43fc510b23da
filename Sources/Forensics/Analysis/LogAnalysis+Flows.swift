import LogFormats
import MailTypes

/// Connections to port 25 that firewalls logged.
struct FlowTable {
    struct Outgoing {
        var source: IPAddress
        var destination: IPAddress
        var first: UInt32
        var last: UInt32
        var count: Int
        var ref: EvidenceRef
    }

    struct Incoming {
        var first: UInt32
        var last: UInt32
        var count: Int
        var ref: EvidenceRef
        var accepted: Bool
    }

    /// Accepted connections out that the mail log may still come to know, by source, destination and ten minutes.
    var pending: [UInt64: Outgoing] = [:]
    var pendingBucket: UInt32 = 0
    /// By source: connections that the mail log knows, and the sum of those that it does not.
    var known: [IPAddress: Int] = [:]
    var unknown: [IPAddress: Outgoing] = [:]
    /// Connections in, by source.
    var incoming: [IPAddress: Incoming] = [:]
    var forgotten = 0

    static let limit = 100_000
}

extension LogAnalysis {
    func take(_ flow: Flow, times: UInt32, _ now: UInt32, _ ref: EvidenceRef) {
        totals.flows += flow.count * Int(times)
        guard flow.destinationPort == 25 else { return }
        let count = flow.count * Int(times)
        if isOutgoing(flow) {
            if flow.accepted { takeOutgoing(flow, count, now, ref) }
            return
        }
        if var known = flows.incoming[flow.source] {
            known.last = max(known.last, now)
            known.count += count
            if flow.accepted, !known.accepted { known.ref = ref }
            known.accepted = known.accepted || flow.accepted
            flows.incoming[flow.source] = known
        } else if flows.incoming.count < FlowTable.limit {
            flows.incoming[flow.source] = FlowTable.Incoming(
                first: now, last: now, count: count, ref: ref, accepted: flow.accepted)
        } else {
            flows.forgotten += count
        }
    }

    private func takeOutgoing(_ flow: Flow, _ count: Int, _ now: UInt32, _ ref: EvidenceRef) {
        if now / 600 != flows.pendingBucket {
            flows.pendingBucket = now / 600
            settleFlows(before: flows.pendingBucket &- min(2, flows.pendingBucket))
        }
        let key = relayKey(flow.destination, now / 600) ^ hasher.hash(AddressTable.key(flow.source).low, 0xf10)
        if var entry = flows.pending[key] {
            entry.last = max(entry.last, now)
            entry.count += count
            flows.pending[key] = entry
        } else if flows.pending.count < FlowTable.limit {
            flows.pending[key] = FlowTable.Outgoing(
                source: flow.source, destination: flow.destination, first: now, last: now, count: count, ref: ref)
        } else {
            flows.forgotten += count
        }
    }

    /// Decides the connections older than `bucket`: the mail log has had its time to tell of them.
    func settleFlows(before bucket: UInt32) {
        let hasMailLog = totals.firstDelivery > 0
        for (key, flow) in flows.pending where flow.first / 600 < bucket {
            // The mail log has not come so far: it may yet tell, and if it ends before, it proves nothing.
            if hasMailLog || bucket < .max, totals.lastDelivery < flow.first { continue }
            flows.pending[key] = nil
            if hasMailLog, flow.first &+ 600 < totals.firstDelivery { continue }
            let start = flow.first / 600
            let isKnown = (start - min(1, start)...flow.last / 600 + 1).contains {
                relays.contains(relayKey(flow.destination, $0))
            }
            if isKnown {
                flows.known[flow.source, default: 0] += flow.count
            } else if var entry = flows.unknown[flow.source] {
                entry.count += flow.count
                if flow.first < entry.first { (entry.first, entry.ref) = (flow.first, flow.ref) }
                entry.last = max(entry.last, flow.last)
                flows.unknown[flow.source] = entry
            } else if flows.unknown.count < FlowTable.limit {
                flows.unknown[flow.source] = flow
            } else {
                flows.forgotten += flow.count
            }
        }
    }

    private func isOutgoing(_ flow: Flow) -> Bool {
        switch flow.direction {
        case .outgoing: true
        case .incoming: false
        case .forwarded, .unknown: flow.source.isInside && !flow.destination.isInside
        }
    }
}
