import MailTypes
import NIOConcurrencyHelpers
import SMTPProtocol

/// Counts connections in all, by site (IPv4 address or IPv6 /64) and by customer, for all event loops.
///
/// Entries exist only while there is a connection, so that the tables are bounded by the connections in all.
final class ConnectionLedger: Sendable {
    private struct State {
        var all = 0
        var bySite: [IPNetwork: Int] = [:]
        var byCustomer: [CustomerID: Int] = [:]
        var opened: UInt64 = 0
        var turnedAway: UInt64 = 0
    }

    private let state = NIOLockedValueBox(State())

    /// What one connection takes; each part is given back once.
    struct Place: Sendable {
        fileprivate(set) var isCounted = false
        fileprivate(set) var site: IPNetwork?
        fileprivate(set) var customer: CustomerID?
    }

    /// Takes a place among all connections. The connection's number, or `nil` if there are too many.
    func open(_ place: inout Place, limit: Int) -> ConnectionID? {
        let number: UInt64? = state.withLockedValue { state in
            guard state.all < limit else {
                state.turnedAway += 1
                return nil
            }
            state.all += 1
            state.opened += 1
            return state.opened
        }
        place.isCounted = number != nil
        return number.map(ConnectionID.init(rawValue:))
    }

    /// Takes a place among the site's connections. `false`: too many.
    func enter(_ site: IPNetwork, _ place: inout Place, limit: Int) -> Bool {
        let isTaken = state.withLockedValue { state in
            guard state.bySite[site, default: 0] < limit else {
                state.turnedAway += 1
                return false
            }
            state.bySite[site, default: 0] += 1
            return true
        }
        if isTaken { place.site = site }
        return isTaken
    }

    /// Takes a place among the customer's connections; one of another customer is given back. `false`: too many, and
    /// nothing changed.
    func enter(_ customer: CustomerID, _ place: inout Place, limit: Int) -> Bool {
        guard place.customer != customer else { return true }
        let former = place.customer
        let isTaken = state.withLockedValue { state in
            guard state.byCustomer[customer, default: 0] < limit else {
                state.turnedAway += 1
                return false
            }
            state.byCustomer[customer, default: 0] += 1
            if let former { Self.leave(&state.byCustomer, former) }
            return true
        }
        if isTaken { place.customer = customer }
        return isTaken
    }

    /// Gives all of it back.
    func close(_ place: inout Place) {
        let taken = place
        place = Place()
        guard taken.isCounted else { return }
        state.withLockedValue { state in
            state.all -= 1
            if let site = taken.site { Self.leave(&state.bySite, site) }
            if let customer = taken.customer { Self.leave(&state.byCustomer, customer) }
        }
    }

    private static func leave<Key: Hashable>(_ counts: inout [Key: Int], _ key: Key) {
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }

    /// The counts at this moment.
    var counts: (open: Int, opened: UInt64, turnedAway: UInt64, sites: Int) {
        state.withLockedValue { ($0.all, $0.opened, $0.turnedAway, $0.bySite.count) }
    }

    func count(_ customer: CustomerID) -> Int { state.withLockedValue { $0.byCustomer[customer, default: 0] } }
}
