import MailTypes
import MessageFormat
import Testing

@testable import ContentAnalysis

/// Spam runs as they are sent: each copy with its own name, links, random words shown or hidden; read from whole messages.
struct GeneratedCampaignTests {
    private static let words = """
        account payment delivery invoice customer service security update message company project report customer number
        information address support system network business contact process request review product office market order
        weather garden holiday mountain kitchen teacher history language picture bicycle island window morning evening
        """.split { $0 == " " || $0 == "\n" }.map(String.init)
    private static let names = [
        "Joe", "Mary Smith", "Dr. Weber", "anna.k", "Friend", "Xiang", "O'Neill", "customer 4711",
    ]

    /// A text of its own for each seed: sentences of random words.
    private static func text(_ seed: UInt64, words count: Int = 90) -> [String] {
        var random = SplitMix64(state: seed)
        return (0..<count).map { _ in words[Int.random(in: 0..<words.count, using: &random)] }
    }

    private static func noise(_ random: inout SplitMix64) -> String {
        String(
            decoding: (0..<Int.random(in: 5...9, using: &random)).map { _ in
                UInt8.random(in: 0x61...0x7a, using: &random)
            },
            as: UTF8.self)
    }

    private static func copy(_ words: [String], _ number: Int, html: Bool) -> [UInt8] {
        var random = SplitMix64(state: UInt64(number) &* 77 &+ 5)
        var shown = words
        for _ in 0..<4 { shown.insert(noise(&random), at: Int.random(in: 0...shown.count, using: &random)) }
        let link = "http://\(noise(&random)).example/\(noise(&random))?id=\(number)"
        let name = names[number % names.count]
        if !html {
            let body = "Dear \(name),\n\n\(shown.joined(separator: " "))\n\(link)\n\(noise(&random))\n"
            return Array("Subject: \(noise(&random)) \(number)\nFrom: a@b.example\n\n\(body)".utf8)
        }
        let hidden = (0..<30).map { _ in noise(&random) }.joined(separator: " ")
        let body = """
            <p>Hello \(name)!</p><p>\(shown.joined(separator: " "))</p><div style="display:none">\(hidden)</div>
            <a href="\(link)">here</a><!-- \(noise(&random)) -->
            """
        return Array("Subject: \(noise(&random))\nContent-Type: text/html\n\n\(body)".utf8)
    }

    private static func fingerprint(_ message: [UInt8]) throws -> CampaignFingerprint {
        try #require(CampaignFingerprint(ContentSample(MessageReader.read(message))))
    }

    @Test(arguments: [false, true])
    func copiesAreOneCampaignAndRunsAreSeveral(_ html: Bool) throws {
        var index = CampaignIndex()
        var campaigns: Set<CampaignID> = []
        for run in 0..<20 {
            let text = Self.text(UInt64(run) &+ 1000)
            var own: [CampaignID: Int] = [:]
            for number in 0..<30 {
                let sighting = index.sight(
                    try Self.fingerprint(Self.copy(text, number, html: html)), at: Timestamp(seconds: 1))
                own[sighting.campaign, default: 0] += 1
            }
            let largest = try #require(own.max { $0.value < $1.value })
            #expect(largest.value >= 28, "run \(run): \(own.values)")
            #expect(campaigns.insert(largest.key).inserted)
        }
        #expect(campaigns.count == 20)
    }
}
