import MailTypes
import Testing

struct AddressTests {
    @Test(arguments: [
        ("joe@example.org", "joe@example.org"), ("Joe@EXAMPLE.org", "Joe@example.org"),
        ("\"joe\"@example.org", "joe@example.org"),
        ("\"j\\oe\"@example.org", "joe@example.org"), ("\"joe smith\"@example.org", "\"joe smith\"@example.org"),
        ("\"a\\\"b\"@example.org", "\"a\\\"b\"@example.org"), ("a@[192.0.2.1]", "a@[192.0.2.1]"),
        ("a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]"), ("a%b@example.org", "a%b@example.org"),
        ("\"a@b\"@example.org", "\"a@b\"@example.org"), ("grå@exämple.org", "grå@exämple.org"),
    ])
    func read(text: String, canonical: String) throws {
        let address = try #require(EmailAddress(text))
        #expect(address.description == canonical)
        #expect(EmailAddress(address.description) == address)
    }

    @Test(arguments: [
        "", "joe", "@example.org", "joe@", "joe@@example.org", "joe@a@b.org", ".joe@example.org", "joe.@example.org",
        "j..oe@example.org", "joe smith@example.org", "joe@exam ple.org", "joe@example..org", "joe@-example.org",
        "joe@example.org.", "\"joe@example.org", "\"jo\"e\"@example.org", "\"joe\\\"@example.org", "joe@[300.1.1.1]",
        "joe@[x]",
        "joe\r\n@example.org", "\"a\r\nb\"@example.org", "<joe@example.org>", "@a.org:joe@example.org",
        "joe@example.org\u{0}",
    ])
    func refused(text: String) { #expect(EmailAddress(text) == nil) }

    @Test func bounds() {
        let local = String(repeating: "a", count: 64)
        #expect(EmailAddress(local + "@example.org") != nil)
        #expect(EmailAddress("a" + local + "@example.org") == nil)
        let label = String(repeating: "d", count: 63)
        #expect(DomainName(label) != nil)
        #expect(DomainName(label + "d") == nil)
        #expect(DomainName([label, label, label, String(repeating: "d", count: 62)].joined(separator: ".")) == nil)
    }

    @Test func domainsBelow() throws {
        let org = try #require(DomainName("example.org"))
        #expect(DomainName("mail.EXAMPLE.org.")?.isEqualToOrBelow(org) == true)
        #expect(DomainName("badexample.org")?.isEqualToOrBelow(org) == false)
    }

    @Test func reversePath() {
        #expect(ReversePath("") == .null)
        #expect(ReversePath("a@b.org")?.description == "a@b.org")
        #expect(ReversePath("nonsense") == nil)
    }
}
