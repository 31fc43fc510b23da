import MailTypes

extension Configuration {
    /// What can be seen only over several sections.
    func check(_ decoding: Decoding) {
        checkListeners(decoding)
        checkCustomers(decoding)
        checkOverlaps(decoding)
        let known = Set(customers.map(\.id))
        for (index, route) in routes.enumerated() {
            for id in route.customers where !known.contains(id) {
                let guess = SafeName.suggestion(for: id.description, among: known.map(\.description).sorted())
                decoding.report(
                    .error, route.place.id, "routes[\(index)].match.customers",
                    "there is no customer \(id)" + (guess.map { "; did you mean \($0)?" } ?? ""))
            }
        }
        if group != nil, user == nil { decoding.report(.error, nil, "group", "needs user") }
    }

    private func checkListeners(_ decoding: Decoding) {
        var seen: [SocketAddress: Int] = [:]
        for (index, listener) in listeners.enumerated() {
            if tls == nil, listener.kind != .relay {
                decoding.report(
                    .error, listener.places.id, "listeners[\(index)].kind",
                    "\(listener.kind.rawValue) needs tls with a certificate and a key: passwords are never taken in the clear"
                )
            }
            if let first = seen[listener.address], listener.address.port != 0 {
                decoding.report(
                    .error, listener.places.id, "listeners[\(index)].address",
                    "\(listener.address) is listeners[\(first)]'s already")
            }
            seen[listener.address] = seen[listener.address] ?? index
            if listener.address == http.address, listener.address.port != 0 {
                decoding.report(
                    .error, listener.places.id, "listeners[\(index)].address",
                    "\(listener.address) is http.address, too")
            }
        }
        if listeners.isEmpty { decoding.report(.warning, nil, "listeners", "none: no mail can come in") }
    }

    private func checkCustomers(_ decoding: Decoding) {
        if customers.isEmpty { decoding.report(.warning, nil, "customers", "none: nobody can send") }
        let takesLogins = listeners.contains { $0.kind != .relay }
        var ids: [CustomerID: Place?] = [:]
        var accounts: [AccountName: Place?] = [:]
        for (index, customer) in customers.enumerated() {
            if let first = ids.updateValue(customer.places.id, forKey: customer.id) {
                decoding.report(
                    .error, customer.places.id, "customers[\(index)].id",
                    "\(customer.id) is taken" + Self.line(first))
            }
            for (number, account) in customer.accounts.enumerated() {
                if let first = accounts.updateValue(account.places.id, forKey: account.name) {
                    decoding.report(
                        .error, account.places.id, "customers[\(index)].accounts[\(number)].name",
                        "\(SafeName.of(account.name.description)) is taken" + Self.line(first))
                }
            }
            if !customer.accounts.isEmpty, !takesLogins {
                decoding.report(
                    .warning, customer.places.id, "customers[\(index)].accounts",
                    "no listener of kind submission or submissions, so that nobody can log in")
            }
        }
    }

    private struct Range {
        var network: IPNetwork
        var customer: Int
        var server: Int
        var place: Place?
    }

    /// Two customers with one address: the mail of one would be laid at the other's door. Sorted by first address, a network
    /// overlaps an earlier one only if it lies in it, since networks nest or are apart.
    private func checkOverlaps(_ decoding: Decoding) {
        var ranges: [Range] = []
        for (index, customer) in customers.enumerated() {
            for (number, network) in customer.servers.enumerated() {
                let place = number < customer.places.servers.count ? customer.places.servers[number] : nil
                ranges.append(Range(network: network, customer: index, server: number, place: place))
            }
        }
        ranges.sort {
            ($0.network.first, $0.network.prefixLength, $0.customer) < (
                $1.network.first, $1.network.prefixLength, $1.customer
            )
        }
        var open: [Range] = []
        for range in ranges {
            while let last = open.last, !last.network.contains(range.network) { open.removeLast() }
            if let outer = open.last(where: { $0.customer != range.customer }) {
                let (earlier, later) = (outer.place ?? range.place, range.place)
                let (a, b) =
                    later.map { place in earlier.map { $0 < place } ?? true } ?? true ? (outer, range) : (range, outer)
                decoding.report(
                    .error, b.place, "customers[\(b.customer)].servers[\(b.server)]",
                    "\(b.network) overlaps \(a.network) of customer \(customers[a.customer].id)" + Self.line(a.place))
            }
            open.append(range)
        }
    }

    private static func line(_ place: Place?) -> String { place.map { " (line \($0.line))" } ?? "" }
}
