/// The features of one message, hashed, each at most once.
///
/// Two tables: byte 4-grams, and tokens. Tokens lie in segments one after the other, so that each view of the model is
/// a range of them.
struct FeatureSet: Sendable {
    /// Features a table: 2^18. Twice as many gain nothing measurable, and these stay in the cache.
    static let bits = 18
    static let count = 1 << bits

    /// Byte 4-grams of header, subject and the body's head.
    var grams: [UInt32] = []
    /// Header fields, then subject, the body's head, markup, URLs and sizes, then the rest of the text.
    var tokens: [UInt32] = []
    /// Where the header's tokens end and the body's begin.
    var headerEnd = 0
    /// Where the body's head ends and the rest of the text begins.
    var headEnd = 0

    var header: Range<Int> { 0..<headerEnd }
    var head: Range<Int> { headerEnd..<headEnd }
    var rest: Range<Int> { headEnd..<tokens.count }
}
