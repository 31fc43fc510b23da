import MailTypes
import SMTPProtocol
import Testing

struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy"),
    ])
    func vectorsOfRFC4648(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(Array(encoded.utf8)) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "Z===", "=Zg=", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm-v", "Zg==Zg=="])
    func whatIsNone(text: String) {
        #expect(Base64.decode(Array(text.utf8)) == nil)
    }
}

struct ReceivedFieldTests {
    private func field(_ change: (inout ReceivedField) -> Void) throws -> ReceivedField {
        var field = ReceivedField(
            helloName: "mail.example.org", peer: try #require(IPAddress("192.0.2.7")), by: "relay.example.net",
            isESMTP: true, security: nil, identity: nil, needsSMTPUTF8: false,
            id: SubmissionID(rawValue: 1), time: Timestamp(seconds: 0), recipient: nil)
        change(&field)
        return field
    }

    @Test func protocolNames() throws {
        let customer = try #require(CustomerID("acme"))
        let peer = try #require(IPAddress("192.0.2.7"))
        let login = SubmissionIdentity(customer: customer, server: peer, account: AccountName("joe"), evidence: .login)
        #expect(try field { $0.isESMTP = false }.protocolName == "SMTP")
        #expect(try field { _ in }.protocolName == "ESMTP")
        #expect(try field { $0.security = TransportSecurity(version: "TLSv1.3") }.protocolName == "ESMTPS")
        #expect(
            try field { ($0.security, $0.identity) = (TransportSecurity(version: "TLSv1.3"), login) }.protocolName
                == "ESMTPSA")
        #expect(try field { $0.needsSMTPUTF8 = true }.protocolName == "UTF8SMTP")
    }

    /// Whatever the client says of itself, it cannot end the line, the comment or the field.
    @Test(arguments: [
        "a\r\nX: y", "a) by evil", "a;b", "a b", "(", "\u{0}", "", String(repeating: "x", count: 5000), "é",
    ])
    func hostileNames(name: String) throws {
        let text = try field { $0.helloName = name }.text
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4)
        #expect(lines.dropFirst().dropLast().allSatisfy { $0.hasPrefix(" ") })
        #expect(text.utf8.filter { $0 == UInt8(ascii: "(") }.count == 1)
        #expect(lines.allSatisfy { $0.utf8.count < 998 })
    }
}
