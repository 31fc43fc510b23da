import MailTypes

/// Reads single mechanisms (RFC 7208 §5).
enum SPFTermReader {
    static func directive(_ term: ArraySlice<UInt8>) throws(SPFProblem) -> SPFRecord.Directive {
        let text = SafeText.ascii(SPFRecord.text(term), limit: 200)
        var rest = term
        var qualifier = SPFRecord.Qualifier.pass
        if let first = rest.first, let written = SPFRecord.Qualifier(rawValue: String(Unicode.Scalar(first))) {
            qualifier = written
            rest = rest.dropFirst()
        }
        let end = rest.firstIndex { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") } ?? rest.endIndex
        let name = ASCII.lowercased(SPFRecord.text(rest[rest.startIndex..<end]))
        let mechanism = try mechanism(name, rest[end...], text)
        return SPFRecord.Directive(qualifier: qualifier, mechanism: mechanism, text: text)
    }

    private static func mechanism(
        _ name: String, _ argument: ArraySlice<UInt8>, _ text: String
    ) throws(SPFProblem) -> SPFRecord.Mechanism {
        switch name {
        case "all":
            guard argument.isEmpty else { throw .permanent("“\(text)”: all takes nothing behind it") }
            return .all
        case "include": return .include(try required(argument, text))
        case "exists": return .exists(try required(argument, text))
        case "ptr": return .ptr(argument.isEmpty ? nil : try required(argument, text))
        case "a":
            let (domain, prefixes) = try domainAndPrefixes(argument, text)
            return .a(domain, prefixes)
        case "mx":
            let (domain, prefixes) = try domainAndPrefixes(argument, text)
            return .mx(domain, prefixes)
        case "ip4": return .ip(try network(argument, width: 32, text))
        case "ip6": return .ip(try network(argument, width: 128, text))
        default: throw .permanent("“\(text)” is no mechanism")
        }
    }

    private static func required(_ argument: ArraySlice<UInt8>, _ text: String) throws(SPFProblem) -> SPFMacroString {
        guard argument.first == UInt8(ascii: ":") else { throw .permanent("“\(text)” lacks its domain") }
        return try SPFMacroString(argument.dropFirst(), in: .domain)
    }

    private static func domainAndPrefixes(
        _ argument: ArraySlice<UInt8>, _ text: String
    ) throws(SPFProblem) -> (SPFMacroString?, SPFRecord.Prefixes) {
        var rest = argument
        var prefixes = SPFRecord.Prefixes()
        if let length = try suffix(&rest, slashes: 2, most: 128, text) { prefixes.ipv6 = length }
        if let length = try suffix(&rest, slashes: 1, most: 32, text) { prefixes.ipv4 = length }
        if rest.isEmpty { return (nil, prefixes) }
        return (try required(rest, text), prefixes)
    }

    /// Takes `/24` or `//64` off the end.
    private static func suffix(
        _ bytes: inout ArraySlice<UInt8>, slashes: Int, most: Int, _ text: String
    ) throws(SPFProblem) -> Int? {
        let digits = bytes.reversed().prefix(while: ASCII.isDigit).count
        let start = bytes.endIndex - digits
        guard digits > 0, start - slashes >= bytes.startIndex,
            bytes[(start - slashes)..<start].allSatisfy({ $0 == UInt8(ascii: "/") })
        else { return nil }
        let length = try prefixLength(bytes[start...], most: most, text)
        bytes = bytes[..<(start - slashes)]
        return length
    }

    private static func prefixLength(
        _ digits: ArraySlice<UInt8>, most: Int, _ text: String
    ) throws(SPFProblem) -> Int {
        let isPlain = digits.count == 1 || digits.first != UInt8(ascii: "0")
        guard (1...3).contains(digits.count), digits.allSatisfy(ASCII.isDigit), isPlain,
            let length = Int(SPFRecord.text(digits)), length <= most
        else { throw .permanent("“\(text)” has a prefix length that is none") }
        return length
    }

    private static func network(
        _ argument: ArraySlice<UInt8>, width: Int, _ text: String
    ) throws(SPFProblem) -> IPNetwork {
        guard argument.first == UInt8(ascii: ":") else { throw .permanent("“\(text)” lacks its address") }
        let parts = argument.dropFirst().split(
            separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        let length = parts.count == 2 ? try prefixLength(parts[1], most: width, text) : width
        guard let head = parts.first, head.contains(UInt8(ascii: ":")) == (width == 128),
            let address = IPAddress(SPFRecord.text(head))
        else { throw .permanent("“\(text)” has an address that is none") }
        // An IPv4-mapped address behind ip6: names IPv6 addresses that no peer has (§5: such peers are IPv4 ones).
        if width == 128, case .v4(let bits) = address {
            return IPNetwork(address: .v6(high: 0, low: 0xffff << 32 | UInt64(bits)), prefixLength: length)
        }
        return IPNetwork(address: address, prefixLength: length)
    }
}
