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

    /// Accepted connections out, by source, destination and ten minutes.
    var outgoing: [UInt64: Outgoing] = [:]
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
            guard flow.accepted else { return }
            let key = relayKey(flow.destination, now / 600) ^ hasher.hash(AddressTable.key(flow.source).low, 0xf10)
            if var known = flows.outgoing[key] {
                known.last = max(known.last, now)
                known.count += count
                flows.outgoing[key] = known
            } else if flows.outgoing.count < FlowTable.limit {
                flows.outgoing[key] = FlowTable.Outgoing(
                    source: flow.source, destination: flow.destination, first: now, last: now, count: count, ref: ref)
            } else {
                flows.forgotten += count
            }
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

    private func isOutgoing(_ flow: Flow) -> Bool {
        switch flow.direction {
        case .outgoing: true
        case .incoming: false
        case .forwarded, .unknown: flow.source.isInside && !flow.destination.isInside
        }
    }
}
