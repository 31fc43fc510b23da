internal import CSeedModel

extension ContentModel {
    /// The model that is part of the program, for operators who have not trained their own: read when first asked for.
    ///
    /// Trained from public mail of two eras (`Documentation/content-model.md`); `createdBy` says so.
    package static func seed() throws(ModelError) -> ContentModel { try seedResult.get() }

    private static let seedResult: Result<ContentModel, ModelError> = {
        let bytes = UnsafeBufferPointer(start: sluice_seed_model(), count: sluice_seed_model_size())
        return Result { () throws(ModelError) in try ContentModel(decoding: Array(bytes)) }
    }()
}
