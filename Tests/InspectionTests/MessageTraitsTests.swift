import ContentAnalysis
import Detection
import MailTypes
import MessageFormat
import Testing

@testable import Inspection

struct MessageTraitsTests {
    private struct Fixed: ContentScoring {
        func logOdds(_ sample: ContentSample) -> Double {
            // What is left of the text tells: answers are judged by what was written anew.
            Double(sample.text.count { $0 == UInt8(ascii: "!") }) - (sample.text.contains(UInt8(ascii: ">")) ? 100 : 0)
        }
    }

    private let hash = KeyedHash(key: (1, 2))

    private func traits(_ text: String) -> MessageTraits {
        MessageTraits(MessageReader.read(Array(text.utf8)), scoring: Fixed(), hash: hash)
    }

    @Test(arguments: [
        ("Mon, 5 Jan 2026 10:00:00 +0530", Int16(330)), ("Mon, 5 Jan 2026 10:00:00 -0800 (PST)", -480),
        ("5 Jan 2026 10:00 +0000", 0),
    ])
    func zonesAreRead(date: String, minutes: Int16) { #expect(MessageTraits.zone(Array(date.utf8)) == minutes) }

    @Test(arguments: ["", "GMT", "+", "+12", "+12a4", "+9999"])
    func whatIsNoZoneIsNone(date: String) { #expect(MessageTraits.zone(Array(date.utf8)) == nil) }

    @Test(arguments: [
        ("www.example.com", "example.com"), ("example.com", "example.com"), ("a.b.example.co.uk", "example.co.uk"),
        ("192.0.2.1", "192.0.2.1"), ("localhost", "localhost"), ("a.b.example.de", "example.de"),
    ])
    func domainsAreTheRegisteredOnes(host: String, domain: String) {
        #expect(MessageTraits.registered(Array(host.utf8)) == Array(domain.utf8))
    }

    @Test func theProgramIsKnownWithoutItsVersion() {
        let one = traits("User-Agent: Mozilla Thunderbird 115.3\nFrom: a@b.example\n\nhello\n")
        let two = traits("User-Agent: Mozilla Thunderbird 128.1\nFrom: a@b.example\n\nhello\n")
        let other = traits("X-Mailer: Mailer 1\nFrom: a@b.example\n\nhello\n")
        #expect(one.client.program == two.client.program && one.client.program != other.client.program)
        #expect(traits("From: a@b.example\n\nhello\n").client.program == 0)
    }

    @Test func anAnswerIsJudgedByWhatIsNew() {
        let text = traits(
            "In-Reply-To: <1@x.example>\nFrom: a@b.example\n\nBuy!!!\n\nOn Monday, Joe wrote:\n> fine\n> words\n")
        #expect(text.contentLogOdds == 3)
        #expect(text.thread.repliesTo.count == 1)
        #expect(
            MessageTraits.withoutQuotes(Array("a\n> b\nc\n".utf8)) == Array("a\nc\n\n".utf8)
                || !MessageTraits.withoutQuotes(Array("a\n> b\nc\n".utf8)).contains(UInt8(ascii: ">")))
    }

    @Test func linksAndBulkMarksAreSeen() {
        let text = traits(
            "List-Unsubscribe: <https://x.example/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\nFrom: a@b.example\n\nhttp://www.one.example/a http://two.one.example/b http://three.example/\n"
        )
        #expect(text.bulk == .oneClick)
        #expect(text.links.count == 2)
    }
}
