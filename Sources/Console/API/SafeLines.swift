import MailTypes

/// Text of several lines from outside, each line made safe, the lines kept.
enum SafeLines {
    static let lineLimit = 400

    static func text(_ bytes: [UInt8], limit: Int = 8192) -> String {
        bytes.prefix(limit).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            SafeText.printable(
                bytes: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, limit: lineLimit
            )
        }.joined(separator: "\n")
    }
}
