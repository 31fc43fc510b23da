package import ContentAnalysis
import MessageFormat

/// Makes a content model of labelled mail, in memory; features are kept, texts are not.
package struct ModelTraining: Sendable {
    /// Messages of one class that are learnt at most: about 10 KB of memory each.
    package static let defaultLimit = 20_000
    /// A model of fewer messages of one class would be luck.
    package static let fewest = 10

    package private(set) var spam = 0
    package private(set) var ham = 0
    /// Messages beyond the limit, which were not learnt.
    package private(set) var skipped = 0

    private var trainer: ContentTrainer
    private let base: ContentModel
    private let limit: Int

    /// - Parameters:
    ///   - base: a model to go on from: its counts and weights stay, and are moved by the new mail.
    ///   - limit: messages of one class at most; what comes later is skipped.
    package init(continuing base: ContentModel = ContentModel(), limit: Int = defaultLimit) {
        trainer = ContentTrainer(continuing: base)
        self.base = base
        self.limit = limit
    }

    /// Adds one message; false when the limit is reached.
    @discardableResult
    package mutating func add(_ message: [UInt8], isSpam: Bool) -> Bool {
        guard (isSpam ? spam : ham) < limit else {
            skipped += 1
            return false
        }
        if isSpam { spam += 1 } else { ham += 1 }
        trainer.add(ContentSample(MessageReader.read(message)), isSpam: isSpam)
        return true
    }

    /// Adds a message whose features were kept; false when the limit is reached.
    @discardableResult
    package mutating func add(_ features: ContentFeatures, isSpam: Bool) -> Bool {
        guard (isSpam ? spam : ham) < limit else {
            skipped += 1
            return false
        }
        if isSpam { spam += 1 } else { ham += 1 }
        trainer.add(features, isSpam: isSpam)
        return true
    }

    /// Adds the messages of a directory, an mbox or a file.
    package mutating func add(_ mail: MailCollection, isSpam: Bool) throws(TrainingError) {
        try mail.forEach { _, message in
            add(message, isSpam: isSpam)
            return true
        }
    }

    /// Adds the messages of a labelled list.
    package mutating func add(_ list: LabelledList) throws(TrainingError) {
        try list.forEach { entry, message in add(message, isSpam: entry.isSpam) }
    }

    /// The model. Takes about a millisecond a message, and the same mail in the same order gives the same model.
    ///
    /// - Parameters:
    ///   - createdBy: noted in the file; at most `ContentModel.createdByBytes`.
    ///   - progress: told the share done, 0…1.
    package func model(
        createdBy: String, progress: (Double) -> Void = { _ in }
    ) throws(TrainingError) -> ContentModel {
        let isNew = base.spamMessages + base.hamMessages == 0
        guard !isNew || min(spam, ham) >= Self.fewest else {
            throw TrainingError(
                .tooFew,
                "a model needs at least \(Self.fewest) messages of each class; there are \(spam) spam and \(ham) ham")
        }
        var model = trainer.model(progress: progress)
        model.createdBy = createdBy
        return model
    }
}
