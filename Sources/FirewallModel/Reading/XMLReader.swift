import MailTypes

/// An XML element, as firewalld's files need it: no namespaces, no entities but the five, no DTD.
package struct XMLElement: Sendable {
    package var name: String
    package var attributes: [String: String]
    package var children: [XMLElement] = []
    package var text = ""
    package var line: Int
}

/// Reads XML with line numbers.
package enum XMLReader {
    /// Elements within elements.
    private static let depth = 50

    /// Reads a file that holds one XML document: UTF-8, or UTF-16 as PowerShell writes it.
    package static func read(_ file: SourceFile) throws(FirewallError) -> XMLElement {
        try read(SourceText(file, index: 0))
    }

    static func read(_ source: SourceText) throws(FirewallError) -> XMLElement {
        let bytes = source.bytes
        var at = 0
        var line = 1
        var open: [XMLElement] = []
        func text(_ range: Range<Int>) -> String { decoded(String(decoding: bytes[range], as: UTF8.self)) }
        func find(_ end: String, from start: Int) -> Int? {
            let wanted = Array(end.utf8)
            var index = start
            while index + wanted.count <= bytes.count {
                if bytes[index] == wanted[0], bytes[index..<(index + wanted.count)].elementsEqual(wanted) {
                    return index
                }
                index += 1
            }
            return nil
        }
        while at < bytes.count {
            guard bytes[at] == UInt8(ascii: "<") else {
                let end = bytes[at...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
                if !open.isEmpty { open[open.count - 1].text += text(at..<end) }
                line += bytes[at..<end].count { $0 == 0x0a }
                at = end
                continue
            }
            let isComment = bytes[at...].starts(with: "<!--".utf8)
            let close = isComment ? "-->" : bytes[at...].starts(with: "<?".utf8) ? "?>" : ">"
            guard let end = find(close, from: at + 1) else {
                throw source.error(line, "a tag that is not closed: the file is cut")
            }
            let start = line
            line += bytes[at..<end].count { $0 == 0x0a }
            let inner = String(decoding: bytes[(at + 1)..<end], as: UTF8.self)
            at = end + close.utf8.count
            if isComment || inner.hasPrefix("?") { continue }
            if inner.hasPrefix("!") {
                if inner.contains("ENTITY") || inner.contains("[") {
                    throw source.error(start, "a document type with entities is refused")
                }
                continue
            }
            if inner.hasPrefix("/") {
                guard let last = open.popLast(), last.name == inner.dropFirst().trimmingSpaces else {
                    throw source.error(start, "a closing tag without its opening one")
                }
                if open.isEmpty { return last }
                open[open.count - 1].children.append(last)
                continue
            }
            let isEmpty = inner.hasSuffix("/")
            let element = try element(isEmpty ? inner.dropLast() : inner[...], start, source)
            if isEmpty {
                if open.isEmpty { return element }
                open[open.count - 1].children.append(element)
            } else {
                guard open.count < depth else {
                    throw FirewallError(.bound, file: source.name, line: start, "XML nested too deep")
                }
                open.append(element)
            }
        }
        throw source.error(
            line, open.isEmpty ? "no element" : "<\(open[open.count - 1].name)> is not closed: the file is cut")
    }

    private static func element(_ text: Substring, _ line: Int, _ source: SourceText) throws(FirewallError)
        -> XMLElement
    {
        let name = text.prefix { !$0.isWhitespace }
        var result = XMLElement(name: String(name), attributes: [:], line: line)
        var rest = text.dropFirst(name.count)
        while true {
            rest = rest.drop { $0.isWhitespace }
            guard !rest.isEmpty else { return result }
            guard let equals = rest.firstIndex(of: "=") else {
                throw source.error(line, "an attribute without a value")
            }
            let key = rest[..<equals].trimmingSpaces
            rest = rest[rest.index(after: equals)...].drop { $0.isWhitespace }
            guard let quote = rest.first, quote == "\"" || quote == "'",
                let end = rest.dropFirst().firstIndex(of: quote)
            else {
                throw source.error(line, "a value without quotes")
            }
            result.attributes[key] = decoded(String(rest[rest.index(after: rest.startIndex)..<end]))
            rest = rest[rest.index(after: end)...]
        }
    }

    private static func decoded(_ text: String) -> String {
        guard text.contains("&") else { return text }
        var result = ""
        var rest = text[...]
        while let at = rest.firstIndex(of: "&") {
            result += rest[..<at]
            rest = rest[at...]
            let known = ["&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&apos;": "'"]
            guard let (entity, value) = known.first(where: { rest.hasPrefix($0.key) }) else {
                result += "&"
                rest = rest.dropFirst()
                continue
            }
            result += value
            rest = rest.dropFirst(entity.count)
        }
        return result + rest
    }
}
