import MailTypes

/// The lines of an Exim configuration: continued ones joined, comments left out, `.ifdef` decided, macros replaced, included
/// files in their place where their text is there.
struct EximLines {
    struct Line {
        var file: String
        var number: Int
        var text: String
    }

    let tables: [String: String]
    private(set) var missing: [String] = []
    private var macros: [(name: String, value: String)] = []
    private var lines: [Line] = []
    private static let maximumDepth = 10
    private static let maximumLine = 65_536
    /// Each line is looked through for each of them.
    private static let maximumMacros = 1000

    init(tables: [String: String]) { self.tables = tables }

    mutating func read(_ source: MTAFacts.Source) throws(PostureError) -> [Line] {
        try read(source, depth: 0)
        return lines
    }

    private mutating func read(_ source: MTAFacts.Source, depth: Int) throws(PostureError) {
        guard source.text.utf8.count <= MTAFacts.maximumText else { throw PostureError("the file is too large") }
        var pending = ""
        var start = 0
        /// One a nested `.ifdef`: whether its lines count, and whether one of its branches did.
        var branches: [(isActive: Bool, isDone: Bool)] = []
        for (number, raw) in MTAText.lines(source.text) {
            let text = MTAText.trimmed(raw)
            if text.hasPrefix("#") || (text.isEmpty && pending.isEmpty) { continue }
            if pending.isEmpty { start = number }
            if text.hasSuffix("\\") {
                pending += text.dropLast()
                guard pending.utf8.count <= Self.maximumLine else {
                    throw PostureError(line: start, "the line is too long")
                }
                continue
            }
            let whole = pending + text
            pending = ""
            if whole.hasPrefix(".") {
                try directive(whole, source, start, depth, &branches)
                continue
            }
            guard branches.allSatisfy(\.isActive) else { continue }
            guard lines.count < EximConfiguration.maximumLines else {
                throw PostureError(line: start, "too many lines")
            }
            if let macro = definition(whole) {
                macros.removeAll { $0.name == macro.name }
                guard macros.count < Self.maximumMacros else { throw PostureError(line: start, "too many macros") }
                macros.append((macro.name, try replaced(macro.value, start)))
                // Longer names first: one may begin with another.
                macros.sort { $0.name.utf8.count > $1.name.utf8.count }
                continue
            }
            lines.append(Line(file: source.name, number: start, text: try replaced(whole, start)))
        }
        guard branches.isEmpty else { throw PostureError("\(source.name): .ifdef without .endif") }
    }

    private mutating func directive(
        _ text: String, _ source: MTAFacts.Source, _ line: Int, _ depth: Int,
        _ branches: inout [(isActive: Bool, isDone: Bool)]
    ) throws(PostureError) {
        let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        let isSet = words.dropFirst().contains { word in macros.contains { $0.name == word } }
        switch words[0] {
        case ".ifdef": branches.append((isSet, isSet))
        case ".ifndef": branches.append((!isSet, !isSet))
        case ".elifdef", ".elifndef", ".else":
            guard let last = branches.popLast() else { throw PostureError(line: line, "\(words[0]) without .ifdef") }
            let holds = words[0] == ".else" || (words[0] == ".elifdef") == isSet
            branches.append((!last.isDone && holds, last.isDone || holds))
        case ".endif":
            guard branches.popLast() != nil else { throw PostureError(line: line, ".endif without .ifdef") }
        case ".include", ".include_if_exists":
            guard branches.allSatisfy(\.isActive), words.count > 1 else { return }
            let path = try replaced(words[1], line)
            guard depth < Self.maximumDepth else { throw PostureError(line: line, "files include each other") }
            if let included = tables[path] {
                try read(.init(name: path, text: included), depth: depth + 1)
            } else if words[0] == ".include" {
                missing.append(path)
            }
        default: throw PostureError(line: line, "\(source.name): \(SafeText.printable(words[0])) is not known")
        }
    }

    /// `NAME = value` or `NAME == value` with a capital letter first.
    private func definition(_ text: String) -> (name: String, value: String)? {
        guard let first = text.utf8.first, (0x41...0x5a).contains(first), let (name, value) = MTAText.pair(text, "="),
            Self.isName(name)
        else { return nil }
        return (name, MTAText.trimmed(value.hasPrefix("=") ? value.dropFirst() : Substring(value)))
    }

    private func replaced(_ text: String, _ line: Int) throws(PostureError) -> String {
        var text = text
        for macro in macros where text.contains(macro.name) {
            text = text.replacing(macro.name, with: macro.value)
            guard text.utf8.count <= Self.maximumLine else {
                throw PostureError(line: line, "the macros grow too long")
            }
        }
        return text
    }

    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
    }

    /// Without the quotes around the whole, and their escapes.
    static func unquoted(_ text: String) -> String {
        guard text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count > 1 else { return text }
        return String(text.dropFirst().dropLast()).replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
    }
}
