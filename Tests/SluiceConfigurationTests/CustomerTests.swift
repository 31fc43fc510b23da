import MailTypes
import Testing

@testable import SluiceConfiguration

@Suite struct CustomerTests {
    private func read(_ text: String, _ file: String = "") -> Configuration.Reading {
        let files = FileAccess(
            read: { _, _ in .success(.init(bytes: Array(file.utf8), mode: 0o600)) }, hostName: { "localhost" })
        return Configuration.parse(
            text: text, path: "/etc/sluice.yaml", files: files, checkCredential: { $0 == "bad" ? "is none" : nil })
    }

    @Test func theNarrowestNetworkDecides() throws {
        let text = """
            customers:
              - {id: isp, servers: [192.0.0.0/16, "2001:db8::/32"]}
              - {id: acme, servers: [192.0.2.0/24, "2001:db8:1::/48"]}
              - {id: box, servers: [192.0.2.7]}
            """
        let networks = CustomerNetworks(try #require(read(text).configuration).customers)
        let expected = [
            "192.0.1.1": "isp", "192.0.2.1": "acme", "192.0.2.7": "box", "2001:db8::1": "isp", "2001:db8:1::1": "acme",
            "192.1.0.0": nil, "2001:db9::": nil, "::ffff:192.0.2.7": "box",
        ]
        for (address, customer) in expected {
            let found = IPAddress(address).flatMap(networks.customer)
            #expect(found?.description == customer, "\(address)")
        }
        #expect(IPAddress("192.0.2.1").flatMap(CustomerNetworks([]).customer) == nil)
    }

    @Test func ownLimitsTakeThePlaceOfTheGeneralOnes() throws {
        let text = """
            sending-limits:
              account: {messages: [10/minute, 500/hour], first-time-recipients: [200/day]}
              customer: {recipients: [9/day]}
            customers:
              - id: a
                servers: [192.0.2.1]
                sending-limits:
                  account: {messages: [2000/hour], recipients: [5/hour]}
                  customer: {recipients: []}
            """
        let reading = read(text)
        #expect(reading.problems == [])
        let configuration = try #require(reading.configuration)
        let limits = configuration.sendingLimits(of: try #require(configuration.customers.first))
        #expect(limits.account.messages == [.init(2000, per: .hour)])
        #expect(limits.account.recipients == [.init(5, per: .hour)])
        #expect(limits.account.firstTimeRecipients == [.init(200, per: .day)])
        #expect(limits.customer.recipients == [] && limits.server.messages == nil)
    }

    @Test(arguments: ["500", "500/week", "0/hour", "-1/hour", "1/hour/day", "/hour", "9999999999/day"])
    func wrongRates(text: String) {
        #expect(SendingLimits.Rate(text) == nil)
        #expect(read("sending-limits: {server: {messages: [\(text)]}}").errors.count == 1)
    }

    @Test func onePeriodHasOneLimit() {
        let reading = read("sending-limits: {server: {messages: [5/hour, 6/hour]}}")
        #expect(reading.errors.map(\.message) == ["has two limits for one hour"])
        #expect(read("sending-limits: {server: {messages: [5]}}").errors.first?.message.contains("5/hour") == true)
    }

    @Test func accountsFromAFile() throws {
        let text = "customers: [{id: a, servers: [192.0.2.1], accounts-file: list}]"
        let reading = read(text, "# people\nJoe@a.example:{X}abc:def\r\n\nann:$6$x$y\n")
        let accounts = try #require(reading.configuration).customers.flatMap(\.accounts)
        #expect(accounts.map(\.name.description) == ["joe@a.example", "ann"])
        #expect(accounts.map { String(decoding: $0.credential.bytes, as: UTF8.self) } == ["{X}abc:def", "$6$x$y"])
        let wrong = read(text, "joe\nann:\n\u{1}:x\nbob:bad\njoe:x\njoe:y\n")
        #expect(
            wrong.errors.map(\.message) == [
                "`/etc/list`, line 1: expected name:credential",
                "`/etc/list`, line 2: expected a stored password of 1 to 1024 bytes behind the name",
                "`/etc/list`, line 3: expected name:credential",
                "`/etc/list`, line 4: is none",
                "`joe` is taken (line 1)",
            ])
    }

    @Test func gatewayMailIsNoCustomers() {
        let reading = read("routes: [{match: {gateway-mail: true}, tls: encrypt}]")
        #expect(reading.configuration?.routes.first?.onlyGatewayMail == true)
        let both = read(
            "customers: [{id: a, servers: [192.0.2.1]}]\nroutes: [{match: {gateway-mail: true, customers: [a]}}]")
        #expect(both.errors.count == 1)
    }

    @Test func stopsAndSpool() throws {
        let standard = try #require(read("").configuration)
        #expect(standard.stops.duration == nil && standard.stops.doubtDuration == .seconds(86_400))
        #expect(standard.stops.confirmAfter == 6 && standard.spool.minimumFree == .mib(256))
        let given = try #require(read("stops: {duration: 7d}\nspool: {minimum-free: 0B}").configuration)
        #expect(given.stops.duration == .seconds(7 * 86_400) && given.spool.minimumFree == ByteCount(0))
    }

    @Test func riskyMailWithoutAddressesOfItsOwnIsDoubtful() {
        #expect(read("egress: {clean: {addresses: [192.0.2.1]}}").warnings.contains { $0.keyPath == "egress.risky" })
    }
}
