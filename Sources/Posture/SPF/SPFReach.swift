package import MailTypes

/// Whom a record lets send, whatever the sender: does it authorise the world?
package struct SPFReach: Sendable, Hashable {
    /// Terms with `+all`, each with its domain: everybody may send.
    package var open: [String] = []
    /// Networks that pass, with the term that lets them.
    package var networks: [IPNetwork: String] = [:]
    /// Terms whose reach depends on the message or on the peer's own DNS, as `exists` with macros and `ptr`.
    package var undecided: [String] = []
    /// What could not be looked up or read.
    package var problems: [String] = []
    /// One of the problems is a record's own fault, not a failure of DNS.
    package var isFaulty = false
    /// The answer for whom nothing matches: `nil` if the record is missing or cannot be read.
    package var fallback: SPFResult?
    /// Terms that ask DNS, counted as if nothing matched.
    package var lookups = 0

    /// Two million: four times what the largest mail providers' own records hold.
    package static let wide: UInt64 = 1 << 21
    /// A sixteenth of a percent of the addresses that exist are not one organisation's mail hosts: a /8.
    package static let world: UInt64 = 1 << 24
    /// Records and networks that are followed.
    static let maximumNetworks = 4096

    /// Different IPv4 addresses that pass.
    package var ipv4Count: UInt64 {
        let ranges = networks.keys.compactMap { network -> ClosedRange<UInt64>? in
            guard case .v4(let first) = network.first, case .v4(let last) = network.last else { return nil }
            return UInt64(first)...UInt64(last)
        }
        var total: UInt64 = 0
        var next: UInt64 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.upperBound >= next {
            total += range.upperBound - max(range.lowerBound, next) + 1
            next = range.upperBound + 1
        }
        return total
    }

    /// The shortest IPv6 prefix that passes; 128 without any.
    package var shortestIPv6Prefix: Int {
        networks.keys.filter { !$0.first.isIPv4 }.map(\.prefixLength).min() ?? 128
    }

    /// Anybody, or nearly so.
    package var isWorld: Bool { !open.isEmpty || ipv4Count >= Self.world || shortestIPv6Prefix < 16 }
    /// More than any provider needs.
    package var isWide: Bool { isWorld || ipv4Count >= Self.wide || shortestIPv6Prefix < 29 }

    /// The largest networks first.
    package var largest: [IPNetwork] {
        networks.keys.sorted { a, b in
            (a.bitWidth - a.prefixLength, b.first) > (b.bitWidth - b.prefixLength, a.first)
        }
    }

    /// Follows the record of a domain through all its terms.
    package static func of(_ domain: SPFName, using lookup: any SPFLookup) async -> SPFReach {
        var reach = SPFReach()
        var seen: Set<SPFName> = []
        reach.fallback = await reach.follow(domain, lookup, &seen, counts: true)
        return reach
    }

    /// Adds what `domain` lets pass; gives what its `all` says, `nil` without a record.
    private mutating func follow(
        _ domain: SPFName, _ lookup: any SPFLookup, _ seen: inout Set<SPFName>, counts: Bool
    ) async -> SPFResult? {
        guard seen.insert(domain).inserted, seen.count <= 64 else { return .neutral }
        let record: SPFRecord
        do throws(SPFProblem) {
            guard let found = try await SPFRecord.find(domain, using: lookup) else {
                if seen.count > 1 {
                    isFaulty = true
                    problems.append("\(domain) has no SPF record")
                }
                return nil
            }
            record = found
        } catch {
            switch error {
            case .permanent(let reason):
                isFaulty = true
                problems.append("\(domain): \(reason)")
            case .temporary(let reason): problems.append(reason)
            }
            return nil
        }
        for directive in record.directives {
            if directive.mechanism == .all {
                if directive.qualifier == .pass, counts { open.append("\(directive.text) of \(domain)") }
                return directive.qualifier.result
            }
            await add(directive, domain, lookup, &seen, counts: counts && directive.qualifier == .pass)
        }
        guard let redirect = record.redirect else { return .neutral }
        lookups += 1
        guard let target = target(redirect, domain) else {
            undecided.append("redirect=\(SafeText.ascii(redirect.text)) of \(domain)")
            return .neutral
        }
        return await follow(target, lookup, &seen, counts: counts)
    }

    private mutating func add(
        _ directive: SPFRecord.Directive, _ domain: SPFName, _ lookup: any SPFLookup, _ seen: inout Set<SPFName>,
        counts: Bool
    ) async {
        let term = "\(directive.text) of \(domain)"
        switch directive.mechanism {
        case .all: break
        case .ip(let network): if counts { add([network.first], network.prefixLength, network.prefixLength, term) }
        case .include(let text):
            lookups += 1
            guard let target = target(text, domain) else { return note(term, counts) }
            _ = await follow(target, lookup, &seen, counts: counts)
        case .ptr, .exists:
            lookups += 1
            note(term, counts)
        case .a(let text, let prefixes):
            lookups += 1
            guard let target = target(text, domain) else { return note(term, counts) }
            if counts { await add(target, prefixes, lookup, term) }
        case .mx(let text, let prefixes):
            lookups += 1
            guard let target = target(text, domain) else { return note(term, counts) }
            guard counts else { return }
            switch await lookup.exchanges(target) {
            case .failure(let reason): problems.append("\(term): \(SafeText.printable(reason))")
            case .records(let hosts):
                for host in hosts.prefix(SPFEvaluator.maximumNames) { await add(host, prefixes, lookup, term) }
            }
        }
    }

    private mutating func add(
        _ host: SPFName, _ prefixes: SPFRecord.Prefixes, _ lookup: any SPFLookup, _ term: String
    ) async {
        for isIPv6 in [false, true] {
            switch await lookup.addresses(host, isIPv6: isIPv6) {
            case .failure(let reason): problems.append("\(term): \(SafeText.printable(reason))")
            case .records(let addresses): add(addresses, prefixes.ipv4, prefixes.ipv6, term)
            }
        }
    }

    private mutating func add(_ addresses: [IPAddress], _ ipv4: Int, _ ipv6: Int, _ term: String) {
        for address in addresses where networks.count < Self.maximumNetworks {
            let network = IPNetwork(address: address, prefixLength: address.isIPv4 ? ipv4 : ipv6)
            if networks[network] == nil { networks[network] = term }
        }
    }

    private mutating func note(_ term: String, _ counts: Bool) {
        if counts, undecided.count < 64 { undecided.append(term) }
    }

    private func target(_ text: SPFMacroString?, _ domain: SPFName) -> SPFName? {
        guard let text else { return domain }
        guard !text.isVariable else { return nil }
        return SPFName(text.expanded { $0 == UInt8(ascii: "d") ? domain.description : "unknown" })
    }
}

extension IPNetwork {
    fileprivate var bitWidth: Int { first.bitWidth }
}
