import MailTypes
import MessageFormat
import Testing

@testable import Inspection

struct LocalListTests {
    private func look(_ lists: LocalLists, _ body: String, to recipient: String = "x@y.example") throws -> (
        logOdds: Double, traps: Int
    ) {
        let message = MessageReader.read(Array("Subject: x\r\n\r\n\(body)\r\n".utf8))
        return lists.look(
            message, campaign: CampaignID(rawValue: 7),
            recipients: [Envelope.Recipient(address: try #require(EmailAddress(recipient)))])
    }

    private func lists(_ text: String) throws -> LocalLists { try LocalLists(Array(text.utf8)) }

    @Test(arguments: [
        ("bad-domain pills.example", "see http://shop.pills.example/x", 4.0),
        ("bad-domain pills.example", "see http://PILLS.example/x", 4),
        ("bad-domain pills.example", "see http://xpills.example", 0),
        ("bad-domain pills.example", "no link", 0),
        ("bad-link https://files.example/u/7/", "http://files.example/u/7/a.exe", 4),
        ("bad-link https://files.example/u/7/", "http://files.example/u/8/", 0),
        ("bad-text \(CampaignID(rawValue: 7))", "anything", 4), ("bad-text \(CampaignID(rawValue: 8))", "anything", 0),
        ("good-domain partner.example", "http://www.partner.example/", -1.5),
        // A good link beside his own gains the spammer nothing.
        ("good-domain partner.example", "http://www.partner.example/ http://new.example/", 0),
        ("good-domain partner.example\nbad-domain evil.example", "http://partner.example http://evil.example", 4),
    ])
    func entriesSpeakForWhatTheyName(list: String, body: String, logOdds: Double) throws {
        #expect(try look(lists(list), body).logOdds == logOdds)
    }

    @Test func trapsAreCounted() throws {
        let lists = try lists("trap Nobody@Own.example\r\n")
        let hit = try look(lists, "hello", to: "nobody@own.example")
        #expect(hit.traps == 1 && hit.logOdds == 3)
        #expect(try look(lists, "hello").traps == 0)
    }

    @Test(arguments: [
        "bad-domain", "bad-domain a b", "unknown x.example", "bad-domain .", "bad-text short", "trap nobody",
        "bad-link x",
        "good-domain a..b",
    ])
    func typingMistakesAreFound(line: String) {
        #expect {
            try LocalLists(Array("# first\n\(line)\n".utf8))
        } throws: { ($0 as? LocalLists.Problem)?.line == 2 }
    }

    @Test func nothingIsListedByNothing() throws {
        #expect(try lists("").isEmpty && lists("\n# x\n  \n").isEmpty && LocalLists().isEmpty)
    }
}
