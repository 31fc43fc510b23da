package import MailTypes

extension Configuration {
    /// Reports about mail that has left.
    package struct Feedback: Hashable, Sendable {
        /// Mailboxes that are the gateway's own; a tag may follow the name (`feedback+tag@…`). Empty: none is taken.
        package var addresses: [EmailAddress]
        /// Hosts that may bring reports, and nothing else, without being a customer's.
        package var networks: [IPNetwork]

        init(_ section: Section) {
            addresses = section.list(
                "addresses", .mailbox, example: ["feedback@mail.example.org"],
                "Mailboxes that are the gateway's own: give one to the feedback loops of large receivers. What is no report is refused."
            )
            networks = section.list(
                "networks", .network, example: ["192.0.2.25"],
                "Hosts that may bring reports to these, and nothing else, though they are no customer's: your MX hosts."
            )
            if addresses.isEmpty, !networks.isEmpty {
                section.warning("networks", "does nothing without addresses")
            }
        }
    }
}
