/// Looks for many words in one short text, whatever their case: pairs of letters that the text does not have rule out
/// nearly all words before they are looked for.
struct WordFilter {
    /// Words of 64 bits that `init` needs.
    static let size = 16

    private let text: ByteSlice
    private let pairs: UnsafeMutableBufferPointer<UInt64>

    /// - Parameter pairs: `size` words, used as long as the filter is.
    init(_ text: ByteSlice, _ pairs: UnsafeMutableBufferPointer<UInt64>) {
        self.text = text
        self.pairs = pairs
        pairs.initialize(repeating: 0)
        guard text.count > 1 else { return }
        var last = text.lowered(text[0])
        for i in 1..<text.count {
            let byte = text.lowered(text[i])
            let bit = WordFilter.bit(last, byte)
            pairs[bit >> 6] |= 1 << UInt64(bit & 63)
            last = byte
        }
    }

    /// Whether one of the words is in the text. Words in lower case, of two bytes or more.
    func hasAny(_ words: [StaticString]) -> Bool { words.contains(where: has) }

    private func has(_ word: StaticString) -> Bool {
        guard word.utf8CodeUnitCount > 1 else { return text.containsIgnoringCase(word) }
        let bit = WordFilter.bit(word.utf8Start[0], word.utf8Start[1])
        return pairs[bit >> 6] & 1 << UInt64(bit & 63) != 0 && text.containsIgnoringCase(word)
    }

    @inline(__always)
    private static func bit(_ first: UInt8, _ second: UInt8) -> Int { (Int(first) << 5 ^ Int(second)) & 1023 }
}
