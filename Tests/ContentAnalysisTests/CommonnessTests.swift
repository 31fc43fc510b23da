import Testing

@testable import ContentAnalysis

/// What all mail holds counts less than what few messages hold.
struct CommonnessTests {
    private static func sample(_ text: String) -> ContentSample { ContentSample(fields: [], text: Array(text.utf8)) }

    private static let model = ContentModel.train(
        (0..<40).map { n in
            let text = n % 2 == 0 ? "common pills\(n / 8) alpha" : "common garden\(n / 8) beta"
            return (sample: sample(text), isSpam: n % 2 == 0)
        })

    @Test func aFeatureOfAllMessagesIsTheMostCommon() {
        let occurring = Self.model.tokens.weights.filter { $0 != .zero }
        let most = occurring.map(\.w).max() ?? 0
        #expect(most > Self.model.tokens.rarest - 0.3 && most < Self.model.tokens.rarest)
        #expect(occurring.contains { $0.w < most / 2 })
    }

    @Test(arguments: [0, 1, 100, 255] as [UInt8])
    func levelsAreKeptExactly(_ level: UInt8) {
        #expect(Commonness(Commonness(level: level).value).level == level)
    }

    @Test func valuesOutsideAreTheNearest() {
        #expect(Commonness(-1).level == 0)
        #expect(Commonness(1000).level == 255)
    }

    @Test(arguments: [ModelPrecision.full, .compact])
    func theFileKeepsIt(_ precision: ModelPrecision) throws {
        let read = try ContentModel(decoding: Self.model.encoded(precision))
        #expect(read.tokens.rarest == Self.model.tokens.rarest)
        #expect(zip(read.tokens.weights, Self.model.tokens.weights).allSatisfy { $0.w == $1.w })
    }

    @Test func goingOnFromAModelLeavesItAsItIs() {
        var trainer = ContentTrainer(continuing: Self.model)
        for n in 0..<20 { trainer.add(Self.sample("common other\(n)"), isSpam: n % 2 == 0) }
        let model = trainer.model()
        #expect(model.tokens.rarest == Self.model.tokens.rarest)
        #expect(zip(model.tokens.weights, Self.model.tokens.weights).allSatisfy { $0.w == $1.w })
    }
}
