import MessageFormat
import Testing

@testable import ContentAnalysis

/// What scoring owes its callers: the same answer each time, on each thread, for whatever comes; and reasons.
struct ScoringTests {
    private static func message(_ n: Int, spam: Bool) -> ContentSample {
        let text =
            spam
            ? "Subject: WIN \(n)!!\nContent-Type: text/html\n\n<p>Claim <b>free</b> money now, winner</p><a href=\"http://prize.example/\">www.bank.example</a><p style=\"display:none\">hidden words</p>"
            : "Subject: Minutes \(n)\nFrom: Anna <anna@company.example>\n\nThe review of the drawings is on Tuesday, see the table."
        return ContentSample(MessageReader.read(Array(text.utf8)))
    }

    private static let model = ContentModel.train(
        (0..<24).map { (sample: message($0, spam: $0 % 2 == 0), isSpam: $0 % 2 == 0) })

    @Test func aMessageLeavesNothingBehindForTheNext() {
        let samples = (0..<8).map { Self.message(100 + $0, spam: $0 % 2 == 0) }
        let alone = samples.map { Self.model.logOdds($0) }
        for _ in 0..<3 {
            for (sample, expected) in zip(samples, alone) { #expect(Self.model.logOdds(sample) == expected) }
        }
        let large = ContentSample(fields: [], text: Array(String(repeating: "many words of text ", count: 2000).utf8))
        _ = Self.model.logOdds(large)
        #expect(Self.model.logOdds(samples[0]) == alone[0])
    }

    @Test func allThreadsGiveTheSame() async {
        let sample = Self.message(7, spam: true)
        let expected = Self.model.logOdds(sample)
        await withTaskGroup(of: Double.self) { group in
            for _ in 0..<16 { group.addTask { Self.model.logOdds(sample) } }
            for await value in group { #expect(value == expected) }
        }
    }

    @Test func featuresAreEachThereOnce() {
        FeatureExtractor.withFeatures(of: Self.message(1, spam: true)) { view, _ in
            #expect(Set(view.tokens).union(view.pairs).count == view.tokens.count + view.pairs.count)
            #expect(Set(view.structure).count == view.structure.count)
            #expect(view.segments.headerEnd > 0 && view.segments.headerEnd < view.segments.headEnd)
            #expect(view.segments.tokens == view.tokens.count && view.segments.pairs == view.pairs.count)
            #expect(view.sizes.all == view.tokens.count + view.pairs.count)
        }
    }

    @Test func reasonsNameWhatStandsOut() {
        let reasons = Self.model.reasons(Self.message(3, spam: true), limit: 64)
        let kinds = Set(reasons.map(\.kind))
        #expect(kinds.isSuperset(of: [.word, .subject, .markup, .host, .trait]))
        #expect(reasons.contains { $0.kind == .trait && $0.text == "hidden text" && $0.logOdds > 0 })
        #expect(reasons.contains { $0.kind == .trait && $0.text == "link shows another host" })
        #expect(reasons.contains { $0.kind == .word && $0.text.lowercased() == "winner" && $0.logOdds > 0 })
        #expect(zip(reasons, reasons.dropFirst()).allSatisfy { abs($0.logOdds) >= abs($1.logOdds) })
        #expect(Self.model.reasons(Self.message(3, spam: true), limit: 2).count == 2)
    }

    @Test func aFullFileKeepsWhatWasLearntAndACompactOneNearlyAll() throws {
        var model = Self.model
        let mail = ContentSample(fields: [], text: Array("Special pharmacy offer without prescription".utf8))
        model.learn(mail, isSpam: true, weight: 3)
        let expected = model.logOdds(mail)
        #expect(abs(try ContentModel(decoding: model.encoded()).logOdds(mail) - expected) < 0.05)
        #expect(abs(try ContentModel(decoding: model.encoded(.compact)).logOdds(mail) - expected) < 0.5)
        #expect(model.encoded(.compact).count < model.encoded().count)
    }

    @Test func wordsAreCountedOncePerMessage() {
        var model = ContentModel()
        let sample = ContentSample(fields: [], text: Array("money money money".utf8))
        model.learn(sample, isSpam: true)
        let counted = model.counts.spam.reduce(0) { max($0, Int($1)) }
        #expect(counted == 1 && model.spamMessages == 1)
    }
}
