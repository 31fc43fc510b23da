package import ContentAnalysis
import MessageFormat

/// Measures a model on labelled mail it has not learnt.
package struct ModelEvaluation: Sendable {
    private let model: ContentModel
    private var scored: [ScoredMessage] = []

    private struct ScoredMessage: Sendable {
        var id: String
        var isSpam: Bool
        var logOdds: Double
    }

    package init(_ model: ContentModel) { self.model = model }

    package var count: Int { scored.count }

    package mutating func add(_ id: String, _ message: [UInt8], isSpam: Bool) {
        let logOdds = model.logOdds(ContentSample(MessageReader.read(message)))
        scored.append(ScoredMessage(id: id, isSpam: isSpam, logOdds: logOdds))
    }

    package mutating func add(_ mail: MailCollection, isSpam: Bool) throws(TrainingError) {
        try mail.forEach { name, message in
            add(name, message, isSpam: isSpam)
            return true
        }
    }

    package mutating func add(_ list: LabelledList) throws(TrainingError) {
        try list.forEach { entry, message in add(entry.id, message, isSpam: entry.isSpam) }
    }

    /// What was found.
    ///
    /// - Parameter mistakes: of each class, the worst ones that are named.
    /// - Throws: unless both classes occur.
    package func result(mistakes: Int = 10) throws(TrainingError) -> EvaluationResult {
        let spam = scored.filter(\.isSpam)
        let ham = scored.filter { !$0.isSpam }
        guard let quality = RankingQuality(spam: spam.map(\.logOdds), ham: ham.map(\.logOdds)) else {
            throw TrainingError(.tooFew, "an evaluation needs messages of both classes")
        }
        let worstSpam = spam.filter { $0.logOdds < 0 }.sorted { ($0.logOdds, $0.id) < ($1.logOdds, $1.id) }
        let worstHam = ham.filter { $0.logOdds > 0 }.sorted { (-$0.logOdds, $0.id) < (-$1.logOdds, $1.id) }
        return EvaluationResult(
            spam: spam.count, ham: ham.count, oneMinusAUC: quality.oneMinusAUC,
            recallAtTenthPercent: quality.recallAtTenthPercent, recallAtOnePercent: quality.recallAtOnePercent,
            calibration: CalibrationTable(spam: spam.map(\.logOdds), ham: ham.map(\.logOdds)),
            missedSpam: worstSpam.prefix(mistakes).map { .init(id: $0.id, logOdds: $0.logOdds) },
            suspectedHam: worstHam.prefix(mistakes).map { .init(id: $0.id, logOdds: $0.logOdds) })
    }
}
