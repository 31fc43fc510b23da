import LogFormats
package import MailTypes

/// What the caller knows, and what it wants to see.
package struct AnalysisOptions: Sendable {
    /// Networks from which users are known to come: never alien.
    package var known: [IPNetwork] = []
    /// The provider's ranges: who else reaches port 25 is a finding. They are known networks too.
    package var provider: [IPNetwork] = []
    /// Findings outside are left out, in seconds since 1970.
    package var since: UInt32 = 0
    package var until: UInt32 = .max

    package init() {}

    func isKnown(_ address: IPAddress) -> Bool {
        address.isInside || known.contains { $0.contains(address) } || provider.contains { $0.contains(address) }
    }
}

/// Where an address is, when a database tells it.
package struct Place: Sendable, Hashable {
    package var country: String?
    package var network: UInt32?
    package var networkName: String?
    package var latitude: Double?
    package var longitude: Double?

    package init() {}

    package var text: String? {
        let parts = [country, network.map { "AS\($0)" }, networkName].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}

/// Port: the geography of addresses.
package protocol PlaceFinding {
    func place(_ address: IPAddress) -> Place?
}
