/// The features of one message, hashed, each at most once, in three views that err on different messages.
struct FeatureSet: Sendable {
    /// Byte 4-grams of the head of the message.
    var grams: [UInt32] = []
    /// What the header says: fields, their order, words in them, shapes.
    var header: [UInt32] = []
    /// What the body says: words, markup, URLs, sizes.
    var body: [UInt32] = []

    enum View: Int, CaseIterable, Sendable {
        case grams = 0
        case header, body
    }

    subscript(view: View) -> [UInt32] {
        switch view {
        case .grams: grams
        case .header: header
        case .body: body
        }
    }
}
