package import MailTypes

/// The domains that a route is for: one, or all below one.
package enum DomainSelector: Hashable, Sendable, CustomStringConvertible {
    case exact(DomainName)
    /// `.example.org`: every name below, not the name itself.
    case below(DomainName)

    package init?(_ text: String) {
        let isBelow = text.utf8.first == UInt8(ascii: ".")
        guard let name = DomainName(isBelow ? String(text.dropFirst()) : text) else { return nil }
        self = isBelow ? .below(name) : .exact(name)
    }

    package var description: String {
        switch self {
        case .exact(let name): name.description
        case .below(let name): "." + name.description
        }
    }
}
