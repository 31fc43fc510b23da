package import MailTypes

/// A domain's mail hosts, in the order in which they are to be tried.
package enum MailHosts: Sendable, Hashable {
    /// At least one; good for `validFor`.
    case hosts([MailHost], validFor: Duration)
    /// DNS did not answer: try again, it is no verdict.
    case temporary(String)
    /// The domain takes no mail, does not exist, or leads back here.
    case permanent(Reply)
}

/// One address of a mail host.
package struct MailHost: Sendable, Hashable {
    package var name: DomainName
    package var address: IPAddress
    /// MX and address records were validated by DNSSEC.
    package var isSecure: Bool

    package init(name: DomainName, address: IPAddress, isSecure: Bool) {
        self.name = name
        self.address = address
        self.isSecure = isSecure
    }
}
