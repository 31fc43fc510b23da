import MailTypes
import Testing

@testable import Relay

@Suite struct RoutingTests {
    func table(_ routes: [Route]) throws -> RoutingTable {
        let pool = EgressPool(helo: try domain("gw.example.net"))
        return RoutingTable(routes: routes, clean: pool, risky: pool)
    }

    func smart(_ name: String) throws -> Route.Next { .smartHosts([SmartHost(.host(try domain(name)), port: 587)]) }

    @Test func firstMatchDecides() throws {
        let acme = try #require(CustomerID("acme"))
        let routes = [
            Route(
                domains: [try #require(DomainPattern("example.org"))], next: try smart("a.example.net"), tls: .verify),
            Route(domains: [try #require(DomainPattern(".example.org"))], next: try smart("b.example.net")),
            Route(customers: [acme], next: try smart("c.example.net"), credentials: "acme"),
            Route(pools: [.risky], next: try smart("d.example.net")),
        ]
        let table = try table(routes)
        let cases: [(String, CustomerID?, EgressPool.Kind, String)] = [
            ("joe@example.org", acme, .clean, "a.example.net:587"),
            ("joe@deep.example.org", acme, .clean, "b.example.net:587"),
            ("joe@notexample.org", acme, .clean, "c.example.net:587"),
            ("joe@[192.0.2.1]", acme, .clean, "c.example.net:587"),
            ("joe@else.example", nil, .risky, "d.example.net:587"),
            ("joe@else.example", nil, .clean, "else.example"),
        ]
        for (text, customer, pool, expected) in cases {
            let address = try #require(EmailAddress(text))
            #expect(table.destination(of: address, customer: customer, pool: pool).description == expected)
        }
    }

    @Test func riskyMailNeverLeavesThroughClean() throws {
        let routes = [
            Route(domains: [try #require(DomainPattern("a.example"))], next: .mx, pool: .clean),
            Route(domains: [try #require(DomainPattern("b.example"))], next: .mx, pool: .risky),
        ]
        let table = try table(routes)
        let a = try #require(EmailAddress("joe@a.example"))
        let b = try #require(EmailAddress("joe@b.example"))
        #expect(table.destination(of: a, customer: nil, pool: .risky).pool == .risky)
        #expect(table.destination(of: a, customer: nil, pool: .clean).pool == .clean)
        #expect(table.destination(of: b, customer: nil, pool: .clean).pool == .risky)
    }

    @Test func poolWithOneFamilyLeavesTheOtherAlone() throws {
        let (four, six) = (try #require(IPAddress("192.0.2.1")), try #require(IPAddress("2001:db8::1")))
        let helo = try domain("gw.example.net")
        #expect(EgressPool(helo: helo).canReach(four) && EgressPool(helo: helo).canReach(six))
        let only = EgressPool(sourceIPv4: four, helo: helo)
        let loopback = try #require(IPAddress("::1"))
        #expect(only.canReach(four) && !only.canReach(six) && only.canReach(loopback))
        #expect(!EgressPool(sourceIPv6: six, helo: helo).canReach(four))
    }

    @Test func ownMailHasItsOwnRoute() throws {
        let pool = EgressPool(helo: try domain("gw.example.net"))
        let host = SmartHost(.address(.v4(1)), port: 25)
        let table = RoutingTable(
            routes: [Route(onlyOwnMail: true, next: .smartHosts([host]))], clean: pool, risky: pool)
        let to = try #require(EmailAddress("joe@example.org"))
        #expect(table.destination(of: to, customer: nil, pool: .clean).hop == .smartHosts([host]))
        #expect(table.destination(of: to, customer: CustomerID("acme"), pool: .clean).hop == .mail(to.domain))
    }
}
