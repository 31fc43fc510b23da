import MailTypes

/// What the traffic as a whole shows: refusals by receivers, the queue, firewalls against the mail log.
struct TrafficFindings {
    private let builder: FindingsBuilder
    private var analysis: LogAnalysis { builder.analysis }

    init(_ builder: FindingsBuilder) { self.builder = builder }

    func build() -> [Finding] { reputation() + queue() + secondSenders() + strangers() + forgotten() }

    private func reputation() -> [Finding] {
        let seen = analysis.totals.reputation
        var found: [Finding] = []
        if seen.blocklist >= 3 {
            found.append(
                finding(
                    .blocklisted, min(5, logarithm2(Double(seen.blocklist)) + 1), "receivers",
                    "refused \(seen.blocklist) deliveries because this server is on a blocklist (\(seen.receivers.text) receivers)",
                    seen.first, seen.last, [seen.blocklistRef] + seen.refs, [("replies", seen.blocklist)]))
        }
        if seen.policy >= 10 {
            found.append(
                finding(
                    .refused, min(4, logarithm2(Double(seen.policy)) - 2), "receivers",
                    "refused \(seen.policy) deliveries as spam or by policy (\(seen.receivers.text) receivers)",
                    seen.first,
                    seen.last, seen.refs, [("replies", seen.policy)]))
        }
        return found
    }

    private func queue() -> [Finding] {
        let totals = analysis.totals
        guard totals.deferredPeak >= 100, !totals.deferredHours.isEmpty else { return [] }
        // Over all hours of the log, also those in which nothing was put off.
        let span = Int(analysis.lastSeconds &- analysis.firstSeconds) / 3600 + 1
        let hours = totals.deferredHours.values.sorted()
        let quiet = max(0, span - hours.count)
        let median = max(1, span / 2 < quiet ? 1 : hours[min(hours.count - 1, max(0, span / 2 - quiet))])
        guard let peak = totals.deferredHours.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
            peak.value >= 5 * median, peak.value >= 50
        else { return [] }
        let score = min(4, logarithm2(Double(peak.value) / Double(median)))
        return [
            finding(
                .deferredQueue, score, "queue",
                "grew to \(totals.deferredPeak) deferred messages; \(peak.value) were put off in one hour, usually \(median)",
                peak.key * 3600, totals.deferredPeakAt, [totals.deferredRef],
                [("deferred", totals.deferredPeak), ("hour-peak", peak.value), ("hour-median", median)])
        ]
    }

    /// Connections to port 25 that a firewall let out and the mail log does not know.
    private func secondSenders() -> [Finding] {
        analysis.settleFlows(before: .max)
        let hasMailLog = analysis.totals.delivered + analysis.totals.deferrals + analysis.totals.bounced > 0
        return analysis.flows.unknown.sorted { $0.key < $1.key }.compactMap { source, flow in
            guard hasMailLog else {
                return flow.count >= 50
                    ? secondSender(source, flow, 0, min(2, logarithm2(Double(flow.count)) - 5)) : nil
            }
            let matched = analysis.flows.known[source] ?? 0
            guard flow.count >= 10, flow.count * 20 >= matched else { return nil }
            var score = min(4.5, logarithm2(Double(flow.count)) - 2)
            if matched > 0, flow.count < matched { score -= 1.5 }
            return secondSender(source, flow, matched, score)
        }
    }

    private func secondSender(_ source: IPAddress, _ flow: FlowTable.Outgoing, _ matched: Int, _ score: Double)
        -> Finding
    {
        var found = finding(
            .secondSender, score, source.description,
            "opened \(flow.count) connections to port 25 that no mail log knows (\(matched) that it knows)", flow.first,
            flow.last, [flow.ref], [("connections", flow.count), ("known-connections", matched)])
        found.benign = matched > 0 ? "a second mail program on this host whose log was not given" : nil
        return found
    }

    private func strangers() -> [Finding] {
        guard !builder.options.provider.isEmpty else { return [] }
        let strangers = analysis.flows.incoming.filter { source, flow in
            flow.accepted && !builder.options.isKnown(source)
        }
        guard let first = strangers.min(by: { $0.value.first < $1.value.first })?.value else { return [] }
        let count = strangers.values.reduce(0) { $0 + $1.count }
        var found = finding(
            .foreignAccept, 4, "port 25",
            "was reached by \(strangers.count) addresses outside the provider's ranges (\(count) connections)",
            first.first,
            strangers.values.map(\.last).max() ?? first.last, strangers.values.prefix(5).map(\.ref),
            [("addresses", strangers.count), ("connections", count)])
        found.addresses = strangers.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.prefix(50).map {
            Finding.AddressUse(
                address: $0.key, first: $0.value.first, last: $0.value.last, logins: 0, failures: 0,
                messages: $0.value.count, recipients: 0, place: builder.places?.place($0.key)?.text)
        }
        return [found]
    }

    private func forgotten() -> [Finding] {
        let lost =
            analysis.addresses.overflow + analysis.accounts.overflow + analysis.pairs.overflow
            + analysis.flows.forgotten
        guard lost > 0 else { return [] }
        return [
            finding(
                .forgotten, 0, "analysis", "\(lost) events were counted only in sum, since the tables were full",
                analysis.firstSeconds, analysis.lastSeconds, [], [("events", lost)])
        ]
    }

    private func finding(
        _ kind: Finding.Kind, _ score: Double, _ subject: String, _ summary: String, _ start: UInt32, _ end: UInt32,
        _ refs: [EvidenceRef], _ numbers: [(name: String, value: Int)]
    ) -> Finding {
        var found = Finding(
            kind: kind, confidence: Finding.confidence(score), score: score, subject: subject, start: start, end: end,
            summary: summary)
        found.numbers = numbers
        var seen: Set<EvidenceRef> = []
        found.evidence = refs.filter { $0 != .none && seen.insert($0).inserted }.prefix(6).map { Finding.Evidence($0) }
        found.advice = Advice.lines(kind, subject)
        return found
    }
}
