import MailTypes
import Testing

@testable import SluiceConfiguration

struct APITokenTests {
    private static let digest = String(repeating: "5f", count: 32)

    private static func http(_ lines: String) -> String {
        "customers:\n  - id: acme\n    servers: [192.0.2.1]\nhttp:\n" + lines
    }

    @Test func tokensAreRead() throws {
        let reading = Configuration.parse(
            text: Self.http(
                """
                  console-address: 127.0.0.1:8026
                  proxies: [127.0.0.1]
                  tokens:
                    - name: ann
                      role: act
                      digest: \(Self.digest)
                    - name: monitor
                      digest: \(Self.digest.uppercased())

                """), path: nil)
        let http = try #require(reading.configuration?.http, "\(reading.problems)")
        #expect(http.tokens.map(\.name) == ["ann", "monitor"])
        #expect(http.tokens.map(\.role) == [.act, .read])
        #expect(http.tokens.allSatisfy { $0.digest == Array(repeating: 0x5f, count: 32) })
        #expect(http.consoleAddress?.port == 8026)
        #expect(http.proxies.map(\.description) == ["127.0.0.1"])
    }

    @Test(arguments: [
        "  tokens:\n    - name: ann\n      digest: 5f\n", "  tokens:\n    - name: ann\n",
        "  tokens:\n    - digest: \(digest)\n", "  tokens:\n    - name: a\n      role: root\n      digest: \(digest)\n",
        "  tokens:\n    - name: a\n      digest: \(digest)\n    - name: a\n      digest: \(digest)\n",
        "  tokens:\n    - name: a\n      digest: \(digest)\n      token: secret\n",
    ])
    func wrongOnesAreErrors(_ lines: String) {
        #expect(Configuration.parse(text: Self.http(lines), path: nil).configuration == nil)
    }
}
