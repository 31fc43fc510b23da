package import MailTypes

/// How the resolver asks.
package struct UnboundSettings: Sendable, Hashable {
    /// Servers that are asked instead of the root servers down.
    package var forwarders: [Forwarder]
    /// A file with the root's trust anchor; `nil`: nothing is validated and no answer is secure.
    package var trustAnchor: String?
    /// Zones that libunbound answers itself (reserved names, private reverse zones) and that are to be asked for instead.
    package var askedLocalZones: [String]
    /// A lookup that takes longer is a temporary failure.
    package var timeout: Duration
    /// Lookups under way; what comes above is refused at once as a temporary failure.
    package var maximumLookups: Int

    /// A name server with its port.
    package struct Forwarder: Sendable, Hashable {
        package var address: IPAddress
        package var port: UInt16

        package init(_ address: IPAddress, port: UInt16 = 53) {
            self.address = address
            self.port = port
        }
    }

    /// `timeout`: what slow but honest servers need for some retries is 10 s. `maximumLookups`: some 2 KB each.
    package init(
        forwarders: [Forwarder] = [], trustAnchor: String? = nil, askedLocalZones: [String] = [],
        timeout: Duration = .seconds(10), maximumLookups: Int = 4096
    ) {
        self.forwarders = forwarders
        self.trustAnchor = trustAnchor
        self.askedLocalZones = askedLocalZones
        self.timeout = timeout
        self.maximumLookups = maximumLookups
    }
}
