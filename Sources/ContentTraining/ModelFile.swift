package import ContentAnalysis
import MailTypes

/// A content model in a file. Blocking: not for event loops.
package enum ModelFile {
    /// No model is larger: 2^19 features of three weights and two counts.
    private static let largest = 64 << 20

    /// Reads a model; a damaged or foreign file gives an error that says which and why.
    package static func load(_ path: String) throws(TrainingError) -> ContentModel {
        let (bytes, isWhole) = try Files.contents(path, limit: largest)
        guard isWhole else { throw TrainingError(.badModel, "\(SafeText.printable(path)) is too large for a model") }
        do {
            return try ContentModel(decoding: bytes)
        } catch {
            throw TrainingError(.badModel, "\(SafeText.printable(path)): \(error.message)")
        }
    }

    /// Whether a model can be written there: to be asked before training, which takes time.
    package static func checkPlace(_ path: String) throws(TrainingError) { try Files.checkReplaceable(path) }

    /// Writes a model atomically: who reads at any moment gets the old one or the new one.
    ///
    /// - Parameter precision: `.full` for a model that goes on learning.
    package static func save(
        _ model: ContentModel, to path: String, _ precision: ModelPrecision = .full
    ) throws(TrainingError) {
        try Files.replace(path, with: model.encoded(precision))
    }
}
