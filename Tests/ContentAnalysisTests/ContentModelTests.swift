import Testing

@testable import ContentAnalysis

struct ContentModelTests {
    private static func sample(_ subject: String, _ text: String, url: String? = nil) -> ContentSample {
        ContentSample(
            fields: [
                .init(name: Array("subject".utf8), value: Array(subject.utf8)),
                .init(name: Array("from".utf8), value: Array("Somebody <a@example.org>".utf8)),
            ], text: Array(text.utf8), urls: url.map { [Array($0.utf8)] } ?? [],
            parts: [.init(contentType: Array("text/plain".utf8), fileName: [])])
    }

    /// Forty invented mails of each kind, told apart by their words only.
    private static let corpus: [(sample: ContentSample, isSpam: Bool)] = (0..<40).flatMap { n in
        [
            (
                sample(
                    "You have WON number \(n)",
                    "Claim your free prize money now, dear winner \(n)! Click and send your bank details.",
                    url: "http://prize\(n).example.net/claim"), true
            ),
            (
                sample(
                    "Minutes of meeting \(n)",
                    "Hello, attached are the minutes of our project meeting \(n). The review of the drawings is on Tuesday."
                ), false
            ),
        ]
    }

    @Test func learnsTheDifferenceAndIsCalibrated() {
        let model = ContentModel.train(Self.corpus)
        let spam = Self.sample(
            "Free prize", "Dear winner, claim your money! Click now.", url: "http://prize.example.org/now")
        #expect(model.logOdds(spam) > 0.3)
        #expect(
            model.logOdds(Self.sample("Drawings", "Hello, the review of the drawings is moved to the next meeting."))
                < -0.3)
        #expect(model.spamMessages == 40)
        #expect(model.hamMessages == 40)
    }

    @Test func trainingIsDeterministicAndTheFileKeepsTheModel() throws {
        let model = ContentModel.train(Self.corpus)
        let bytes = model.encoded()
        #expect(ContentModel.train(Self.corpus).encoded() == bytes)
        let read = try ContentModel(decoding: bytes)
        for item in Self.corpus { #expect(abs(read.logOdds(item.sample) - model.logOdds(item.sample)) < 0.5) }
    }

    @Test func aCorrectionMovesTheScore() {
        var model = ContentModel.train(Self.corpus)
        let mail = Self.sample("Offer", "Special pharmacy offer without prescription")
        let before = model.logOdds(mail)
        for _ in 0..<5 { model.learn(mail, isSpam: true) }
        #expect(model.logOdds(mail) > before)
    }

    @Test func damagedFilesAreRefused() {
        let bytes = ContentModel.train(Array(Self.corpus.prefix(8))).encoded()
        #expect(throws: ModelError.self) { try ContentModel(decoding: []) }
        #expect(throws: ModelError.self) { try ContentModel(decoding: Array("SLUICEMODEL".utf8)) }
        for cut in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 50)) {
            #expect(throws: ModelError.self) { try ContentModel(decoding: Array(bytes[..<cut])) }
        }
        for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 50)) {
            var changed = bytes
            changed[place] ^= 0x41
            #expect(throws: ModelError.self) { try ContentModel(decoding: changed) }
        }
    }

    @Test func hostileSamplesAreBounded() {
        let model = ContentModel.train(Array(Self.corpus.prefix(8)))
        var generator = SplitMix64(state: 7)
        for size in [0, 1, 3, 4, 100, 300_000] {
            let noise = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let sample = ContentSample(
                fields: (0..<min(size, 200)).map { _ in .init(name: noise, value: noise) }, text: noise, html: noise,
                visibleHTML: noise, urls: Array(repeating: noise, count: min(size, 500)),
                parts: [.init(contentType: noise, fileName: noise)])
            #expect(abs(model.logOdds(sample)) <= Calibration.limit)
        }
        let markup = Array(String(repeating: "<a href=\"", count: 20_000).utf8)
        #expect(model.logOdds(ContentSample(fields: [], text: [], html: markup)).isFinite)
    }

    @Test func rankingQuality() throws {
        let perfect = try #require(RankingQuality(spam: [3, 4], ham: [1, 2]))
        #expect(perfect.oneMinusAUC == 0)
        #expect(perfect.recallAtTenthPercent == 1)
        let half = try #require(RankingQuality(spam: [1, 3], ham: [2, 2]))
        #expect(half.oneMinusAUC == 0.5)
        #expect(half.recallAtTenthPercent == 0.5)
        #expect(RankingQuality(spam: [], ham: [1]) == nil)
    }
}
