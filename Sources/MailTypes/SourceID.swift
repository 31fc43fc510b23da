/// What evidence is counted for and what can be stopped (smallest first).
package enum SourceID: Hashable, Sendable {
    case campaign(CampaignID, CustomerID)
    case account(AccountName, CustomerID)
    case server(IPAddress, CustomerID)
    case customer(CustomerID)

    package enum Scope: String, Hashable, Sendable, CaseIterable, Comparable {
        case campaign, account, server, customer

        /// 0 for the smallest scope.
        package var breadth: Int {
            switch self {
            case .campaign: 0
            case .account: 1
            case .server: 2
            case .customer: 3
            }
        }

        package static func < (a: Scope, b: Scope) -> Bool { a.breadth < b.breadth }
    }

    package var scope: Scope {
        switch self {
        case .campaign: .campaign
        case .account: .account
        case .server: .server
        case .customer: .customer
        }
    }

    /// Who answers for the source.
    package var customer: CustomerID {
        switch self {
        case .campaign(_, let customer), .account(_, let customer), .server(_, let customer), .customer(let customer):
            customer
        }
    }

    /// The part of the name that tells it within its customer: account, address, campaign; empty for the customer itself.
    package var key: String {
        switch self {
        case .campaign(let campaign, _): campaign.description
        case .account(let account, _): account.description
        case .server(let address, _): address.description
        case .customer: ""
        }
    }

    /// The source of these parts, as `scope`, `customer` and `key` gave them.
    package init?(scope: Scope, customer: CustomerID, key: String) {
        switch scope {
        case .campaign:
            guard let campaign = CampaignID(key) else { return nil }
            self = .campaign(campaign, customer)
        case .account:
            guard let account = AccountName(key) else { return nil }
            self = .account(account, customer)
        case .server:
            guard let address = IPAddress(key) else { return nil }
            self = .server(address, customer)
        case .customer:
            guard key.isEmpty else { return nil }
            self = .customer(customer)
        }
    }
}

extension SourceID: CustomStringConvertible {
    /// `account:acme/joe`, `server:acme/192.0.2.1`, `campaign:acme/0abc…`, `customer:acme`.
    package var description: String {
        key.isEmpty ? "\(scope.rawValue):\(customer)" : "\(scope.rawValue):\(customer)/\(key)"
    }

    /// Reads what `description` wrote.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let scope = Scope(rawValue: String(parts[0])) else { return nil }
        let names = parts[1].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = names.first, let customer = CustomerID(String(first)) else { return nil }
        self.init(scope: scope, customer: customer, key: names.count == 2 ? String(names[1]) : "")
    }
}
