import FirewallModel
import MailTypes
import Testing

/// Files that are wrong, cut or made to hurt: an error that names the line, never an answer.
struct HostileTests {
    @Test(arguments: [
        (
            "*filter\n:INPUT DROP [0:0]\n:A - [0:0]\n:B - [0:0]\n-A INPUT -j A\n-A A -j B\n-A B -g A\nCOMMIT\n",
            "leads back to itself"
        ),
        (
            "*filter\n:INPUT DROP [0:0]\n-A INPUT -s 10.0.0.1 -j ACCEPT\n",
            "rules:1: the table that begins here has no COMMIT"
        ),
        (
            "*filter\n:INPUT DROP [0:0]\n-A INPUT -j NOWHERE\nCOMMIT\n",
            "rules:3: target that is neither known nor a chain"
        ),
        ("*filter\n:INPUT DROP [0:0]\n-A INPUT -s 10.0.0.300 -j ACCEPT\nCOMMIT\n", "rules:3: no address"),
        ("*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport\nCOMMIT\n", "rules:3: --dport without a value"),
        (
            "*filter\n:INPUT DROP [0:0]\n-A INPUT -m comment --comment \"x -j ACCEPT\nCOMMIT\n",
            "rules:3: a quote is not closed"
        ),
        ("*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 99999 -j ACCEPT\nCOMMIT\n", "rules:3: no port"),
        ("{\"nftables\": [\n{\"table\": {\"family\": \"ip\",", "rules:2: the JSON ends too early"),
        (
            "table ip t {\n chain c {\n  type filter hook input priority 0;\n  tcp dport 25 accept\n",
            "rules:4: the text ends too early"
        ),
        ("table ip t {\n chain a { jump b; }\n chain b { jump a; }\n}\n", "leads back to itself"),
        ("table ip t {\n chain a { type filter hook input priority 0; jump b; }\n}\n", "not declared"),
        ("pass in from { 10.0.0.1, \n 10.0.0.2\n", "rules:1: a brace that is not closed"),
        ("pass in proto tcp from any to any port $mail\n", "rules:1: macro that is not defined"),
        ("<zone>\n <rule>\n", "<rule> is not closed"),
        ("access-list 100 permit tcp any\n", "rules:1: no destination"),
        (
            "{\"SecurityGroups\": [{\"GroupId\": \"a\", \"IpPermissions\": [{\"IpProtocol\": \"tcp\", \"IpRanges\": [{\"CidrIp\": \"300.0.0.0/8\"}]}]}]}",
            "rules:1: no address block"
        ),
        (
            "\"DisplayName\",\"Enabled\",\"Direction\",\"Action\",\"LocalPort\"\n\"a\",\"True\",\"Inbound\",\"Allow\",\"System.String[]\"\n",
            "the export lost the values"
        ),
        ("\"DisplayName\",\"Enabled\",\"Direction\",\"Action\"\n\"a\",\"True\",\"Inbo", "a quote is not closed"),
        ("Default: deny (incoming)\nStatus", "this is not"),
        ("   \n\n", "the file is empty"),
        ("Dear colleague,\nplease open port 25.\n", "no known dialect is recognised"),
    ])
    func `is refused with the place`(_ text: String, _ message: String) throws {
        let error = try #require(failure(text, as: text.hasPrefix("Default") ? .ufw : nil))
        #expect(error.description.contains(message), "\(error)")
    }

    @Test func `every cut of a save file is an error or says less`() throws {
        let whole = "*filter\n:INPUT DROP [0:0]\n-A INPUT -s 192.0.2.0/24 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n"
        for length in 1..<(whole.utf8.count - 1) {
            #expect(
                failure(String(decoding: Array(whole.utf8.prefix(length)), as: UTF8.self), as: .iptables) != nil,
                "\(length)")
        }
    }

    @Test func `every cut of JSON is an error`() throws {
        let whole =
            #"{"SecurityGroups": [{"GroupId": "a", "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]}]}"#
        for length in 1..<(whole.utf8.count) {
            #expect(failure(String(decoding: Array(whole.utf8.prefix(length)), as: UTF8.self)) != nil, "\(length)")
        }
    }

    @Test(arguments: Dialect.allCases)
    func `noise never crashes a reader`(_ dialect: Dialect) {
        var random = SeededGenerator(seed: 11)
        let words = [
            "table", "<a>", "{", "}", "pass", "in", "quick", "from", "any", "to", "port", "25", "-A", "INPUT", "-s",
            "10.0.0.0/8", "-j", "ACCEPT",
            "!", "\"", "permit", "tcp", "access-list", "100", "chain", "type", "filter", "hook", "vmap", ":", ",", ";",
            "[", "]", "ct", "state", "new",
            "<zone>", "</zone>", "=", "$x", "\\", "(", ")", "Status:", "ALLOW", "IN", "add", "rule", "set", "elements",
            "-", "eq", "host", "\n", "\n", "\t",
        ]
        for _ in 0..<1500 {
            let text = (0..<random.number(1...30)).map { _ in random.pick(words, or: "") }.joined(
                separator: random.one(in: 5) ? "" : " ")
            _ = failure(text, as: dialect)
        }
        for _ in 0..<200 {
            let bytes = (0..<random.number(0...200)).map { _ in UInt8(random.number(0...255)) }
            _ = try? RuleSetReader.read([SourceFile(name: "noise", bytes: bytes)], as: dialect)
        }
    }

    @Test func `deep JSON and huge files are refused`() {
        #expect(failure(String(repeating: "[", count: 100_000), as: .aws)?.code == .bound)
        let big = SourceFile(
            name: "big", bytes: [UInt8](repeating: UInt8(ascii: "#"), count: SourceFile.sizeBound.bytes + 1))
        do {
            _ = try RuleSetReader.read([big])
            Issue.record("read")
        } catch {
            #expect(error.code == .bound)
        }
        let zero = SourceFile(
            name: "zero", bytes: Array("*filter\n:INPUT ACCEPT [0:0]\n".utf8) + [0, 0] + Array("\nCOMMIT\n".utf8))
        do {
            _ = try RuleSetReader.read([zero])
            Issue.record("read")
        } catch {
            #expect(error.description.hasPrefix("zero:3:"))
        }
    }

    @Test func `chains that multiply each other are given up`() throws {
        var text = "*filter\n:INPUT DROP [0:0]\n"
        for index in 0..<60 { text += ":C\(index) - [0:0]\n" }
        text += "-A INPUT -j C0\n"
        for index in 0..<59 { for _ in 0..<20 { text += "-A C\(index) -j C\(index + 1)\n" } }
        text += "COMMIT\n"
        let sets = try RuleSetReader.read([SourceFile(name: "rules", text)])
        do {
            _ = try sets[0].reach(FirewallQuestion(), steps: 20_000)
            Issue.record("answered")
        } catch {
            #expect(error.code == .bound)
        }
    }
}
