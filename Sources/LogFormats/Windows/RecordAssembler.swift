/// Puts records together that exports spread over lines: XML events, JSON objects, CSV with line breaks in quotes.
///
/// Bounded: a record longer than 256 KiB is given up.
struct RecordAssembler {
    enum Kind { case xml, json, csv }

    private(set) var kind: Kind?
    private var bytes: [UInt8] = []
    private var depth = 0
    private var inString = false
    private static let limit = 256 * 1024

    var isOpen: Bool { kind != nil }

    /// Begins a record with its first line; `nil` when it goes on, else the whole record.
    mutating func begin(_ kind: Kind, _ line: ByteSlice) -> [UInt8]? {
        self.kind = kind
        bytes.removeAll(keepingCapacity: true)
        depth = 0
        inString = false
        return add(line)
    }

    /// Adds a line; the whole record when it is complete. An overlong record is dropped (`[]`).
    mutating func add(_ line: ByteSlice) -> [UInt8]? {
        guard let kind else { return nil }
        if !bytes.isEmpty { bytes.append(0x0a) }
        bytes.append(contentsOf: line.bytes)
        let complete: Bool
        switch kind {
        case .xml: complete = line.contains("</Event>")
        case .json: complete = closes(line)
        case .csv: complete = closesQuotes(line)
        }
        if complete {
            self.kind = nil
            return bytes
        }
        guard bytes.count < RecordAssembler.limit else {
            self.kind = nil
            return []
        }
        return nil
    }

    private mutating func closes(_ line: ByteSlice) -> Bool {
        var at = 0
        while at < line.count {
            let byte = line[at]
            if inString {
                if byte == Byte.backslash { at += 1 } else if byte == Byte.quote { inString = false }
            } else if byte == Byte.quote {
                inString = true
            } else if byte == 0x7b {
                depth += 1
            } else if byte == 0x7d {
                depth -= 1
            }
            at += 1
        }
        return depth <= 0 && !inString
    }

    private mutating func closesQuotes(_ line: ByteSlice) -> Bool {
        for i in 0..<line.count where line[i] == Byte.quote { inString.toggle() }
        return !inString
    }
}
