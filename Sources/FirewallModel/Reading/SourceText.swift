package import MailTypes

/// One file as it was read: its name and bytes.
package struct SourceFile: Sendable {
    package var name: String
    package var bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    package init(name: String, _ text: String) { self.init(name: name, bytes: Array(text.utf8)) }

    /// Larger files are refused.
    package static let sizeBound = ByteCount.mib(64)
}

/// A file's text in lines: UTF-8, also when the file is UTF-16 (what PowerShell writes) with or without its mark.
struct SourceText: Sendable {
    let name: String
    /// Index into the rule set's file names.
    let index: Int
    let bytes: [UInt8]

    init(_ file: SourceFile, index: Int) throws(FirewallError) {
        name = file.name
        self.index = index
        let size = file.bytes.count
        guard size <= SourceFile.sizeBound.bytes else {
            throw FirewallError(.bound, file: name, "\(size) bytes; at most \(SourceFile.sizeBound.bytes) are read")
        }
        bytes = try SourceText.utf8(file)
    }

    func error(_ line: Int, _ message: String) -> FirewallError {
        FirewallError(.syntax, file: name, line: line, message)
    }

    private static func utf8(_ file: SourceFile) throws(FirewallError) -> [UInt8] {
        let bytes = file.bytes
        if bytes.starts(with: [0xff, 0xfe, 0, 0]) || bytes.starts(with: [0, 0, 0xfe, 0xff]) {
            throw FirewallError(.syntax, file: file.name, line: 1, "the file is UTF-32; save it as UTF-8")
        }
        if bytes.starts(with: [0xff, 0xfe]) { return try utf16(file, from: 2, bigEndian: false) }
        if bytes.starts(with: [0xfe, 0xff]) { return try utf16(file, from: 2, bigEndian: true) }
        if bytes.count >= 2, bytes[0] != 0, bytes[1] == 0 { return try utf16(file, from: 0, bigEndian: false) }
        if bytes.count >= 2, bytes[0] == 0, bytes[1] != 0 { return try utf16(file, from: 0, bigEndian: true) }
        if let zero = bytes.firstIndex(of: 0) {
            let line = bytes[..<zero].count { $0 == UInt8(ascii: "\n") } + 1
            throw FirewallError(.syntax, file: file.name, line: line, "a zero byte: this is no text")
        }
        return bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes[3...]) : bytes
    }

    private static func utf16(_ file: SourceFile, from start: Int, bigEndian: Bool) throws(FirewallError) -> [UInt8] {
        let bytes = file.bytes
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = start
        while index + 1 < bytes.count {
            let (a, b) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            units.append(bigEndian ? a << 8 | b : b << 8 | a)
            index += 2
        }
        let line = units.count { $0 == 10 } + 1
        guard index == bytes.count else {
            throw FirewallError(
                .syntax, file: file.name, line: line, "UTF-16 that ends in half a character: the file is cut")
        }
        guard !units.contains(0) else {
            throw FirewallError(.syntax, file: file.name, line: 1, "zero characters: this is no text")
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    /// The text; bytes that are no UTF-8 (comments in an old encoding) become U+FFFD.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Calls `body` for each line with its number from 1, without line ends; a `\` at the end joins the next when `joining`.
    func forEachLine(
        joining: Bool = false, _ body: (Int, Substring) throws(FirewallError) -> Void
    ) throws(FirewallError) {
        var number = 0
        var start = bytes.startIndex
        var held = ""
        var heldLine = 0
        while start < bytes.endIndex {
            number += 1
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
            var slice = bytes[start..<end]
            if slice.last == UInt8(ascii: "\r") { slice = slice.dropLast() }
            start = end + 1
            if joining, slice.last == UInt8(ascii: "\\") {
                guard end != bytes.endIndex else { throw error(number, "ends in \\: the file is cut") }
                if held.isEmpty { heldLine = number }
                held += String(decoding: slice.dropLast(), as: UTF8.self) + " "
                continue
            }
            let line = String(decoding: slice, as: UTF8.self)
            if held.isEmpty {
                try body(number, line[...])
            } else {
                held += line
                let joined = held
                held = ""
                try body(heldLine, joined[...])
            }
        }
        if !held.isEmpty { try body(heldLine, held[...]) }
    }
}

/// Splits a line into words. Double and single quotes hold words together, a backslash takes the next character as it is.
enum Words {
    /// `nil`: a quote is not closed.
    static func split(_ line: Substring) -> [Substring]? {
        if !line.utf8.contains(where: { $0 == 0x22 || $0 == 0x27 || $0 == 0x5c }) {
            return line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        }
        var words: [Substring] = []
        var word = ""
        var inWord = false
        var quote: Character?
        var escaped = false
        for character in line {
            if escaped {
                word.append(character)
                escaped = false
            } else if character == "\\", quote != "'" {
                escaped = true
                inWord = true
            } else if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                inWord = true
            } else if character == " " || character == "\t" {
                if inWord { words.append(word[...]) }
                word = ""
                inWord = false
            } else {
                word.append(character)
                inWord = true
            }
        }
        guard quote == nil, !escaped else { return nil }
        if inWord { words.append(word[...]) }
        return words
    }
}
