import MailTypes

/// Text of the file as it is shown in a message: short and without control bytes.
enum SafeName {
    static func of(_ text: String) -> String { "`" + SafeText.printable(text, limit: 60) + "`" }

    /// The candidate that was probably meant: an edit distance of at most a third of the word's length.
    static func suggestion(for word: String, among candidates: [String]) -> String? {
        let typed = Array(word.utf8.prefix(64))
        let limit = max(1, typed.count / 3)
        return candidates.map { ($0, distance(typed, Array($0.utf8), limit: limit)) }
            .filter { $0.1 <= limit }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    }

    /// Damerau-Levenshtein with adjacent swaps (optimal string alignment); hyphen and underscore count as equal.
    private static func distance(_ a: [UInt8], _ b: [UInt8], limit: Int) -> Int {
        guard abs(a.count - b.count) <= limit else { return limit + 1 }
        func folded(_ byte: UInt8) -> UInt8 { byte == UInt8(ascii: "_") ? UInt8(ascii: "-") : ASCII.lowercased(byte) }
        let (a, b) = (a.map(folded), b.map(folded))
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
