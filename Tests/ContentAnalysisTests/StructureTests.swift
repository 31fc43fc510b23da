import MessageFormat
import Testing

@testable import ContentAnalysis

/// The form of a message, told from its words.
struct StructureTests {
    private static let letter = """
        Received: from mail.garden.example (mail.garden.example [198.51.100.7]) by relay.example with ESMTP id 1
        From: "Anna Berg" <anna@garden.example>
        To: bert@school.example
        Subject: Roses on Friday
        Message-ID: <abc123@garden.example>
        Date: Mon, 2 Feb 2026 10:00:00 +0100
        Content-Type: text/plain; charset=utf-8

        Dear Bert, the roses come on Friday at http://garden.example/roses and I hope for sun.

        """

    private static func structure(_ text: String) -> Set<UInt32> {
        let features = FeatureExtractor.features(of: ContentSample(MessageReader.read(Array(text.utf8))))
        return features.withView { Set($0.structure) }
    }

    @Test func wordsDoNotMatter() {
        let other = Self.letter.replacing("roses", with: "bills").replacing("Roses", with: "Bills")
            .replacing("hope", with: "pray").replacing("anna", with: "fred").replacing("Anna", with: "Fred")
        let isSame = Self.structure(other) == Self.structure(Self.letter)
        #expect(isSame)
    }

    @Test(arguments: [
        ("<abc123@garden.example>", "<abc123@other.example>"), ("<abc123@garden", "<ABC-123.x@garden"),
        ("http://garden.example/roses", "http://other.example/roses"), ("http://garden.example", "http://192.0.2.7"),
        ("from mail.garden.example (mail", "from friend (mail"), ("(mail.garden.example [198", "(unknown [198"),
        ("with ESMTP", "with SMTP"), ("\"Anna Berg\" <anna@garden.example>", "anna@garden.example"),
        ("anna@garden", "a8873@garden"), ("To: bert@school.example", "To: undisclosed-recipients:;"),
        ("To: bert@school.example", "To: anna@garden.example"), ("Roses on Friday", "Re: Roses on Friday"),
        ("Roses on Friday", "ROSES ON FRIDAY!!"), ("Roses on Friday", "Roses on Friday     xkq77"),
        ("Roses on Friday", "Roses for bert on Friday"), ("+0100", "-0500"), ("charset=utf-8", "charset=koi8-r"),
        ("Message-ID:", "Reply-To: a@other.example\nMessage-ID:"),
        ("Message-ID:", "X-Mailer: Word Machine 4\nMessage-ID:"), ("hope for", "unsubscribe for"),
        ("Dear Bert", "> Dear Bert"),
    ])
    func formMatters(_ old: String, _ new: String) {
        let changed = Self.letter.replacing(old, with: new)
        #expect(changed != Self.letter)
        let isSame = Self.structure(changed) == Self.structure(Self.letter)
        #expect(!isSame, "\(new)")
    }

    @Test func markupMatters() {
        let html = Self.letter.replacing("text/plain", with: "text/html")
        func body(_ markup: String) -> Set<UInt32> { Self.structure(html + markup) }
        let plain = body("<p>Roses</p>")
        for markup in [
            "<P>Roses</P>", "<p>Roses</p><img src=x>", "<p>Roses</p><!-- x -->", "<p>Roses<form></form>",
            "<p width=\"1\">Roses</p>", "<p style=\"display:none\">Roses</p>",
        ] {
            let isSame = body(markup) == plain
            #expect(!isSame, "\(markup)")
        }
    }

    @Test func eachPairOfTraitsIsAFeature() {
        let sample = ContentSample(MessageReader.read(Array(Self.letter.utf8)))
        let traits = StructureWalk.read(sample, memory: .current)
        var features = 0
        traits.forEachFeature { _ in features += 1 }
        #expect(traits.count > 40 && traits.count <= StructureTraits.limit)
        #expect(features == traits.count * (traits.count + 1) / 2)
    }

    @Test func manyFieldsAreBounded() {
        let fields = (0..<500).map { ContentSample.Field(name: Array("name\($0)".utf8), value: Array("x".utf8)) }
        let traits = StructureWalk.read(ContentSample(fields: fields, text: []), memory: .current)
        #expect(traits.count <= StructureTraits.limit)
    }

    @Test func aProgramIsRecognisedByItsForm() {
        func message(_ n: Int, bulk: Bool) -> ContentSample {
            // The same words in both: only Message-ID, program and Received differ.
            let form =
                bulk
                ? "Received: from friend ([203.0.113.9]) by x\nMessage-ID: <\(n).77.Q@mx>\nX-Mailer: Blaster"
                : "Received: from a.example (a.example [192.0.2.1]) by x\nMessage-ID: <ab\(n)@a.example>\nUser-Agent: Letters"
            let words = ["sun", "rain", "wind", "snow", "fog", "hail", "storm"]
            let text = (0..<12).map { words[($0 * 5 + n * 3 + $0 * n) % words.count] }.joined(separator: " ")
            let message = "\(form)\nFrom: a@a.example\nTo: b@b.example\nSubject: \(words[n % 7])\n\n\(text)\n"
            return ContentSample(MessageReader.read(Array(message.utf8)))
        }
        let model = ContentModel.train((0..<60).map { (message($0, bulk: $0 % 2 == 0), $0 % 2 == 0) })
        for n in 100..<110 {
            #expect(model.logOdds(message(n, bulk: true)) > model.logOdds(message(n, bulk: false)) + 2)
        }
    }

    @Test(arguments: [
        ("www.shop.example.com", "example.com", "example"), ("example.com.", "EXAMPLE.com", "example"),
        ("a.b.garden.co.uk", "garden.co.uk", "garden"), ("mail.school.ac.at", "school.ac.at", "school"),
        ("a.co.com", "co.com", "co"), ("localhost", "localhost", "localhost"), ("", "", ""), ("..", "", ""),
    ])
    func hostsOfOneOrganisation(_ host: String, _ organisation: String, _ label: String) {
        let bytes = Array(host.utf8)
        let found = HostOrganisation(bytes[...])
        #expect(found.hash == HostOrganisation(Array(organisation.utf8)[...]).hash)
        #expect(String(decoding: bytes[found.label], as: UTF8.self).lowercased() == label)
        #expect(!found.isAddress)
    }

    @Test func hostsOfTwoOrganisationsDiffer() {
        func hash(_ host: String) -> UInt64 { HostOrganisation(Array(host.utf8)[...]).hash }
        #expect(hash("a.example") != hash("b.example"))
        #expect(hash("one.co.uk") != hash("two.co.uk"))
        #expect(HostOrganisation(Array("192.0.2.1".utf8)[...]).isAddress)
    }

    @Test func theLastAddressIsTaken() throws {
        let parts = try #require(AddressParts(Array("\"x@y\" <anna@garden.example> (home)".utf8)))
        #expect(parts.localPart.elementsEqual("anna".utf8) && parts.domain.elementsEqual("garden.example".utf8))
        #expect(parts.isSame(as: try #require(AddressParts(Array("ANNA@Garden.Example".utf8)))))
        #expect(AddressParts(Array("nobody".utf8)) == nil)
        #expect(AddressParts([0x40]) != nil)
    }
}
