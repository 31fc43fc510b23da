import Logging
import MailTypes

/// The form of a log line: bytes are put together at once, since there are thousands of lines a second.
enum LogLine {
    /// `TIME LEVEL MESSAGE key=value…`, keys sorted, values in quotes where they have spaces.
    static func text(_ time: Timestamp, _ level: Logger.Level, _ message: String, _ data: Logger.Metadata) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(512)
        line += time.iso8601.utf8
        line.append(space)
        line += level.rawValue.utf8
        line.append(space)
        line += SafeText.printable(message, limit: 1000).utf8
        for (key, value) in data.sorted(by: { $0.key < $1.key }) {
            line.append(space)
            line += key.utf8
            line.append(UInt8(ascii: "="))
            append(SafeText.printable(plain(value), limit: 2000), to: &line)
        }
        line.append(newline)
        return line
    }

    /// One JSON object (RFC 8259); arrays stay arrays.
    static func json(_ time: Timestamp, _ level: Logger.Level, _ message: String, _ data: Logger.Metadata) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(512)
        line += "{\"time\":\"".utf8
        line += time.iso8601.utf8
        line += "\",\"level\":\"".utf8
        line += level.rawValue.utf8
        line += "\",\"message\":".utf8
        appendJSON(message, to: &line)
        for (key, value) in data.sorted(by: { $0.key < $1.key }) {
            line.append(UInt8(ascii: ","))
            appendJSON(key, to: &line)
            line.append(UInt8(ascii: ":"))
            appendJSON(value, to: &line)
        }
        line += "}\n".utf8
        return line
    }

    private static let space = UInt8(ascii: " ")
    private static let newline = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    private static func plain(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): values.map(plain).joined(separator: "; ")
        case .dictionary: "\(value)"
        }
    }

    private static func append(_ text: String, to line: inout [UInt8]) {
        let utf8 = text.utf8
        if !utf8.isEmpty, utf8.allSatisfy({ $0 > 0x20 && $0 != quote && $0 != UInt8(ascii: "=") }) {
            line += utf8
            return
        }
        line.append(quote)
        for byte in utf8 {
            if byte == quote || byte == backslash { line.append(backslash) }
            line.append(byte)
        }
        line.append(quote)
    }

    private static func appendJSON(_ value: Logger.Metadata.Value, to line: inout [UInt8]) {
        guard case .array(let values) = value else { return appendJSON(plain(value), to: &line) }
        line.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            appendJSON(value, to: &line)
        }
        line.append(UInt8(ascii: "]"))
    }

    private static func appendJSON(_ text: String, to line: inout [UInt8]) {
        JSONString.append(text, limit: 4000, to: &line)
    }
}
