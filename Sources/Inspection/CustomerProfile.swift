package import MailTypes
package import MessageFormat

/// What inspection must know of a customer.
package struct CustomerProfile: Hashable, Sendable {
    /// Domains the customer sends from, with all below them; empty: not known, and nothing is bound.
    package var domains: [DomainName]
    package var binding: Binding
    /// Header fields by which the customer's servers name the account. Asked in this order, and only where the peer did
    /// not log in: who logged in has no say in who he is.
    package var trustedHeaders: [TrustedIdentityField]

    package init(
        domains: [DomainName] = [], binding: Binding = .observe, trustedHeaders: [TrustedIdentityField] = []
    ) {
        self.domains = domains
        self.binding = binding
        self.trustedHeaders = trustedHeaders
    }

    /// What a sender outside the customer's domains leads to.
    package enum Binding: String, Hashable, Sendable, CaseIterable {
        /// 550.
        case enforce
        /// It counts as evidence.
        case observe
        /// Nothing: the customer forwards other people's mail.
        case off
    }

    /// Whether an address is the customer's own; true for all where no domains are known.
    package func owns(_ address: EmailAddress) -> Bool {
        guard !domains.isEmpty else { return true }
        guard let name = address.domain.name else { return false }
        return domains.contains { name.isEqualToOrBelow($0) }
    }
}
