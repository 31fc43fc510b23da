package import Inspection
package import MailTypes
import MessageFormat
package import SluiceConfiguration

/// Who may send: customers by address and by name, as one configuration says. Immutable; a reload makes another.
package struct CustomerDirectory: Sendable {
    /// What is known of one customer.
    package struct Entry: Sendable {
        package var id: CustomerID
        package var name: String
        package var profile: CustomerProfile
        /// Connections at the same time; `nil`: the general limit.
        package var connections: Int?
        /// Senders that single logins are bound to; logins without an entry may use all of the customer's.
        package var senders: [AccountName: Set<String>]
    }

    private let entries: [Entry]
    private let places: [CustomerID: Int]
    private let networks: CustomerNetworks
    private let owners: [AccountName: CustomerID]

    package init(_ customers: [Configuration.Customer]) {
        entries = customers.map(Entry.init)
        places = Dictionary(entries.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        networks = CustomerNetworks(customers)
        owners = Dictionary(
            customers.flatMap { customer in customer.accounts.map { ($0.name, customer.id) } },
            uniquingKeysWith: { first, _ in first })
    }

    package var count: Int { entries.count }
    package var all: [Entry] { entries }

    /// The customer whose server that is; `nil`: a stranger, who cannot relay.
    package func customer(at address: IPAddress) -> Entry? { networks.customer(of: address).flatMap { self[$0] } }

    /// Whose login that is; `nil`: nobody's.
    package func owner(of account: AccountName) -> CustomerID? { owners[account] }

    package subscript(id: CustomerID) -> Entry? { places[id].map { entries[$0] } }
}

extension CustomerDirectory.Entry {
    init(_ customer: Configuration.Customer) {
        id = customer.id
        name = customer.name
        profile = CustomerProfile(
            domains: customer.domains,
            binding: CustomerProfile.Binding(rawValue: customer.senderBinding.rawValue) ?? .enforce,
            trustedHeaders: customer.identityHeaders.compactMap { TrustedIdentityField($0.description) })
        connections = customer.connections
        senders = Dictionary(
            customer.accounts.filter { !$0.addresses.isEmpty }.map { account in
                (account.name, Set(account.addresses.map(\.canonical)))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether the login may use that sender; the null path is nobody's and always allowed.
    package func mayUse(_ sender: ReversePath, account: AccountName?) -> Bool {
        guard let account, let address = sender.address, let own = senders[account] else { return true }
        return own.contains(address.canonical)
    }
}
