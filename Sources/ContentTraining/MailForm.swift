/// What a file's first bytes show it to be: so that a compressed archive or a mail server's index is not learnt as a
/// letter.
enum MailForm: Equatable {
    case mail
    /// Packed by this program.
    case compressed(by: String)
    case other

    /// Lines from the start among which a header field must be: some senders put rubbish before it.
    private static let lines = 10
    private static let lineBytes = 1000

    init(_ bytes: [UInt8]) {
        for (magic, program) in Self.packed where bytes.starts(with: magic) {
            self = .compressed(by: program)
            return
        }
        let lines = bytes.prefix(Self.lines * Self.lineBytes)
            .split(separator: 0x0a, maxSplits: Self.lines, omittingEmptySubsequences: true).prefix(Self.lines)
        self = lines.contains(where: Self.isField) ? .mail : .other
    }

    /// A name of visible characters that begins with a letter, maybe blanks, a colon.
    private static func isField(_ line: ArraySlice<UInt8>) -> Bool {
        guard let colon = line.firstIndex(of: 0x3a), let first = line.first, first | 0x20 >= 0x61, first | 0x20 <= 0x7a
        else { return false }
        let name = line[..<colon].reversed().drop { $0 == 0x20 || $0 == 0x09 }
        return !name.isEmpty && name.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }

    private static let packed: [([UInt8], String)] = [
        ([0x1f, 0x8b], "gzip"), (Array("BZh".utf8), "bzip2"), ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], "xz"),
        ([0x28, 0xb5, 0x2f, 0xfd], "zstd"), ([0x50, 0x4b, 3, 4], "zip"),
    ]
}
