import Testing

@testable import SluiceConfiguration

@Suite struct HostileTextTests {
    @Test func anchorsAndAliasesWork() {
        let text = """
            customers:
              - {id: a, servers: [192.0.2.1], contact: &ops [ops@example.org]}
              - {id: b, servers: [192.0.2.2], contact: *ops}
            """
        let configuration = Configuration.parse(text: text).configuration
        #expect(configuration?.customers.map(\.contacts.count) == [1, 1])
    }

    @Test func aBillionLaughsAreNotLaughed() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
                + "]\n"
        }
        #expect(
            Configuration.parse(text: text).errors.contains { $0.message.contains("counting each use of an alias") })
    }

    @Test func deepNestingIsAnError() {
        let text = String(repeating: "[", count: 100_000)
        #expect(Configuration.parse(text: text).errors.count == 1)
        let nested = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(Configuration.parse(text: nested).errors.contains { $0.message.contains("nested deeper") })
        let flow = String(repeating: "{a: ", count: 5000)
        #expect(Configuration.parse(text: flow).errors.isEmpty == false)
    }

    @Test func anchorsThatContainThemselvesAreErrors() {
        #expect(
            Configuration.parse(text: "a: &a [*a]\n").errors.contains { $0.message.contains("has no anchor before it") }
        )
    }

    @Test func bytesThatAreNoTextAreErrors() {
        for bytes: [UInt8] in [[0xff, 0xfe, 0x41], [0x80], [0x00], [0xc0, 0x80], [0xed, 0xa0, 0x80]] {
            let reading = Configuration.parse(bytes: bytes, path: nil, files: .none, checkCredential: { _ in nil })
            #expect(reading.configuration == nil)
        }
        let large = [UInt8](repeating: 0x23, count: (4 << 20) + 1)
        #expect(
            Configuration.parse(bytes: large, path: nil, files: .none, checkCredential: { _ in nil }).errors.count == 1)
    }

    @Test func messagesCarryNoControlBytes() {
        let reading = Configuration.parse(text: "\"\\e[31mx\": 1\nhostname: \"a\\nb\\e\"\n")
        #expect(reading.errors.count == 2)
        #expect(reading.errors.allSatisfy { $0.description.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
    }

    @Test func problemsAreBounded() {
        let text = (0..<5000).map { "k\($0): 1\n" }.joined()
        #expect(Configuration.parse(text: text).problems.count == 200)
    }

    /// What is wrong half a million times is looked at only until the list of problems is full.
    @Test func filesWrongThroughoutAreReadQuickly() {
        let keys = (0..<200_000).map { "messge-siz\($0): 1\n" }.joined()
        #expect(Configuration.parse(text: keys).problems.count == 200)
        let doubles = String(repeating: "a: 1\n", count: 200_000)
        #expect(Configuration.parse(text: doubles).problems.count == 200)
        let networks = String(repeating: "1,", count: 200_000)
        #expect(Configuration.parse(text: "customers: [{id: a, servers: [\(networks)]}]").problems.count == 200)
    }

    /// One token over and over, behind each kind of beginning: what makes a careless reader quadratic or recursive.
    @Test(arguments: ["", "a: ", "[", "{", "\"", "a: |\n  ", "? "]) func monotonousTextsAreReadToTheEnd(
        beginning: String
    ) {
        let tokens = [
            "? ", "- ", "[", "[a,", "{a: ", "'", "\"", "!x ", "&a ", "*a ", "%TAG ! x\n", "\n", "# ", "#\n", "|\n ",
            "a",
            "\\u0041", "a: b\n", "- a\n", "a:\n ", ",", ":", "---\n", "...\n", "\t", "k: [1, 2]\n", "? a\n: b\n", " ",
            "\r",
            "é", "a\n\n", ">\n\n ",
        ]
        for token in tokens {
            let text = beginning + String(repeating: token, count: 32_768 / token.utf8.count)
            let reading = Configuration.parse(text: text)
            #expect(reading.configuration != nil || !reading.errors.isEmpty)
        }
    }

    /// Seeded mutations of the example, so that a failure comes back.
    @Test(arguments: 1...8) func mutationsNeitherCrashNorHang(seed: UInt64) {
        var random = Generator(state: seed)
        let original = Array(Configuration.example.utf8)
        let pieces: [[UInt8]] = [
            "&a ", "*a", "[", "]", "{", "}", "- ", ": ", "\n", "  ", "\t", "'", "\"", "|\n", ">\n", "? ", "!!int ",
            "%YAML 1.1\n",
            "---\n", "<<: ", "\u{0}", "\u{feff}", "~",
        ].map { Array($0.utf8) }
        for _ in 0..<150 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...80, using: &random)))
                case 3: if bytes[place] == UInt8(ascii: "#") { bytes[place] = UInt8(ascii: " ") }
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 60)], at: place)
                }
            }
            let reading = Configuration.parse(bytes: bytes, path: nil, files: .none, checkCredential: { _ in nil })
            #expect(reading.configuration != nil || !reading.errors.isEmpty)
        }
    }
}

/// SplitMix64.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
