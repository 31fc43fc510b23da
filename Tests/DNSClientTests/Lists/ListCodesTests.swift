import DNSClient
import MailTypes
import Testing

@Suite("Codes of DNS lists")
struct ListCodesTests {
    let validity = LookupValidity(ttl: .seconds(60), isSecure: false)

    func read(_ known: URLList.Known, _ addresses: [String]) throws -> ListAnswer {
        let list = try #require(URLList(known))
        return list.codes.read(.records(try addresses.map { try #require(IPAddress($0)) }, validity))
    }

    @Test(arguments: [
        (URLList.Known.dbl, ["127.0.1.2"], [ListKind.spam]), (.dbl, ["127.0.1.104"], [.abused]),
        (.dbl, ["127.0.1.4", "127.0.1.5"], [.phishing, .malware]), (.surbl, ["127.0.0.80"], [.malware, .spam]),
        (.surbl, ["127.7.9.128"], [.abused]), (.uribl, ["127.0.0.2"], [.spam]),
        (.uribl, ["127.0.0.12"], [.grey, .grey]),
    ]) func areRead(known: URLList.Known, addresses: [String], kinds: [ListKind]) throws {
        #expect(try read(known, addresses).meanings.map(\.kind) == kinds)
    }

    @Test(arguments: [
        (URLList.Known.dbl, ["127.255.255.254"]), (.dbl, ["127.255.255.252"]), (.dbl, ["127.255.255.255"]),
        (.dbl, ["127.0.1.255"]), (.dbl, ["127.0.0.2"]), (.dbl, ["192.0.2.1"]), (.dbl, ["10.0.1.2"]),
        (.surbl, ["127.0.0.1"]), (.uribl, ["127.0.0.1"]), (.surbl, ["127.0.0.32"]),
        // A refusal beside a listing is a refusal.
        (.dbl, ["127.0.1.2", "127.255.255.254"]), (.surbl, ["127.0.0.8", "203.0.113.9"]),
    ]) func errorsAreNoListings(known: URLList.Known, addresses: [String]) throws {
        #expect(try read(known, addresses).problem != nil)
    }

    @Test func noAnswerIsNone() throws {
        let codes = try #require(URLList(.dbl)).codes
        #expect(codes.read(.nxDomain(validity)) == .notListed)
        #expect(codes.read(.noData(validity)) == .notListed)
        #expect(codes.read(.temporaryFailure("timeout")) == .unknown("timeout"))
    }

    @Test func aZoneWithAKeyIsKnownAndNotShown() throws {
        let keyed = AddressList(custom: try #require(DomainName("secretkey.zen.dq.spamhaus.net")))
        #expect(keyed.name == "spamhaus-zen" && keyed.codes.tellsPolicy && keyed.ipv6Unit == 64)
        #expect(keyed.zone.description.hasPrefix("secretkey."))
        #expect(AddressList(custom: try #require(DomainName("bl.spamcop.net"))).name == "spamcop")
        let other = AddressList(custom: try #require(DomainName("bl.example.org")))
        #expect(other.name == "bl.example.org" && !other.codes.tellsPolicy)
    }
}
