import FirewallModel
import MailTypes
import Testing

/// What is generated lets in exactly the blocks, read back by the readers.
struct GeneratorTests {
    static let allowed = set("192.0.2.0/24", "198.51.100.7", "2001:db8::/32")

    @Test(arguments: [Dialect.nftables, .firewalld, .pf, .aws, .gcp, .cisco, .juniper])
    func `read back, it lets in the blocks and nobody else`(_ dialect: Dialect) throws {
        let text = RuleGenerator(ports: [25, 587], allowed: GeneratorTests.allowed).text(dialect)
        for port: UInt16 in [25, 587] {
            let answer = try reach(text, as: dialect, FirewallQuestion(port: port))
            #expect(answer.upper == GeneratorTests.allowed && answer.isExact, "\(blocks(answer.upper))")
        }
    }

    @Test func `Azure's default rules remain`() throws {
        let text = RuleGenerator(ports: [25], allowed: GeneratorTests.allowed).text(.azure)
        let answer = try reach(text)
        #expect(answer.upper == GeneratorTests.allowed && answer.isExact)
    }

    @Test func `the iptables script's tables let in the blocks`() throws {
        let text = RuleGenerator(ports: [25], allowed: GeneratorTests.allowed).text(.iptables)
        let four = text.split(separator: "RULES'\n")[1].split(separator: "RULES")[0]
        let rules = String(four).replacing("*filter\n", with: "*filter\n:INPUT ACCEPT [0:0]\n")
            .replacing(
                "COMMIT",
                with: "-A INPUT -p tcp -m multiport --dports 25 -m conntrack --ctstate NEW -j SLUICE-MAIL\nCOMMIT")
        #expect(try reach(rules).upper.ipv4 == GeneratorTests.allowed.ipv4)
        #expect(blocks(try reach(rules, FirewallQuestion(port: 80)).upper) == ["0.0.0.0/0"])
    }

    @Test func `ports that containers publish are guarded, too`() throws {
        let own = RuleGenerator(ports: [25], allowed: GeneratorTests.allowed).text(.nftables)
        let docker = """
            table ip nat {
              chain pre { type nat hook prerouting priority -100; tcp dport 25 dnat to 172.17.0.2:25
              }
            }

            """
        let question = FirewallQuestion(localAddresses: [IPAddress("203.0.113.1")].compactMap { $0 })
        let answer = try reach(own + "\n" + docker, question)
        #expect(answer.upper == GeneratorTests.allowed && answer.isExact, "\(blocks(answer.upper))")
    }

    @Test func `ranges come from lists and from any JSON`() throws {
        let list = "# provider\n192.0.2.0/24, 198.51.100.7\n2001:db8::/32 ; v6\n"
        let json =
            #"{"syncToken": "1", "prefixes": [{"ip_prefix": "192.0.2.0/24"}, {"ipv4Prefix": "198.51.100.7/32"}], "v6": ["2001:db8::/32"]}"#
        for text in [list, json] {
            #expect(try RangesReader.read(SourceFile(name: "ranges", text)) == GeneratorTests.allowed)
        }
    }
}
