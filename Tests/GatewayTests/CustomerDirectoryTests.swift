import Gateway
import MailTypes
import SluiceConfiguration
import Testing

struct CustomerDirectoryTests {
    private func directory() throws -> CustomerDirectory {
        let reading = Configuration.parse(
            text: """
                customers:
                  - id: wide
                    servers: [192.0.2.0/24, "2001:db8::/32"]
                  - id: narrow
                    servers: [192.0.2.16/28]
                    domains: [narrow.example]
                    sender-binding: enforce
                    connections: 7
                    accounts:
                      - name: Ann
                        credential: "SCRAM-SHA-256$65536:c2FsdHNhbHRzYWx0c2FsdA==$1DYh/Xz3l0VfcuS6VrSA7KjmpOxVpRm5HQwFgGyMQzA=:uSLWjO1Jl8YkEPXBHRt4NvvDFYEyuDmvIXcTC0f/Af0="
                        addresses: [ann@narrow.example]
                """)
        let configuration = try #require(reading.configuration, "\(reading.problems)")
        return CustomerDirectory(configuration.customers)
    }

    @Test(arguments: [
        ("192.0.2.1", "wide"), ("192.0.2.15", "wide"), ("192.0.2.16", "narrow"), ("192.0.2.31", "narrow"),
        ("192.0.2.32", "wide"), ("192.0.3.0", nil), ("192.0.1.255", nil), ("2001:db8::1", "wide"),
        ("2001:db9::1", nil), ("::ffff:192.0.2.17", "narrow"),
    ])
    func narrowestNetworkDecides(address: String, customer: String?) throws {
        let address = try #require(IPAddress(address))
        #expect(try directory().customer(at: address)?.id.description == customer)
    }

    @Test func loginsAreBoundToTheirSenders() throws {
        let id = try #require(CustomerID("narrow"))
        let entry = try #require(try directory()[id])
        let ann = try #require(AccountName("ann"))
        let other = try #require(AccountName("other"))
        let own = try #require(ReversePath("Ann@narrow.example"))
        let boss = try #require(ReversePath("boss@narrow.example"))
        #expect(entry.mayUse(own, account: ann))
        #expect(!entry.mayUse(boss, account: ann))
        #expect(entry.mayUse(boss, account: other))
        #expect(entry.mayUse(.null, account: ann))
    }
}
