/// Takes apart lines that hold several records: XML exports write all events on one line, compressed JSON a whole array.
package enum RecordSplitter {
    /// Whether a line may hold several records; cheap, since it is asked of every line.
    @inlinable
    package static func mayHoldSeveral(_ line: ByteSlice) -> Bool {
        line.count > 256 && (line.first == 0x3c || (line.first == 0x5b && line.at(1) == 0x7b))
    }

    /// Hands out each record of the line.
    package static func split(_ line: ByteSlice, _ body: (ByteSlice) -> Void) {
        if line.first == Byte.openSquare { splitArray(line, body) } else { splitEvents(line, body) }
    }

    /// How many bytes of a buffer without line ends are whole events; 0 when none is.
    package static func wholeEvents(_ buffer: ByteSlice) -> Int {
        guard buffer.first == Byte.less else { return 0 }
        let last = buffer.lastFind("</Event>")
        return last < 0 ? 0 : last + 8
    }

    private static func splitEvents(_ line: ByteSlice, _ body: (ByteSlice) -> Void) {
        var start = 0
        var end = line.find("</Event>")
        while end >= 0 {
            let begin = line.find("<Event ", from: start)
            let bare = line.find("<Event>", from: start)
            let first = begin < 0 ? bare : bare < 0 ? begin : min(begin, bare)
            body(line.part(first >= 0 && first < end ? first : start, end + 8))
            start = end + 8
            end = line.find("</Event>", from: start)
        }
        let rest = line.from(start).trimmed
        if start == 0 || !rest.isEmpty { body(rest) }
    }

    private static func splitArray(_ line: ByteSlice, _ body: (ByteSlice) -> Void) {
        var depth = 0
        var inString = false
        var start = 1
        var at = 1
        while at < line.count {
            let byte = line[at]
            if inString {
                if byte == Byte.backslash { at += 1 } else if byte == Byte.quote { inString = false }
            } else if byte == Byte.quote {
                inString = true
            } else if byte == 0x7b {
                if depth == 0 { start = at }
                depth += 1
            } else if byte == 0x7d {
                depth -= 1
                if depth == 0 { body(line.part(start, at + 1)) }
            }
            at += 1
        }
    }
}
