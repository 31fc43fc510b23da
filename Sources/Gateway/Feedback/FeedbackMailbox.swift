import Inspection
package import MailTypes
package import SluiceConfiguration

/// Which addresses are the gateway's own for reports, and which hosts may bring them.
package struct FeedbackMailbox: Sendable {
    /// The identity of a host that may bring reports and nothing else. No configured customer has that name: it ends in a
    /// dot, which `CustomerID` allows and the configuration's examples do not use.
    package static let carrier: CustomerID? = CustomerID("feedback.")

    private let addresses: Set<String>
    private let networks: [IPNetwork]

    package init(_ feedback: Configuration.Feedback) {
        addresses = Set(feedback.addresses.map(\.canonical))
        networks = feedback.addresses.isEmpty ? [] : feedback.networks
    }

    package func admits(_ address: IPAddress) -> Bool { networks.contains { $0.contains(address) } }

    /// Whether it is one of the mailboxes, with or without a tag.
    package func owns(_ address: EmailAddress) -> Bool { !addresses.isEmpty && split(address) != nil }

    /// The seal that an address carries as its tag (VERP): `feedback+SEAL@…`.
    package func tag(of address: EmailAddress) -> String? { split(address)?.tag }

    private func split(_ address: EmailAddress) -> (name: String, tag: String?)? {
        if addresses.contains(address.canonical) { return (address.localPart, nil) }
        guard let plus = address.localPart.firstIndex(of: "+") else { return nil }
        let name = String(address.localPart[..<plus])
        guard addresses.contains(ASCII.lowercased(name) + "@" + address.domain.description) else { return nil }
        return (name, String(address.localPart[address.localPart.index(after: plus)...].prefix(64)))
    }
}
