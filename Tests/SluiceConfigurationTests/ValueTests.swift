import MailTypes
import Testing

@testable import SluiceConfiguration

@Suite struct ValueTests {
    @Test(arguments: [
        ("30s", Duration.seconds(30)), ("500ms", .milliseconds(500)), ("5m", .seconds(300)), ("4h", .seconds(14_400)),
        ("5d", .seconds(432_000)), ("1h30m", .seconds(5400)), ("1d2h3m4s5ms", .milliseconds(93_784_005)), ("0s", .zero),
    ])
    func durations(text: String, expected: Duration) {
        #expect(Units.duration(text) == expected)
        #expect(Units.duration(Units.text(expected)) == expected)
    }

    @Test(arguments: [
        "", "5", "s", "5x", "-5s", "5s5s", "30m1h", "5 s", "1.5h", "9999999999999d", "999999999999d", "٣s",
    ])
    func notDurations(text: String) { #expect(Units.duration(text) == nil) }

    @Test(arguments: [
        ("64KiB", 65_536), ("50MB", 50_000_000), ("50MiB", 52_428_800), ("1GiB", 1 << 30), ("0B", 0), ("7B", 7),
    ])
    func sizes(text: String, expected: Int) {
        #expect(Units.size(text)?.bytes == expected)
        #expect(Units.size(Units.text(ByteCount(expected)))?.bytes == expected)
    }

    @Test(arguments: ["", "5", "KiB", "5kb", "-5B", "1.5MiB", "999999999999999TiB"])
    func notSizes(text: String) { #expect(Units.size(text) == nil) }

    @Test func socketAddresses() {
        #expect(SocketAddress("127.0.0.1:2525")?.description == "127.0.0.1:2525")
        #expect(SocketAddress("[::1]:25")?.description == "[::1]:25")
        for wrong in [
            "127.0.0.1", "::1:25", "[127.0.0.1]:25", "127.0.0.1:65536", "127.0.0.1:+5", ":25", "a:25", "[::1]25",
        ] {
            #expect(SocketAddress(wrong) == nil, "\(wrong)")
        }
    }

    @Test func hostsAndHeaders() {
        #expect(HostName("192.0.2.300") == nil)
        #expect(HostName("[2001:db8::1]") == HostName("2001:db8::1"))
        #expect(HostName("relay.example.net")?.description == "relay.example.net")
        #expect(IdentityHeader("Received") == .received)
        #expect(IdentityHeader("X-Authenticated-Sender") == .field("x-authenticated-sender"))
        #expect(IdentityHeader("X Y") == nil && IdentityHeader("X:") == nil)
    }

    @Test func numbersAreDecimal() {
        #expect(Kind.integer(1...10).parse("5") == 5)
        for wrong in ["+5", "0x5", "5.0", "11", "0", "５"] {
            #expect(Kind.integer(1...10).parse(wrong) == nil, "\(wrong)")
        }
        #expect(Kind.number(0...10).parse("3.5") == 3.5)
        for wrong in ["inf", "nan", "1e1", "0x1p2", "11"] {
            #expect(Kind.number(0...10).parse(wrong) == nil, "\(wrong)")
        }
    }

    @Test func secretsAreNotShown() {
        let secret = Secret(Array("hunter2".utf8))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("hunter2"))
        #expect(!dumped.contains("104"))
    }

    @Test func equalityIgnoresPlaces() {
        let a = Configuration.parse(text: "customers: [{id: a, servers: [192.0.2.1]}]").configuration
        let b = Configuration.parse(text: "\n\n# x\ncustomers:\n  - {servers: [192.0.2.1], id: a}").configuration
        let c = Configuration.parse(text: "customers: [{id: a, servers: [192.0.2.2]}]").configuration
        #expect(a == b && a != nil)
        #expect(a != c)
    }

    @Test func relativeNamesStartAtTheFile() {
        let configuration = Configuration.parse(text: "logging: {file: x.log}", path: "/etc/sluice/sluice.yaml")
            .configuration
        #expect(configuration?.logging.file == "/etc/sluice/x.log")
        #expect(configuration?.stateDirectory == "/etc/sluice/./var")
        #expect(Configuration.parse(text: "", path: "sluice.yaml").configuration?.stateDirectory == "./var")
    }

    @Test func oneSecretALine() throws {
        func password(_ text: String) -> Configuration.Reading {
            let files = FileAccess(
                read: { _, _ in .success(.init(bytes: Array(text.utf8), mode: 0o600)) }, hostName: { "localhost" })
            return Configuration.parse(
                text: "routes: [{smart-hosts: [{host: a.example}], tls: verify, username: u, password-file: p}]",
                files: files)
        }
        #expect(
            password("pass word\r\n").configuration?.routes.first?.login?.password == Secret(Array("pass word".utf8)))
        #expect(password("").errors.count == 1)
        #expect(password("a\nb\n").errors.count == 1)
    }
}
