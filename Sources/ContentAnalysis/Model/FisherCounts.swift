/// Robinson's and Fisher's combination of token probabilities (as SpamAssassin's and bogofilter's Bayes): how often each
/// feature was seen in spam and in ham.
///
/// It errs on other messages than the linear views do, which is why it is here: it trusts the strongest features, they
/// weigh all. Pairs are not counted: most occur once, and say
/// nothing that way.
struct FisherCounts: Sendable {
    /// Messages that held the feature, spam and ham, by index; they stop counting at 65,535.
    private(set) var spam: [UInt16] = Array(repeating: 0, count: FeatureSet.count)
    private(set) var ham: [UInt16] = Array(repeating: 0, count: FeatureSet.count)
    /// Each feature's logit of the probability that its message is spam, in `FisherScore.step`s; 0 counts for nothing.
    private(set) var levels: [Int8] = Array(repeating: 0, count: FeatureSet.count)

    /// Robinson's prior strength and probability, and how far from one half a feature must be to count; SpamAssassin's
    /// values, measured best here too.
    private static let strength: Float = 0.03
    private static let prior: Float = 0.538
    private static let minimumDeviation: Float = 0.346

    mutating func learn(_ features: some Sequence<UInt32>, isSpam: Bool, of messages: MessageCounts) {
        for feature in features {
            let index = Int(feature)
            if isSpam {
                spam[index] = spam[index] == .max ? .max : spam[index] + 1
            } else {
                ham[index] = ham[index] == .max ? .max : ham[index] + 1
            }
            levels[index] = Self.level(spam: spam[index], ham: ham[index], of: messages)
        }
    }

    func isSeen(_ index: Int) -> Bool { spam[index] | ham[index] != 0 }

    /// The score of features, positive for spam.
    func score(_ features: Slice<UnsafeBufferPointer<UInt32>>) -> Float {
        levels.withUnsafeBufferPointer { FisherScore.value(UnsafeBufferPointer(rebasing: features), $0) }
    }

    mutating func set(_ index: Int, spam spamCount: UInt16, ham hamCount: UInt16) {
        spam[index] = spamCount
        ham[index] = hamCount
    }

    /// Brings all levels up to date with the number of messages, of which each depends.
    mutating func refresh(_ messages: MessageCounts) {
        for index in levels.indices where spam[index] | ham[index] != 0 {
            levels[index] = Self.level(spam: spam[index], ham: ham[index], of: messages)
        }
    }

    private static func level(spam: UInt16, ham: UInt16, of messages: MessageCounts) -> Int8 {
        let seen = Float(spam) + Float(ham)
        guard seen > 0, messages.spam > 0, messages.ham > 0 else { return 0 }
        let inSpam = Float(spam) / Float(messages.spam)
        let inHam = Float(ham) / Float(messages.ham)
        let probability = (strength * prior + seen * (inSpam / (inSpam + inHam))) / (strength + seen)
        guard abs(probability - 0.5) >= minimumDeviation else { return 0 }
        let logit = Logistic.naturalLog(Double(probability)) - Logistic.naturalLog(Double(1 - probability))
        return Int8(min(max((logit / FisherScore.step).rounded(), -127), 127))
    }
}

/// Messages learnt from.
package struct MessageCounts: Hashable, Sendable {
    package var spam = 0
    package var ham = 0
}
