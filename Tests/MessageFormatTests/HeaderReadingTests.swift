import MailTypes
import Testing

@testable import MessageFormat

@Suite struct HeaderReadingTests {
    @Test(arguments: [
        ("plain", "plain"),
        ("=?US-ASCII?Q?Keith_Moore?=", "Keith Moore"),
        (
            "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\t=?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
            "If you can read this you understand the example."
        ),
        ("(=?ISO-8859-1?Q?a?= b)", "(a b)"), ("=?utf-8*de?q?x=C3?= =?utf-8*de?q?=A9?=", "xé"),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="), ("=?utf-8?q?open", "=?utf-8?q?open"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"), ("=?koi8-r?B?8NLJ18XU?=", "Привет"),
        ("=?utf-8?Q?a=0D=0AX-Bad:_1?=", "a  X-Bad: 1"), ("=?gb2312?B?xOO6ww==?=", "你好"),
    ])
    func encodedWords(_ value: String, _ expected: String) {
        #expect(string(EncodedWords.decoded(Array(value.utf8)).bytes) == expected)
    }

    @Test func rawEightBit() {
        let (text, isRaw) = EncodedWords.decoded([0x47, 0x72, 0xfc, 0xdf, 0x65])
        #expect(string(text) == "Grüße" && isRaw)
        #expect(EncodedWords.decoded(Array("Grüße".utf8)).isRaw == false)
    }

    @Test func parameters() throws {
        let value = ParameterisedValue(
            Array(
                "Text/HTML (comment; x=y) ; charset=\"utf-8\"; title*=iso-8859-1'en'%A3%20rates; name*1=b; name*0=a; q=\"a\\\"b;c\"; z = 1 (x)"
                    .utf8))
        #expect(string(value.value) == "text/html")
        #expect(value["charset"].map { string($0) } == "utf-8")
        #expect(value["title"].map { string($0) } == "£ rates")
        #expect(value["name"].map { string($0) } == "ab")
        #expect(value["q"].map { string($0) } == "a\"b;c")
        #expect(value["z"].map { string($0) } == "1")
        #expect(value["none"] == nil)
    }

    @Test(arguments: [
        ("a@example.org", [["", "a@example.org"]]),
        ("A B <a@example.org>, \"C, D\" <c@example.org>", [["A B", "a@example.org"], ["C, D", "c@example.org"]]),
        ("a@example.org (Ann (x))", [["Ann (x)", "a@example.org"]]), ("undisclosed-recipients:;", []),
        (
            "G: a@example.org, b@example.org; c@example.org",
            [["", "a@example.org"], ["", "b@example.org"], ["", "c@example.org"]]
        ),
        ("<@relay.example:a@example.org>", [["", "a@example.org"]]),
        ("\"a b\"@example.org", [["", "\"a b\"@example.org"]]),
        ("no address", [["", "nil"]]), ("a @ example.org", [["", "a@example.org"]]),
    ])
    func addresses(_ value: String, _ expected: [[String]]) {
        let found = AddressListReader.mailboxes(Array(value.utf8))
        #expect(found.map { [string($0.displayName), $0.address?.description ?? "nil"] } == expected)
    }

    @Test(arguments: [
        ("X-Authenticated-Sender", "X-Authenticated-Sender: host.example.net: Joe@example.org", "joe@example.org"),
        ("X-Authenticated-Sender", "X-Authenticated-Sender: joe", "joe"),
        ("X-Authenticated-Sender", "x-authenticated-sender: top\nX-Authenticated-Sender: forged", "top"),
        ("X-PHP-Originating-Script", "X-PHP-Originating-Script: 1000:mail.php", "uid:1000"),
        ("X-PHP-Originating-Script", "X-PHP-Originating-Script: mail.php", nil),
        (
            "Received",
            "Received: from x (y [192.0.2.1]) (Authenticated sender: joe) by z\nReceived: from q (Authenticated sender: forged) by r",
            "joe"
        ),
        ("Received", "Received: from x by z\nReceived: from q (Authenticated sender: forged) by r", nil),
        ("Received", "Received: from (Authenticated sender: a) (Authenticated sender: joe) by z", nil),
        ("received", "Received: from x (Authenticated sender: open", nil),
    ])
    func trustedIdentity(_ name: String, _ header: String, _ expected: String?) throws {
        let field = try #require(TrustedIdentityField(name))
        #expect(field.account(in: MessageReader.read(mail(header + "\n\n")).header)?.description == expected)
    }

    @Test func identityFieldNames() {
        #expect(
            TrustedIdentityField("") == nil && TrustedIdentityField("a:b") == nil && TrustedIdentityField("a b") == nil)
    }
}
