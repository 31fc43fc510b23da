package import MailTypes

/// What DNS says about one address that sends mail.
package struct SendingHostFacts: Sendable, Hashable {
    package var address: IPAddress
    /// The name that it gives in HELO, as given; `nil`: not known.
    package var helo: String?
    package var names: DNSAnswer<DomainName>
    /// The addresses of each name that PTR gives.
    package var forward: [DomainName: DNSAnswer<IPAddress>]
    /// The addresses of the HELO name; `nil` if there is no such name.
    package var heloAddresses: DNSAnswer<IPAddress>?

    package init(
        address: IPAddress, helo: String?, names: DNSAnswer<DomainName>,
        forward: [DomainName: DNSAnswer<IPAddress>] = [:], heloAddresses: DNSAnswer<IPAddress>? = nil
    ) {
        self.address = address
        self.helo = helo
        self.names = names
        self.forward = forward
        self.heloAddresses = heloAddresses
    }

    /// PTR names that lead back to the address.
    package var confirmedNames: [DomainName] {
        names.records.filter { forward[$0]?.records.contains(address) == true }
    }
}
