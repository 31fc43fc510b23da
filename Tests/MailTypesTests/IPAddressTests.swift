import MailTypes
import Testing

struct IPAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("2001:DB8::1", "2001:db8::1"), ("::", "::"),
        ("::1", "::1"),
        ("1::", "1::"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:0201", "192.0.2.1"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ])
    func canonicalText(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(address.description) == address)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "1..2.3", ":", ":::", "1:", ":1", "1::2::3",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "g::", "12345::", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "fe80::1%eth0",
        "[::1]",
    ])
    func refused(text: String) { #expect(IPAddress(text) == nil) }

    @Test func literals() {
        #expect(IPAddress(literal: "IPv6:2001:db8::1")?.literal == "IPv6:2001:db8::1")
        #expect(IPAddress(literal: "192.0.2.1")?.literal == "192.0.2.1")
        #expect(IPAddress(literal: "2001:db8::1") == nil)
        #expect(IPAddress(literal: "X:1") == nil)
    }

    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false), ("0.0.0.0/0", "255.1.2.3", true),
        ("0.0.0.0/0", "::1", false), ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("2001:db8::/32", "2001:db9::", false),
        ("2001:db8:0:0:8000::/65", "2001:db8::8000:0:0:1", true), ("2001:db8:0:0:8000::/65", "2001:db8::1", false),
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false), ("::1", "::1", true),
    ])
    func networks(network: String, address: String, inside: Bool) throws {
        let network = try #require(IPNetwork(network))
        #expect(network.contains(try #require(IPAddress(address))) == inside)
        #expect(IPNetwork(network.description) == network)
    }

    @Test(arguments: ["192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "::1/64", "::/129", "x/8"])
    func refusedNetworks(text: String) { #expect(IPNetwork(text) == nil) }

    @Test func lastAddress() {
        #expect(IPNetwork("10.0.0.0/9")?.last == IPAddress("10.127.255.255"))
        #expect(IPNetwork("2001:db8::/33")?.last == IPAddress("2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"))
        #expect(IPNetwork("::1")?.last == IPAddress("::1"))
    }
}
