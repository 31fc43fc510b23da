package import MailTypes

/// One SPF record, read and checked whole: an error anywhere in it is an error of all of it (RFC 7208 §4.6).
package struct SPFRecord: Sendable, Hashable {
    /// What a match means (§4.6.2).
    package enum Qualifier: String, Sendable, Hashable {
        case pass = "+"
        case fail = "-"
        case softfail = "~"
        case neutral = "?"

        package var result: SPFResult {
            switch self {
            case .pass: .pass
            case .fail: .fail
            case .softfail: .softfail
            case .neutral: .neutral
            }
        }
    }

    /// Prefix lengths for addresses of both families.
    package struct Prefixes: Sendable, Hashable {
        package var ipv4 = 32
        package var ipv6 = 128
    }

    package enum Mechanism: Sendable, Hashable {
        case all
        case include(SPFMacroString)
        case a(SPFMacroString?, Prefixes)
        case mx(SPFMacroString?, Prefixes)
        case ptr(SPFMacroString?)
        case ip(IPNetwork)
        case exists(SPFMacroString)
    }

    package struct Directive: Sendable, Hashable {
        package var qualifier: Qualifier
        package var mechanism: Mechanism
        /// As written; printable ASCII.
        package var text: String
    }

    package var directives: [Directive] = []
    package var redirect: SPFMacroString?
    package var explanation: SPFMacroString?

    /// Terms read: what a full answer of 64 KiB could hold is a bomb.
    static let maximumTerms = 1024

    /// True for a TXT record that is one of SPF: `v=spf1` in any case, then a space or the end (§4.5).
    package static func isRecord(_ bytes: [UInt8]) -> Bool {
        ASCII.equalsIgnoringCase(bytes.prefix(6), "v=spf1".utf8) && (bytes.count == 6 || bytes[6] == 0x20)
    }

    /// Reads a record of which `isRecord` holds.
    init(_ bytes: [UInt8]) throws(SPFProblem) {
        let terms = bytes.dropFirst(6).split(separator: 0x20)
        guard terms.count <= Self.maximumTerms else { throw .permanent("more than \(Self.maximumTerms) terms") }
        for term in terms {
            guard term.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                throw .permanent("a byte that is no visible ASCII in “\(SafeText.ascii(Self.text(term), limit: 80))”")
            }
            if let equals = Self.modifierName(term) {
                try readModifier(term[term.startIndex..<equals], term[(equals + 1)...])
            } else {
                directives.append(try SPFTermReader.directive(term))
            }
        }
    }

    /// The index of the `=` if this is a modifier: it stands right behind a name (§4.6.1).
    private static func modifierName(_ term: ArraySlice<UInt8>) -> Int? {
        guard let first = term.first, ASCII.isAlphanumeric(first), !ASCII.isDigit(first),
            let end = term.firstIndex(where: { !ASCII.isAlphanumeric($0) && !"-_.".utf8.contains($0) }),
            term[end] == UInt8(ascii: "=")
        else { return nil }
        return end
    }

    private mutating func readModifier(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(SPFProblem) {
        switch ASCII.lowercased(Self.text(name)) {
        case "redirect":
            guard redirect == nil else { throw .permanent("redirect= stands twice") }
            redirect = try SPFMacroString(value, in: .domain)
        case "exp":
            guard explanation == nil else { throw .permanent("exp= stands twice") }
            explanation = try SPFMacroString(value, in: .domain)
        default: _ = try SPFMacroString(value, in: .modifier)
        }
    }

    static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
