import MailTypes
import Posture
import Testing

@Suite struct DKIMTests {
    static let rsa512 =
        "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL1bTBPZNpDjretahVCyr+BpJHsq6IdVCk7phEd70D3m9iiFU/TDN+MGCbGV5cfUCMGY1y8akUGIOr9H74hMq+0CAwEAAQ=="
    static let rsa1024 =
        "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDRtavcv+H/YvtSX4Q3DFZBltsE94wPvE9i9gZq5Yq9gks5muzaN78VDjnOPCVaXbiRRZ+bCBPG+S4Sm/Sea/DpsOe/ZQhCZFIdfrFTxOmWOpggdd6X5MIUmECNZf05vo6V66OImwJLzpmaI8JG38tJRoYwU03IIa/GqpnHe+zhywIDAQAB"
    static let rsa2048 =
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAxfsUla6ejHCAZLn+qDtkXv/ohV5Z+cjXJS9oBwevjUcNQTj7FNbUBf2ZDVnQIpDm6IzA8qXYkZcWSRH8X7FahOQ4ABspJ8FMRW7NyhysZFniQNOJcwj7qJyfWMQ0e30HoeTxzrxB1SYPcD3IslfldULT7nx7QzbTZSacu7UupyiZ8JFFqOgDhwSZslIL2xIZWT2m9+nhmsVuMArgdf0gcKqCSlZCWyhf9n71FuIg1TfVfjcu4xM+w4PdE/d5LcCqC/ratvHsW2gQ2QuSpapjILX960Qy88Gx+T9qq4yWrXB0UNRDo6gZYj3JVQau/JKzSTxoFas+qhQdqDx6+q31pQIDAQAB"
    static let bare =
        "MIIBCgKCAQEAo0UAMhakBGQump+9dL1dS8fRgO5tMtwZwrKA70wPjbxBxpw8dpNxWn/AiepnjeD7aKg3YYDzBwITGd27EfxoRBGpKHSZq9dqdZZnsL2yvaFVd9Ise5TY+PhcTuvWs7zxbOPna883eOFt4C1QbjwrhFzfu84PIRTDR05okFIxV2SQzcV3NkSBUUA5Is36tzX8DXEA7gOOAdqdEYUaHkKGKnY7Le2VgHVNe0M4PG8vbSVrUBTEXmzy1zMkqZ2MXhKk3yAAl3fTKNqpP+Yatmy1ypFkXfzFskd7U9YfilOnTP9I9rzPbcyu9bF09C7yLxGhOHIx0CuOcd+Fm3i66XsrzQIDAQAB"
    static let ed25519 = "Uoa/5SDgeBjqIpWDmNwhDvT3nwrXDFmeT5O2MJ0StI8="

    /// Findings for one record at a selector that was given: published, strength, in force.
    func words(_ record: String?, isGiven: Bool = true, failure: String? = nil) throws -> [String] {
        var facts = DomainFacts(domain: try #require(DomainName("d.example")))
        let texts: DNSAnswer<[UInt8]> =
            failure.map { .failure($0) } ?? record.map { .records([Array($0.utf8)], isSecure: false) } ?? .none
        facts.selectors = [.init(name: "s", isGiven: isGiven, texts: texts)]
        return DKIMChecks.findings(facts).map { $0.result.severity?.description ?? $0.result.word }
    }

    @Test(arguments: [
        ("v=DKIM1; k=rsa; p=" + rsa2048, ["pass", "pass", "pass"]), ("p=" + bare, ["pass", "pass", "pass"]),
        ("v=DKIM1; k=ed25519; p=" + ed25519, ["pass", "pass", "pass"]),
        ("v=DKIM1; p=" + rsa1024, ["pass", "medium", "pass"]), ("v=DKIM1; p=" + rsa512, ["pass", "high", "pass"]),
        ("v=DKIM1; t=y:s; p=" + rsa2048, ["pass", "pass", "low"]),
        ("v=DKIM1; h=sha1; p=" + rsa2048, ["pass", "pass", "low"]),
        ("v=DKIM1; h=sha1 : sha256 ; p=" + rsa2048 + " ;", ["pass", "pass", "pass"]),
        ("v=DKIM1; p=", ["high", "unknown", "unknown"]), ("v=DKIM1; k=rsa", ["high", "unknown", "unknown"]),
        ("v=DKIM2; p=" + rsa2048, ["high", "pass", "pass"]),
        ("k=rsa; v=DKIM1; p=" + rsa2048, ["high", "pass", "pass"]),
        ("v=DKIM1; k=dsa; p=" + rsa2048, ["high", "unknown", "unknown"]),
        ("v=DKIM1; k=ed25519; p=" + rsa2048, ["high", "unknown", "unknown"]),
        ("v=DKIM1; p=" + rsa2048.dropLast(4), ["high", "unknown", "unknown"]),
        ("v=DKIM1; p=" + rsa2048 + "AAAA", ["high", "unknown", "unknown"]),
        ("v=DKIM1; p=!!!!", ["high", "unknown", "unknown"]), ("p=a; p=b", ["high", "unknown", "unknown"]),
        ("v=DKIM1; s=tlsrpt; p=" + rsa2048, ["high", "pass", "pass"]), ("nonsense", ["high", "unknown", "unknown"]),
    ]) func judgesTheKey(record: String, expected: [String]) throws { #expect(try words(record) == expected) }

    @Test func silenceIsNoPass() throws {
        #expect(try words(nil) == ["high", "unknown", "unknown"])
        #expect(try words(nil, isGiven: false) == ["unknown", "unknown", "unknown"])
        #expect(try words(nil, failure: "timeout") == ["unknown", "unknown", "unknown"])
        #expect(try words(nil, isGiven: false, failure: "timeout") == ["unknown", "unknown", "unknown"])
        #expect(try words("v=DKIM1; p=", isGiven: false) == ["unknown", "unknown", "unknown"])
        #expect(try words("v=DKIM1; p=" + Self.rsa2048, isGiven: false) == ["pass", "pass", "pass"])
    }

    @Test func wildcardsProveNothing() throws {
        var facts = DomainFacts(domain: try #require(DomainName("d.example")))
        facts.answersAnySelector = true
        let key = Array("v=DKIM1; p=\(Self.rsa2048)".utf8)
        facts.selectors = [.init(name: "mail", isGiven: false, texts: .records([key], isSecure: false))]
        #expect(DKIMChecks.findings(facts).allSatisfy { $0.result.word == "unknown" })
    }

    @Test func everyCutOfAKeyIsNone() throws {
        let bytes = try #require(base64(Self.rsa2048))
        #expect(RSAKey(der: bytes)?.bits == 2048 && RSAKey(der: bytes)?.exponent == 65537)
        for length in 0..<bytes.count { #expect(RSAKey(der: Array(bytes[..<length])) == nil) }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var changed = bytes
            changed[Int.random(in: 0..<changed.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            _ = RSAKey(der: changed)
        }
    }

    @Test func findsASmallFactor() {
        // 3 × 5 × … is no modulus: SEQUENCE of 15015 and 65537.
        let key = RSAKey(der: [0x30, 0x09, 0x02, 0x02, 0x3a, 0xa7, 0x02, 0x03, 0x01, 0x00, 0x01])
        #expect(key?.smallFactor == 3 && key?.bits == 14)
        #expect(RSAKey(der: [0x30, 0x07, 0x02, 0x02, 0x3a, 0xa7, 0x02, 0x01, 0x01])?.hasWrongExponent == true)
    }

    private func base64(_ text: String) -> [UInt8]? {
        var bits: UInt32 = 0
        var count = 0
        var bytes: [UInt8] = []
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for byte in text.utf8 where byte != UInt8(ascii: "=") {
            guard let value = alphabet.firstIndex(of: byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
