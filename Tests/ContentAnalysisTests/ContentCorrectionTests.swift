import ContentAnalysis
import MailTypes
import MessageFormat
import Testing

struct ContentCorrectionTests {
    private static func sample(_ text: String) -> ContentSample {
        ContentSample(
            MessageReader.read(Array("From: a@acme.example\r\nSubject: \(text.prefix(30))\r\n\r\n\(text)\r\n".utf8)))
    }

    private static let offer =
        "Cheap watches and pills, order now at the best shop of the whole wide internet before the night is over"
    private static let letter = "The minutes of Tuesday's meeting are attached; please read chapter three until Monday"

    @Test(arguments: [true, false])
    func lessonsMoveTheirOwnTextUpToALimit(isSpam: Bool) {
        let features = ContentFeatures(Self.sample(Self.offer))
        var correction = ContentCorrection()
        var last = 0.0
        for _ in 0..<1000 {
            correction.learn(features, isSpam: isSpam)
            let score = correction.logOdds(features) * (isSpam ? 1 : -1)
            #expect(score >= last && score <= ContentCorrection.limit)
            last = score
        }
        #expect(last == ContentCorrection.limit)
        // Another text of the same sender moves less.
        #expect(abs(correction.logOdds(ContentFeatures(Self.sample(Self.letter)))) < 1.5)
    }

    @Test func whatWasLearntCanBeUnlearnt() {
        let features = ContentFeatures(Self.sample(Self.offer))
        var correction = ContentCorrection()
        for _ in 0..<10 { correction.learn(features, isSpam: false) }
        for _ in 0..<10 { correction.learn(features, isSpam: true) }
        #expect(correction.logOdds(features) == ContentCorrection.limit)
    }

    @Test func featuresComeBackAsTheyWere() throws {
        let model = try ContentModel.seed()
        let sample = Self.sample(Self.offer)
        let features = ContentFeatures(sample)
        let again = try #require(ContentFeatures(decoding: features.encoded[...]))
        #expect(again.encoded == features.encoded)
        #expect(model.logOdds(again) == model.logOdds(sample))
        #expect(model.logOdds(sample, corrected: ContentCorrection()) == model.logOdds(sample))
    }

    @Test func damagedFeaturesAreRefused() throws {
        let bytes = ContentFeatures(Self.sample(Self.letter)).encoded
        #expect(ContentFeatures(decoding: []) == nil)
        #expect(ContentFeatures(decoding: bytes.dropLast()[...]) == nil)
        #expect(ContentFeatures(decoding: bytes.dropLast(4)[...]) == nil)
        for place in stride(from: 3, to: 28, by: 4) {
            var damaged = bytes
            damaged[place] = 0xff
            #expect(ContentFeatures(decoding: damaged[...]) == nil)
        }
        #expect(ContentFeatures(decoding: bytes.dropFirst(4)[...]) == nil, "an earlier form had no number of its own")
        var outside = bytes
        outside[bytes.count - 1] = 0x7f
        #expect(ContentFeatures(decoding: outside[...]) == nil)
    }
}
