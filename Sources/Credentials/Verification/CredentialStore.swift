package import MailTypes

/// All logins, with what is stored of their passwords. Immutable: a reload makes another one.
package struct CredentialStore: Sendable {
    package struct Account: Hashable, Sendable {
        package var name: AccountName
        package var customer: CustomerID
        package var hash: PasswordHash

        package init(name: AccountName, customer: CustomerID, hash: PasswordHash) {
            self.name = name
            self.customer = customer
            self.hash = hash
        }
    }

    private let byName: [AccountName: Account]
    /// In the order of names, so that the decoys of unknown names change little from one reload to the next.
    private let ordered: [Account]
    private let scramOrdered: [Account]

    /// Of several accounts with one name the first counts: names are unique over all customers.
    package init(_ accounts: [Account]) {
        byName = Dictionary(accounts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        ordered = byName.values.sorted { $0.name < $1.name }
        scramOrdered = ordered.filter { $0.hash.scram != nil }
    }

    package var count: Int { ordered.count }

    /// True if SCRAM can serve everybody. Where it cannot, it is better not offered: clients prefer it, and those whose
    /// password is stored otherwise could not log in.
    package var servesSCRAM: Bool { !ordered.isEmpty && scramOrdered.count == ordered.count }

    package subscript(_ user: String) -> Account? { AccountName(user).flatMap { byName[$0] } }

    /// The account whose stored password is checked in place of an unknown user's, so that it takes as long as one that is
    /// there; chosen by `number`, which must be the same for the same name.
    func decoy(_ number: UInt64) -> Account? { Self.pick(ordered, number) }

    /// The same for SCRAM: whose iterations and length of salt are shown.
    func scramDecoy(_ number: UInt64) -> Account? { Self.pick(scramOrdered, number) }

    private static func pick(_ accounts: [Account], _ number: UInt64) -> Account? {
        accounts.isEmpty ? nil : accounts[Int(number % UInt64(accounts.count))]
    }
}
