package import MailTypes

/// Whose server an address is: the narrowest network of all customers that contains it.
///
/// Immutable, for any thread; one dictionary look-up for each prefix length that occurs.
package struct CustomerNetworks: Sendable {
    private let customers: [IPNetwork: CustomerID]
    /// Longest first.
    private let ipv4: [Int]
    private let ipv6: [Int]

    package init(_ customers: [Configuration.Customer]) {
        var table: [IPNetwork: CustomerID] = [:]
        for customer in customers {
            for network in customer.servers { table[network] = table[network] ?? customer.id }
        }
        self.customers = table
        func lengths(_ isIPv4: Bool) -> [Int] {
            Set(table.keys.filter { $0.first.isIPv4 == isIPv4 }.map(\.prefixLength)).sorted(by: >)
        }
        ipv4 = lengths(true)
        ipv6 = lengths(false)
    }

    /// `nil`: a stranger's.
    package func customer(of address: IPAddress) -> CustomerID? {
        for length in address.isIPv4 ? ipv4 : ipv6 {
            if let customer = customers[IPNetwork(address: address, prefixLength: length)] { return customer }
        }
        return nil
    }
}
