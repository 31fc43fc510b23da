import ContentAnalysis
import Testing

@testable import ContentTraining

struct ModelEvaluationTests {
    @Test func aTrainedModelIsMeasured() throws {
        var evaluation = ModelEvaluation(try Invented.training().model(createdBy: "test"))
        for n in 100..<130 {
            evaluation.add("s\(n)", Array(Invented.spam(n).utf8), isSpam: true)
            evaluation.add("h\(n)", Array(Invented.ham(n).utf8), isSpam: false)
        }
        let result = try evaluation.result()
        #expect(result.oneMinusAUC == 0 && result.recallAtTenthPercent == 1 && result.recallAtOnePercent == 1)
        #expect(result.calibration.logLoss < 0.5)
        #expect(result.missedSpam.isEmpty && result.suspectedHam.isEmpty)
        #expect(result.calibration.rows.reduce(0) { $0 + $1.spam + $1.ham } == 60)
        #expect(result.description.contains("30 spam, 30 ham"))
    }

    @Test func mistakesAreNamedWorstFirst() throws {
        var evaluation = ModelEvaluation(try Invented.training().model(createdBy: "test"))
        for n in 0..<3 {
            evaluation.add("wrong\(n)", Array(Invented.ham(n).utf8), isSpam: true)
            evaluation.add("right\(n)", Array(Invented.ham(n + 50).utf8), isSpam: false)
        }
        let result = try evaluation.result(mistakes: 2)
        #expect(result.missedSpam.count == 2 && result.missedSpam[0].logOdds <= result.missedSpam[1].logOdds)
        #expect(result.oneMinusAUC > 0.1)
    }

    @Test func oneClassIsNoMeasurement() throws {
        var evaluation = ModelEvaluation(ContentModel())
        evaluation.add("a", Array(Invented.spam(1).utf8), isSpam: true)
        #expect(throws: TrainingError.self) { try evaluation.result() }
        #expect(throws: TrainingError.self) { try Invented.training(3).model(createdBy: "") }
    }

    @Test func trainingHasALimit() {
        var training = ModelTraining(limit: 2)
        for n in 0..<5 { training.add(Array(Invented.spam(n).utf8), isSpam: true) }
        #expect(training.spam == 2 && training.skipped == 3)
    }
}
