extension ContentModel {
    /// Passes over the training mail; the step shrinks from pass to pass.
    private static let passes = 20
    private static let rate: Float = 100
    /// Parts for the held-out scores that calibration needs.
    private static let folds = 4

    /// A model from labelled mail. Deterministic: the same samples in the same order give the same model.
    ///
    /// - Parameter progress: told the share done, 0…1, after each fold.
    package static func train(
        _ samples: [(sample: ContentSample, isSpam: Bool)], progress: (Double) -> Void = { _ in }
    ) -> ContentModel {
        let items = samples.map {
            Item(features: FeatureExtractor.features(of: $0.sample, bits: featureBits), isSpam: $0.isSpam)
        }
        var held: [(scores: Calibration.Scores, isSpam: Bool)] = []
        for fold in 0..<folds {
            let learner = fitted(to: items.enumerated().filter { $0.offset % folds != fold }.map(\.element))
            for (index, item) in items.enumerated() where index % folds == fold {
                held.append((learner.scores(item.features), item.isSpam))
            }
            progress(Double(fold + 1) / Double(folds + 1))
        }
        var model = fitted(to: items)
        model.calibration = Calibration(fitting: held)
        progress(1)
        return model
    }

    private struct Item {
        var features: FeatureSet
        var isSpam: Bool
    }

    private static func fitted(to items: [Item]) -> ContentModel {
        var model = ContentModel()
        for item in items { model.tokens.learn(item.features.headerAndBody, isSpam: item.isSpam) }
        var order = Array(items.indices)
        var generator = SplitMix64(state: 1)
        for pass in 0..<passes {
            order.shuffle(using: &generator)
            let step = rate / (1 + Float(pass) * 0.5)
            for index in order { model.learn(items[index].features, isSpam: items[index].isSpam, rate: step) }
        }
        return model
    }
}

/// Steele, Lea and Flood's SplitMix64: a fixed, seedable order for training.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
