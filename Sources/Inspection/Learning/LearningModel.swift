package import ContentAnalysis
package import MailTypes
import NIOConcurrencyHelpers

/// A content model that takes lessons while it judges.
///
/// Whoever teaches reaches as far as he is answerable: a customer moves a correction of his own (`ContentCorrection`, at
/// most ±2 for his own mail), the operator's people, confirmed cases and proven complaints also the model that all share,
/// within a budget for each customer whose mail it is (`SharedBudget`). So nobody can make the model blind by sending much
/// and calling it good.
package final class LearningModel: ContentScoring {
    /// Customers with corrections, 8 KiB each; beyond it the one that was taught longest ago starts anew.
    package static let customerLimit = 2000

    struct State: Sendable {
        var model: ContentModel
        var corrections: [CustomerID: ContentCorrection] = [:]
        var budgets: [CustomerID: SharedBudget] = [:]
        /// Customers in the order in which they were last taught.
        var taught: [CustomerID: UInt64] = [:]
        var lessons: UInt64 = 0
    }

    private let state: NIOLockedValueBox<State>
    /// Held while learning; readers never wait for it.
    private let teaching = NIOLock()

    package init(_ model: ContentModel) { state = NIOLockedValueBox(State(model: model)) }

    package func logOdds(_ sample: ContentSample) -> Double { logOdds(sample, of: nil) }

    package func logOdds(_ sample: ContentSample, of customer: CustomerID?) -> Double {
        let (model, correction) = state.withLockedValue { state in
            (state.model, customer.flatMap { state.corrections[$0] })
        }
        guard let correction else { return model.logOdds(sample) }
        return model.logOdds(sample, corrected: correction)
    }

    /// Takes lessons, in order. Some milliseconds each: not for event loops.
    package func learn(_ lessons: [Lesson]) {
        guard !lessons.isEmpty else { return }
        teaching.withLock {
            var next = state.withLockedValue { $0 }
            for lesson in lessons { next.learn(lesson) }
            state.withLockedValue { $0 = next }
        }
    }

    /// Begins anew from another model, and takes these lessons again.
    package func use(_ model: ContentModel, lessons: [Lesson]) {
        teaching.withLock {
            var next = State(model: model)
            for lesson in lessons { next.learn(lesson) }
            state.withLockedValue { $0 = next }
        }
    }

    /// The model that all share, as it is now.
    package var model: ContentModel { state.withLockedValue { $0.model } }
}

extension LearningModel.State {
    fileprivate mutating func learn(_ lesson: Lesson) {
        let customer = lesson.identity.customer
        lessons += 1
        if lesson.teacher != .complaint {
            if corrections[customer] == nil, corrections.count >= LearningModel.customerLimit,
                let oldest = taught.min(by: { $0.value < $1.value })?.key
            {
                corrections[oldest] = nil
                taught[oldest] = nil
            }
            corrections[customer, default: ContentCorrection()].learn(lesson.features, isSpam: lesson.isSpam)
            taught[customer] = lessons
        }
        let wanted = lesson.teacher.sharedWeight
        guard wanted > 0 else { return }
        if budgets[customer] == nil, budgets.count >= 10 * LearningModel.customerLimit { budgets = [:] }
        let weight = budgets[customer, default: SharedBudget()].take(wanted, at: lesson.time)
        guard weight > 0.01 else { return }
        // What the model already knows well teaches it nothing, and would only wear out other senders' words.
        let score = model.logOdds(lesson.features)
        guard lesson.isSpam ? score < LearningModel.sure : score > -LearningModel.sure else { return }
        model.learn(lesson.features, isSpam: lesson.isSpam, weight: Float(weight))
    }
}

extension LearningModel {
    /// From here on the model is sure by itself.
    fileprivate static let sure = 4.0
}
