import MailTypes
import Testing

@testable import ContentAnalysis

struct CampaignIndexTests {
    private static let pitch = """
        Your mailbox has reached its storage quota and incoming messages are being held by the server. To keep your
        account active please confirm your identity on the page below within the next two days, otherwise all pending
        messages will be removed and the account will be suspended permanently by the administration team.
        """
    private static let minutes = """
        Attached are the minutes of the meeting about the new warehouse. The architect will send revised drawings on
        Friday, and the supplier promised a quotation for shelves before the end of the month. Please check the figures
        in the second table, they should match what accounting reported for the third quarter.
        """

    private static func fingerprint(_ text: String, html: Bool = false) throws -> CampaignFingerprint {
        let bytes = Array(text.utf8)
        return try #require(
            CampaignFingerprint(ContentSample(fields: [], text: html ? [] : bytes, visibleHTML: html ? bytes : [])))
    }

    @Test func personalisedAndHashBustedCopiesAreOneCampaign() throws {
        var index = CampaignIndex()
        let first = index.sight(try Self.fingerprint("Dear Joe,\n" + Self.pitch), at: Timestamp(seconds: 1))
        let copies = [
            "Hello Mary Smith\n" + Self.pitch + "\nhttp://one.example/a1",
            "Sir, " + Self.pitch + "\nxkcdqwrtz 83hd7 lorem 99",
            Self.pitch.replacing("the server", with: "zebra the server") + " velvet harbour", Self.pitch.uppercased(),
        ]
        for (number, copy) in copies.enumerated() {
            let sighting = index.sight(try Self.fingerprint(copy, html: number % 2 == 1), at: Timestamp(seconds: 2))
            #expect(sighting.campaign == first.campaign)
            #expect(sighting.earlier == number + 1)
            #expect(sighting.firstSeen == Timestamp(seconds: 1))
        }
    }

    @Test func otherTextsAreOtherCampaigns() throws {
        var index = CampaignIndex()
        let a = index.sight(try Self.fingerprint(Self.pitch), at: Timestamp(seconds: 1))
        let b = index.sight(try Self.fingerprint(Self.minutes), at: Timestamp(seconds: 1))
        #expect(a.campaign != b.campaign)
        #expect(b.earlier == 0)
    }

    @Test func quotedTextAndShortTextSayNothing() {
        let quoted = Self.pitch.split(separator: "\n").map { "> " + $0 }.joined(separator: "\n")
        #expect(CampaignFingerprint(ContentSample(fields: [], text: Array((quoted + "\nThanks, see you").utf8))) == nil)
        #expect(CampaignFingerprint(ContentSample(fields: [], text: Array("See you tomorrow".utf8))) == nil)
    }

    @Test func memoryIsBounded() throws {
        var index = CampaignIndex(capacity: 10)
        var generator = SplitMix64(state: 3)
        let words = [
            "river", "mountain", "table", "garden", "letter", "window", "engine", "summer", "paper", "market", "copper",
            "silver",
        ]
        for second in 0..<200 {
            let text = (0..<30).map { _ in words[Int.random(in: 0..<words.count, using: &generator)] }.joined(
                separator: " ")
            _ = index.sight(try Self.fingerprint(text), at: Timestamp(seconds: Int64(second)))
            #expect(index.count <= 10)
        }
    }
}
