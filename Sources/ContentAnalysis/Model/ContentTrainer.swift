/// Gathers labelled mail and makes a model of it.
///
/// Holds features and no text: about 10 KB a message. Deterministic: the same samples in the same order give the same
/// model.
package struct ContentTrainer: Sendable {
    /// Passes over the training mail, the first one's step, and what remains of it from pass to pass. Steps this long fit
    /// rare spam that short ones never reach, and leave weights that depend on the order of the mail:
    private static let passes = 5
    private static let rate: Float = 100
    private static let decay: Float = 0.75
    /// therefore the mean over several orders is taken; fewer do for the held-out scores and for much mail.
    private static let orders = 12
    private static let heldOutOrders = 3
    private static let fewestOrders = 2
    /// Messages times orders from which on fewer orders are taken.
    private static let work = 40_000
    /// Parts for the held-out scores that calibration needs.
    private static let folds = 4
    /// Messages of each class that a calibration needs; with fewer, the earlier model's is kept.
    private static let fewestForCalibration = 8

    private struct Item: Sendable {
        var features: FeatureSet
        var isSpam: Bool
    }

    private var items: [Item] = []
    private let base: ContentModel

    /// - Parameter base: a model to go on from; an empty one to begin with.
    package init(continuing base: ContentModel = ContentModel()) { self.base = base }

    package mutating func add(_ sample: ContentSample, isSpam: Bool) {
        add(FeatureExtractor.features(of: sample), isSpam: isSpam)
    }

    mutating func add(_ features: FeatureSet, isSpam: Bool) { items.append(Item(features: features, isSpam: isSpam)) }

    /// The messages gathered.
    package var count: Int { items.count }

    /// Trains on everything gathered.
    ///
    /// - Parameter progress: told the share done, 0…1, after each fold.
    package func model(progress: (Double) -> Void = { _ in }) -> ContentModel {
        var model = fitted(orders: orders(Self.orders)) { _ in true }
        let spam = items.count { $0.isSpam }
        progress(1 / Double(Self.folds + 1))
        guard min(spam, items.count - spam) >= Self.fewestForCalibration else { return model }
        var held: [(scores: LearnerScores, isSpam: Bool)] = []
        for fold in 0..<Self.folds {
            let learner = fitted(orders: orders(Self.heldOutOrders)) { $0 % Self.folds != fold }
            for index in stride(from: fold, to: items.count, by: Self.folds) {
                held.append((items[index].features.withView(learner.scores), items[index].isSpam))
            }
            progress(Double(fold + 2) / Double(Self.folds + 1))
        }
        model.calibration = Calibration(fitting: held)
        return model
    }

    /// Of each token and pair, messages that hold it.
    private func occurrences(_ chosen: [Int]) -> [Int32] {
        var occurrences = [Int32](repeating: 0, count: FeatureSet.count)
        for index in chosen {
            items[index].features.withView { view in
                for feature in view.tokens { occurrences[Int(feature)] += 1 }
                for feature in view.pairs { occurrences[Int(feature)] += 1 }
            }
        }
        return occurrences
    }

    private func orders(_ most: Int) -> Int {
        min(most, max(Self.fewestOrders, Self.work / max(1, items.count)))
    }

    private func fitted(orders: Int, to isIncluded: (Int) -> Bool) -> ContentModel {
        var counted = base
        var order = items.indices.filter(isIncluded)
        for index in order { counted.count(items[index].features, isSpam: items[index].isSpam) }
        counted.refresh()
        if base.messages == MessageCounts() { counted.tokens.setCommonness(occurrences(order), messages: order.count) }
        let touched = TouchedFeatures(order.lazy.map { items[$0].features })
        var generator = SplitMix64(state: 2)
        var mean = counted
        var model = counted
        for number in 0..<orders {
            if number > 0 { model.takeWeights(of: counted, touched) }
            var rate = Self.rate
            for _ in 0..<Self.passes {
                order.shuffle(using: &generator)
                for index in order { model.step(items[index].features, isSpam: items[index].isSpam, rate: rate) }
                rate *= Self.decay
            }
            mean.moveWeights(toward: model, share: 1 / Float(number + 1), touched)
        }
        return mean
    }
}

extension ContentModel {
    /// A model from labelled mail.
    package static func train(_ samples: [(sample: ContentSample, isSpam: Bool)]) -> ContentModel {
        var trainer = ContentTrainer()
        for (sample, isSpam) in samples { trainer.add(sample, isSpam: isSpam) }
        return trainer.model()
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
