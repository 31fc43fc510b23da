/// Messages in an mbox that any mail program opens, and back without losing a byte (mboxrd: every line `>…>From ` gets one more
/// `>`).
enum MboxQuoting {
    private static let from = Array("From ".utf8)

    /// The separator line, the quoted message and an empty line.
    static func append(_ message: [UInt8], separator: String, to mbox: inout [UInt8]) {
        mbox.append(contentsOf: separator.utf8)
        mbox.append(0x0a)
        walkLines(message[...]) { line in
            if isFrom(line) { mbox.append(UInt8(ascii: ">")) }
            mbox.append(contentsOf: line)
        }
        if mbox.last != 0x0a { mbox.append(0x0a) }
        mbox.append(0x0a)
    }

    /// - Parameters:
    ///   - entry: what `append` wrote.
    ///   - size: the message's: whether its last line ended is no longer to be seen.
    static func message(in entry: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
        guard let end = entry.firstIndex(of: 0x0a), entry.count >= 2 else { return nil }
        var message: [UInt8] = []
        message.reserveCapacity(entry.count)
        walkLines(entry[(end + 1)..<(entry.endIndex - 1)]) { line in
            message.append(contentsOf: line.first == UInt8(ascii: ">") && isFrom(line) ? line.dropFirst() : line)
        }
        if message.count == size + 1, message.last == 0x0a { message.removeLast() }
        return message.count == size ? message : nil
    }

    private static func isFrom(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first, first == UInt8(ascii: ">") || first == UInt8(ascii: "F") else { return false }
        return line.drop { $0 == UInt8(ascii: ">") }.starts(with: from)
    }

    /// Lines with their ends.
    private static func walkLines(_ bytes: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) {
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0a).map { $0 + 1 } ?? bytes.endIndex
            body(bytes[start..<end])
            start = end
        }
    }
}
