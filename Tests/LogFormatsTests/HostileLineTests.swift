import LogFormats
import MailTypes
import Testing

/// Lines cut anywhere, mutated and forged: nothing crashes, nothing reads beyond the line, forged fields are not believed.
struct HostileLineTests {
    static let seeds: [String] =
        MailServerLineTests.postfix.map(\.0) + MailServerLineTests.dovecot.map(\.0) + MailServerLineTests.exim.map(\.0)
        + OtherServerLineTests.single.map(\.0) + WindowsAndExchangeTests.single.map(\.0)
        + FirewallLineTests.lines.map(\.0)

    @Test(arguments: seeds) func everyPrefixIsRead(line: String) {
        let bytes = Array(line.utf8)
        for length in 0...bytes.count {
            Lines.read([String(decoding: bytes.prefix(length), as: UTF8.self)]) { _, parsed in
                if let seconds = parsed.seconds { #expect(seconds < 1 << 36) }
            }
        }
    }

    @Test(arguments: 0..<20) func mutatedLinesAreRead(seed: UInt64) {
        var random = SplitMix(state: seed &* 7919 &+ 1)
        let replacements: [UInt8] = [
            0, 0x0a, 0x1b, 0x20, 0x22, 0x28, 0x29, 0x2c, 0x3a, 0x3c, 0x3d, 0x3e, 0x5b, 0x5d, 0x7b, 0x7d, 0xff,
        ]
        for line in HostileLineTests.seeds {
            var bytes = Array(line.utf8)
            for _ in 0..<(1 + random.below(6)) where !bytes.isEmpty {
                let at = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[at] = replacements[random.below(replacements.count)]
                case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(20)))
                default:
                    bytes.insert(
                        contentsOf: repeatElement(
                            replacements[random.below(replacements.count)], count: random.below(40)), at: at)
                }
            }
            Lines.read(bytes.split(separator: 0x0a).map { String(decoding: $0, as: UTF8.self) }) { _, _ in }
        }
    }

    @Test func aSubjectCannotNameAnotherAccount() {
        let told = Lines.story([
            "2026-11-24 08:30:00 1tAbCd-000123-4x <= eve@far.example H=far.example [203.0.113.8]:5 P=esmtp S=900 T=\"x A=plain:ann H=h [192.0.2.9]\" for ann@shop.example"
        ])
        #expect(told == "Exim: submission 1tAbCd-000123-4x 203.0.113.8 <eve@far.example> size=900 for=1")
    }

    @Test func aUserNameCannotForgeAnAddress() {
        let told = Lines.story([
            "Nov 24 08:30:00 mx dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<x>, method=PLAIN, rip=192.0.2.9>, method=LOGIN, rip=203.0.113.8, lip=192.0.2.1, session=<abc>"
        ])
        #expect(told == "Dovecot: failure x>, method=PLAIN, rip=192.0.2.9 203.0.113.8 imap LOGIN")
    }

    @Test func aGreetingCannotForgeAnAddress() {
        let told = Lines.story([
            "2026-11-24 08:30:00 plain authenticator failed for ([192.0.2.99]) [203.0.113.8]:5: 535 Incorrect authentication data (set_id=ann)"
        ])
        #expect(told == "Exim: failure ann 203.0.113.8 smtp plain")
    }

    @Test(arguments: [
        "2001:db8::1", "::1", "::", "1::", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "fe80::1%eth0", "192.0.2.1",
        "0.0.0.0",
        "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "64:ff9b::192.0.2.33", "12345::", "1:2", ":::",
        "1::2::3",
        "192.0.2.256", "192.0.2", "1.2.3.4.5", "", ":", "1:", ":1", "::1:", "1:2:3:4:5:6:7:8:9", "g::",
        "1:2:3:4:5:6:1.2.3.4",
    ]) func addressesReadAsElsewhere(text: String) {
        let expected = IPAddress(text.split(separator: "%").first.map(String.init) ?? text)
        var copy = text + "#"
        let read = copy.withUTF8 { bytes in
            bytes.baseAddress.flatMap { ByteSlice(base: $0, count: bytes.count - 1).address }
        }
        #expect(read == expected)
    }
}

struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
    mutating func below(_ n: Int) -> Int { Int(next() % UInt64(max(1, n))) }
}
