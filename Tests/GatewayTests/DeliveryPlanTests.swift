import Gateway
import MailTypes
import Relay
import SluiceConfiguration
import Testing

struct DeliveryPlanTests {
    @Test func routesKeepOrderPoolsAndHosts() throws {
        let reading = Configuration.parse(
            text: """
                hostname: relay.example.net
                customers: [{id: acme, servers: [192.0.2.1]}]
                routes:
                  - match: {domains: [.example.com], customers: [acme]}
                    smart-hosts: [{host: mx.example.com, port: 587}]
                    tls: verify
                  - match: {pools: [risky]}
                    smart-hosts: [{host: 192.0.2.9, port: 25}]
                    tls: none
                """)
        let configuration = try #require(reading.configuration, "\(reading.problems)")
        let plan = try DeliveryPlan(configuration)
        let acme = try #require(CustomerID("acme"))
        let below = try #require(EmailAddress("joe@sub.example.com"))
        let other = try #require(EmailAddress("joe@example.org"))
        let first = plan.routes.destination(of: below, customer: acme, pool: .clean)
        #expect(first.tls == .verify)
        let mx = try #require(DomainName("mx.example.com"))
        #expect(first.hop == .smartHosts([SmartHost(.host(mx), port: 587)]))
        let risky = plan.routes.destination(of: other, customer: acme, pool: .risky)
        let address = try #require(IPAddress("192.0.2.9"))
        #expect(risky.hop == .smartHosts([SmartHost(.address(address), port: 25)]))
        #expect(risky.pool == .risky)
        let direct = plan.routes.destination(of: other, customer: acme, pool: .clean)
        #expect(direct.hop == .mail(other.domain))
        #expect(direct.pool == .clean)
    }
}
