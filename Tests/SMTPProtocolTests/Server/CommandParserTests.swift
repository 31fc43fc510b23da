import MailTypes
import SMTPProtocol
import Testing

struct CommandParserTests {
    private func parse(_ line: String) -> Result<Command, CommandError> { parse(bytes: Array(line.utf8)) }
    private func parse(bytes: [UInt8]) -> Result<Command, CommandError> {
        bytes.withUnsafeBytes { CommandParser.parse($0) }
    }

    @Test func verbs() {
        #expect(parse("DATA") == .success(.data))
        #expect(parse("data ") == .success(.data))
        #expect(parse("RSET") == .success(.rset))
        #expect(parse("NOOP whatever") == .success(.noop))
        #expect(parse("StartTLS") == .success(.startTLS))
        #expect(parse("EHLO [192.0.2.1]") == .success(.ehlo("[192.0.2.1]")))
        #expect(parse("BDAT 100 LAST") == .success(.bdat(size: 100, isLast: true)))
        #expect(parse("AUTH plain AGEAYg==") == .success(.auth(mechanism: "PLAIN", initialResponse: "AGEAYg==")))
    }

    @Test func mailWithEveryParameter() throws {
        let line = "MAIL FROM:<joe@example.org> SIZE=1000 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb AUTH=<>"
        guard case .success(.mail(let path, let parameters)) = parse(line) else {
            Issue.record("not parsed")
            return
        }
        #expect(path.description == "joe@example.org")
        #expect(parameters.size == ByteCount(1000))
        #expect(parameters.body == .eightBitMIME)
        #expect(parameters.needsSMTPUTF8)
        #expect(parameters.returnContent == .headers)
        #expect(parameters.envelopeID == "a+2Bb")
        #expect(parse("MAIL FROM:<>") == .success(.mail(.null, .init())))
        #expect(parse("mail from: <>") == .success(.mail(.null, .init())))
    }

    @Test func recipientParameters() throws {
        guard
            case .success(.rcpt(let address, let parameters)) =
                parse("RCPT TO:<\"a>b\"@example.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;x+40y")
        else {
            Issue.record("not parsed")
            return
        }
        #expect(address.description == "\"a>b\"@example.org")
        #expect(parameters.notify == [.success, .delay])
        #expect(parameters.originalRecipient == "rfc822;x+40y")
    }

    @Test(arguments: [
        "", "DAT", "DATAX", "DATA now", "RCPT TO:<>", "RCPT TO:joe@example.org", "RCPT TO:<joe@example.org",
        "RCPTTO:<a@b.c>",
        "RCPT TO:<joe@example.org>X", "RCPT TO:<joe@example.org> NOTIFY=NEVER,DELAY",
        "RCPT TO:<joe@example.org> SIZE=1",
        "MAIL FROM:<joe>", "MAIL FROM:<a@b.c> SIZE=-1", "MAIL FROM:<a@b.c> SIZE=1 SIZE=2", "MAIL FROM:<a@b.c> FOO=1",
        "MAIL FROM:<a@b.c> BODY=9BIT", "MAIL FROM:<ü@b.c>", "EHLO", "EHLO a b", "BDAT", "BDAT x", "BDAT 1 FIRST",
        "BDAT 99999999999999999999", "AUTH", "STARTTLSX", "STAR", "HELOX", "MAIL FROM:<a@b.c> ENVID=a=b",
        "RCPT TO:<@relay.example:joe@example.org>", "RCPT TO:<@a,@b:joe@example.org>", "DATA\t", "NOOP \u{7f}",
    ])
    func refused(line: String) {
        guard case .failure = parse(line) else {
            Issue.record("taken: \(line)")
            return
        }
    }

    @Test func sourceRoutesAreNamedAsSuch() {
        #expect(parse("RCPT TO:<@relay.example:joe@example.org>") == .failure(.sourceRoute))
    }

    @Test func refusalsNeverCarryTheirInputsControlBytes() {
        for line in ["MAIL FROM:<a@b.c> X\u{1b}=1", "MAIL FROM:<a@b.c> Ünknown=1"] {
            guard case .failure(let error) = parse(line) else {
                Issue.record("taken")
                continue
            }
            #expect(error.reply.text.utf8.allSatisfy { (0x20..<0x7f).contains($0) })
        }
    }

    @Test func noiseNeverCrashes() {
        var generator = Noise(state: 42)
        let seeds = [
            "MAIL FROM:<a@b.c> SIZE=1", "RCPT TO:<\"a b\"@[IPv6:::1]> ORCPT=rfc822;a", "AUTH PLAIN =", "BDAT 1 LAST",
        ]
        for round in 0..<20_000 {
            var bytes = Array(seeds[round % seeds.count].utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1 where bytes.count > 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                }
            }
            _ = parse(bytes: bytes)
        }
        _ = parse(bytes: Array(repeating: 0x20, count: 100_000))
    }
}

/// A seeded generator, so that a failure can be repeated.
struct Noise: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
