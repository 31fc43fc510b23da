import MailTypes

/// SPF, complete (RFC 7208): a state machine of `check_host()` over a port to DNS.
package struct SPFEvaluator: Sendable {
    /// Terms that ask DNS, in all (§4.6.4).
    package static let maximumLookups = 10
    /// Answers without records, in all (§4.6.4).
    package static let maximumVoidLookups = 2
    /// Hosts per `mx`, names per `ptr` (§4.6.4).
    static let maximumNames = 10
    private static let maximumSteps = 64

    let lookup: any SPFLookup
    let request: SPFRequest
    private let localPart: String
    private let senderDomain: String
    private var lookups = 0
    private var voidLookups = 0
    private var steps: [String] = []
    /// The names that lead to the address and back, once asked for.
    private var validatedNames: [SPFName]?

    private init(_ request: SPFRequest, _ lookup: any SPFLookup) {
        self.request = request
        self.lookup = lookup
        let identity = request.sender.isEmpty ? "postmaster@" + request.helo : request.sender
        if let at = identity.utf8.lastIndex(of: UInt8(ascii: "@")) {
            let local = String(identity[..<at])
            localPart = local.isEmpty ? "postmaster" : local
            senderDomain = String(identity[identity.utf8.index(after: at)...])
        } else {
            localPart = "postmaster"
            senderDomain = identity
        }
    }

    /// Evaluates. Some 110 questions at most, one after the other.
    package static func evaluate(_ request: SPFRequest, using lookup: any SPFLookup) async -> SPFOutcome {
        var evaluator = SPFEvaluator(request, lookup)
        return await evaluator.run()
    }

    /// What a record says or leads to.
    private struct Answer {
        var result: SPFResult
        var reason: String
        /// Where the result comes from, for its explanation.
        var explanation: (SPFMacroString, domain: SPFName)?
    }

    private mutating func run() async -> SPFOutcome {
        var answer: Answer
        do throws(SPFProblem) {
            if let domain = SPFName(senderDomain), domain.isQualified, !senderDomain.hasPrefix("[") {
                answer = try await check(domain)
            } else {
                answer = Answer(result: .none, reason: "the sender has no domain that could have a record")
            }
        } catch {
            switch error {
            case .permanent(let reason): answer = Answer(result: .permerror, reason: reason)
            case .temporary(let reason): answer = Answer(result: .temperror, reason: reason)
            }
        }
        var explanation: String?
        if answer.result == .fail, let (text, domain) = answer.explanation {
            explanation = await explain(text, domain)
        }
        return SPFOutcome(
            result: answer.result, explanation: explanation, reason: answer.reason, steps: steps, lookups: lookups,
            voidLookups: voidLookups)
    }

    /// `check_host()` for one domain (§4).
    private mutating func check(_ domain: SPFName) async throws(SPFProblem) -> Answer {
        guard let record = try await SPFRecord.find(domain, using: lookup) else {
            return Answer(result: .none, reason: "\(shown(domain)) has no SPF record")
        }
        note("\(shown(domain)): \(record.directives.map(\.text).joined(separator: " "))")
        for directive in record.directives {
            guard try await matches(directive, domain) else { continue }
            note("\(shown(domain)): \(directive.text) matches")
            return Answer(
                result: directive.qualifier.result, reason: "\(directive.text) of \(shown(domain))",
                explanation: record.explanation.map { ($0, domain) })
        }
        guard let redirect = record.redirect else {
            return Answer(result: .neutral, reason: "nothing in \(shown(domain)) matches")
        }
        try count()
        guard let target = try await name(redirect, domain) else {
            throw .permanent("redirect=\(SafeText.ascii(redirect.text, limit: 80)) leads to no name")
        }
        let answer = try await check(target)
        if answer.result == .none { throw .permanent("redirect leads to \(shown(target)), which has no SPF record") }
        return answer
    }

    private mutating func matches(_ directive: SPFRecord.Directive, _ domain: SPFName) async throws(SPFProblem) -> Bool
    {
        switch directive.mechanism {
        case .all: return true
        case .ip(let network): return network.contains(request.address)
        case .include(let text):
            try count()
            guard let target = try await name(text, domain) else {
                throw .permanent("\(directive.text) leads to no name")
            }
            let answer = try await check(target)
            if answer.result == .none { throw .permanent("\(shown(target)) is included and has no SPF record") }
            return answer.result == .pass
        case .a(let text, let prefixes):
            try count()
            guard let target = try await name(text, domain) else { return false }
            let addresses = try unwrap(await lookup.addresses(target, isIPv6: !request.address.isIPv4), target)
            try countVoid(addresses.isEmpty)
            return contains(addresses, prefixes)
        case .mx(let text, let prefixes):
            try count()
            guard let target = try await name(text, domain) else { return false }
            return try await exchangeMatches(target, prefixes)
        case .ptr(let text):
            try count()
            guard let target = try await name(text, domain) else { return false }
            return await namesOfPeer().contains { $0.isEqualToOrBelow(target) }
        case .exists(let text):
            try count()
            guard let target = try await name(text, domain) else { return false }
            let addresses = try unwrap(await lookup.addresses(target, isIPv6: false), target)
            try countVoid(addresses.isEmpty)
            return !addresses.isEmpty
        }
    }

    private mutating func exchangeMatches(_ target: SPFName, _ prefixes: SPFRecord.Prefixes) async throws(SPFProblem)
        -> Bool
    {
        let hosts = try unwrap(await lookup.exchanges(target), target)
        try countVoid(hosts.isEmpty)
        guard hosts.count <= Self.maximumNames else {
            throw .permanent("\(shown(target)) has more than \(Self.maximumNames) MX records")
        }
        for host in hosts {
            let addresses = try unwrap(await lookup.addresses(host, isIPv6: !request.address.isIPv4), host)
            if contains(addresses, prefixes) { return true }
        }
        return false
    }

    private func contains(_ addresses: [IPAddress], _ prefixes: SPFRecord.Prefixes) -> Bool {
        addresses.contains { address in
            let length = address.isIPv4 ? prefixes.ipv4 : prefixes.ipv6
            return IPNetwork(address: address, prefixLength: length).contains(request.address)
        }
    }

    /// The names that the address has and that have the address (§5.5). Trouble of DNS leaves names out.
    private mutating func namesOfPeer() async -> [SPFName] {
        if let validatedNames { return validatedNames }
        var found: [SPFName] = []
        if case .records(let names) = await lookup.names(request.address) {
            for name in names.prefix(Self.maximumNames) {
                if case .records(let addresses) = await lookup.addresses(name, isIPv6: !request.address.isIPv4),
                    addresses.contains(request.address)
                {
                    found.append(name)
                }
            }
        }
        validatedNames = found
        return found
    }

    // MARK: Macros

    /// The name that a mechanism means; `nil` if what the macros make is none (§4.8: it does not exist).
    private mutating func name(_ text: SPFMacroString?, _ domain: SPFName) async throws(SPFProblem) -> SPFName? {
        guard let text else { return domain }
        var expanded = await expand(text, domain)
        if expanded.utf8.last == UInt8(ascii: ".") { expanded.removeLast() }
        while expanded.utf8.count > 253, let dot = expanded.utf8.firstIndex(of: UInt8(ascii: ".")) {
            expanded = String(expanded[expanded.utf8.index(after: dot)...])
        }
        return SPFName(expanded)
    }

    private mutating func expand(_ text: SPFMacroString, _ domain: SPFName) async -> String {
        var validated = "unknown"
        if text.usesValidatedName {
            let names = await namesOfPeer()
            let best = names.first { $0 == domain } ?? names.first { $0.isEqualToOrBelow(domain) } ?? names.first
            validated = best?.description ?? validated
        }
        return text.expanded { letter in
            switch letter {
            case UInt8(ascii: "s"): localPart + "@" + senderDomain
            case UInt8(ascii: "l"): localPart
            case UInt8(ascii: "o"): senderDomain
            case UInt8(ascii: "d"): domain.description
            case UInt8(ascii: "i"): request.address.dotted
            case UInt8(ascii: "p"): validated
            case UInt8(ascii: "h"): request.helo
            case UInt8(ascii: "v"): request.address.isIPv4 ? "in-addr" : "ip6"
            case UInt8(ascii: "c"): request.address.description
            case UInt8(ascii: "r"): request.receiver
            default: String(request.seconds)
            }
        }
    }

    /// Any trouble leads to the default explanation (§6.2).
    private mutating func explain(_ text: SPFMacroString, _ domain: SPFName) async -> String? {
        guard let target = try? await name(text, domain), case .records(let records) = await lookup.texts(target),
            records.count == 1, let record = records.first, record.count <= SPFMacroString.maximumExplanation,
            let explanation = try? SPFMacroString(record, in: .explanation)
        else { return nil }
        return SafeText.ascii(await expand(explanation, domain), limit: SPFMacroString.maximumExplanation)
    }

    // MARK: Limits

    private mutating func count() throws(SPFProblem) {
        lookups += 1
        if lookups > Self.maximumLookups { throw .permanent("more than \(Self.maximumLookups) terms ask DNS") }
    }

    private mutating func countVoid(_ isVoid: Bool) throws(SPFProblem) {
        guard isVoid else { return }
        voidLookups += 1
        if voidLookups > Self.maximumVoidLookups {
            throw .permanent("more than \(Self.maximumVoidLookups) terms lead to names without records")
        }
    }

    private func unwrap<Record>(_ answer: SPFAnswer<Record>, _ name: SPFName) throws(SPFProblem) -> [Record] {
        switch answer {
        case .records(let records): return records
        case .failure(let reason): throw .temporary("\(shown(name)): \(SafeText.printable(reason))")
        }
    }

    private mutating func note(_ step: String) {
        if steps.count < Self.maximumSteps { steps.append(SafeText.printable(step, limit: 500)) }
    }

    private func shown(_ name: SPFName) -> String { SafeText.printable(name.description, limit: 253) }
}

extension SPFRecord {
    /// The one record of a domain (§4.5); `nil` if it has none.
    static func find(_ domain: SPFName, using lookup: any SPFLookup) async throws(SPFProblem) -> SPFRecord? {
        let texts: [[UInt8]]
        switch await lookup.texts(domain) {
        case .failure(let reason):
            throw .temporary("\(SafeText.printable(domain.description)): \(SafeText.printable(reason))")
        case .records(let records): texts = records.filter(Self.isRecord)
        }
        guard texts.count <= 1 else {
            throw .permanent("\(SafeText.printable(domain.description)) has \(texts.count) SPF records")
        }
        guard let text = texts.first else { return nil }
        return try SPFRecord(text)
    }
}

extension IPAddress {
    /// The address in parts with dots between: octets, or the 32 nibbles (§7.3).
    var dotted: String {
        switch self {
        case .v4: return description
        case .v6(let high, let low):
            return [high, low].flatMap { half in
                (0..<16).map { String(half >> UInt64(60 - 4 * $0) & 0xf, radix: 16, uppercase: true) }
            }.joined(separator: ".")
        }
    }
}
