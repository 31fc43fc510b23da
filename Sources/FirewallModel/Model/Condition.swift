/// One thing that a rule asks of a packet. The packet is a TCP SYN that opens a connection, so protocol and flags are
/// settled when the rule is read; what can still differ is here.
package indirect enum Condition: Hashable, Sendable {
    case source(AddressSet)
    case destination(AddressSet)
    /// The destination before address translation.
    case originalDestination(AddressSet)
    case family(AddressFamily)
    case sourcePort(PortSet)
    case destinationPort(PortSet)
    case originalDestinationPort(PortSet)
    case incoming(InterfaceMatch)
    case outgoing(InterfaceMatch)
    case connection(ConnectionStates)
    /// The kernel knows the packet's connection: not before tracking, and not without.
    case tracked
    case mark(MarkMatch)
    /// The packet's destination is this host (and not another, behind it).
    case toThisHost(Bool)
    /// At least one of the conjunctions holds: a set of concatenated keys.
    case any([[Condition]])
    /// None of the conjunctions holds.
    case none([[Condition]])
    /// May hold or not: a rate, an owner, a text, a match that is not known. Says why.
    case undecided(String)
    case never
}

/// Which interfaces a rule is for.
package struct InterfaceMatch: Hashable, Sendable {
    /// Names; one that ends in `*` stands for all that begin so.
    package var patterns: [String]
    package var negated: Bool

    package init(_ patterns: [String], negated: Bool = false) {
        self.patterns = patterns
        self.negated = negated
    }

    package func matches(_ name: String) -> Bool {
        negated != patterns.contains { InterfaceMatch.matches(name, $0) }
    }

    private static func matches(_ name: String, _ pattern: String) -> Bool {
        guard pattern.hasSuffix("*") else { return name == pattern }
        return name.hasPrefix(pattern.dropLast())
    }
}

/// Connection tracking states, as a rule lists them.
package struct ConnectionStates: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let new = ConnectionStates(rawValue: 1)
    package static let untracked = ConnectionStates(rawValue: 2)
    /// Its destination was translated.
    package static let translated = ConnectionStates(rawValue: 4)
    /// Established, related: what a connection's first packet never is.
    package static let later = ConnectionStates(rawValue: 8)
    /// What a first packet is only in chains that come before connection tracking.
    package static let invalid = ConnectionStates(rawValue: 16)
}

/// A test of a packet's or connection's mark: `mark & mask` is one of some values.
package struct MarkMatch: Hashable, Sendable {
    package enum Place: Hashable, Sendable { case packet, connection }
    package var place: Place
    package var mask: UInt32
    package var values: RangeSet
    package var negated: Bool

    package init(_ place: Place, mask: UInt32 = .max, values: RangeSet, negated: Bool = false) {
        self.place = place
        self.mask = mask
        self.values = values
        self.negated = negated
    }
}
