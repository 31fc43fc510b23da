import MailTypes
import SMTPProtocol

extension Configuration {
    /// What can be seen only over several sections.
    func check(_ decoding: Decoding) {
        checkListeners(decoding)
        checkCustomers(decoding)
        checkNetworks(decoding)
        let known = Set(customers.map(\.id))
        for (index, route) in routes.enumerated() {
            for id in route.customers where !known.contains(id) {
                let guess = SafeName.suggestion(for: id.description, among: known.map(\.description).sorted())
                decoding.report(
                    .error, route.place.id, "routes[\(index)].match.customers",
                    "there is no customer \(id)" + (guess.map { "; did you mean \($0)?" } ?? ""))
            }
        }
        if let customer = milter?.customer, !known.contains(customer) {
            let guess = SafeName.suggestion(for: customer.description, among: known.map(\.description).sorted())
            decoding.report(
                .error, nil, "milter.customer",
                "there is no customer \(customer)" + (guess.map { "; did you mean \($0)?" } ?? ""))
        }
        if group != nil, user == nil { decoding.report(.error, nil, "group", "needs user") }
    }

    private func checkListeners(_ decoding: Decoding) {
        var seen: [SocketAddress: Int] = [:]
        for (index, listener) in listeners.enumerated() {
            if tls == nil, listener.offersLogin {
                decoding.report(
                    .error, listener.places.id, "listeners[\(index)].kind",
                    "\(listener.kind == .relay ? "login" : listener.kind.rawValue) needs tls with a certificate and a key: passwords are never taken in the clear"
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
        let takesLogins = listeners.contains(where: \.offersLogin)
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
            if customer.servers.isEmpty, customer.accounts.isEmpty, milter?.customer != customer.id {
                decoding.report(
                    .warning, customer.places.id, "customers[\(index)].servers",
                    "the customer has neither servers nor accounts and can send nothing")
            }
            if !customer.accounts.isEmpty, !takesLogins {
                decoding.report(
                    .warning, customer.places.id, "customers[\(index)].accounts",
                    "no listener of kind submission or submissions or with login, so that nobody can log in")
            }
        }
    }

    /// Two customers with one network: the mail of one would be laid at the other's door. Networks that nest are fine, the
    /// narrower one decides.
    private func checkNetworks(_ decoding: Decoding) {
        var seen: [IPNetwork: (customer: Int, place: Place?)] = [:]
        for (index, customer) in customers.enumerated() {
            for (number, network) in customer.servers.enumerated() {
                let place = number < customer.places.servers.count ? customer.places.servers[number] : nil
                if let first = seen[network], first.customer != index {
                    decoding.report(
                        .error, place, "customers[\(index)].servers[\(number)]",
                        "\(network) is customer \(customers[first.customer].id)'s already" + Self.line(first.place))
                } else {
                    seen[network] = (index, place)
                }
            }
        }
    }

    private static func line(_ place: Place?) -> String { place.map { " (line \($0.line))" } ?? "" }
}
