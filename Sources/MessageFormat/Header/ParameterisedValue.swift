/// A value with parameters, as of Content-Type and Content-Disposition (RFC 2045 §5.1), with RFC 2231's continuations
/// and charsets; read leniently.
struct ParameterisedValue {
    /// Before the first semicolon, in lower case, without white space and comments.
    private(set) var value: [UInt8] = []
    private var parameters: [Parameter] = []
    /// Ordinary fields have up to five; RFC 2231 may split a long file name into some more.
    private static let most = 100

    private struct Parameter {
        var name: [UInt8]
        /// `name*3=`
        var section: Int?
        /// `name*=`: percent-encoded, and in the first section with a charset.
        var isExtended: Bool
        var content: [UInt8]
    }

    init(_ bytes: [UInt8]) {
        let span = bytes.span
        var i = 0
        while i < span.count, span[i] != 0x3b {
            if span[i] == 0x28 {
                i = Self.commentEnd(span, i)
                continue
            }
            if !Bytes.isSpace(span[i]) {
                value.append(span[i] &- 0x41 < 26 ? span[i] | 0x20 : span[i])
            } else if Self.isFollowedByParameter(span, i, value) {
                break
            }
            i += 1
        }
        while i < span.count, parameters.count < Self.most { i = readParameter(span, i + 1) }
    }

    /// White space where the semicolon is missing: mail programs take what follows for parameters, and so must a filter,
    /// or a boundary could hide from it.
    private static func isFollowedByParameter(_ span: Span<UInt8>, _ space: Int, _ value: [UInt8]) -> Bool {
        guard let last = value.last, last != 0x2f else { return false }
        var i = space
        while i < span.count, Bytes.isSpace(span[i]) { i += 1 }
        guard i < span.count else { return false }
        return span[i] != 0x3b && span[i] != 0x28 && span[i] != 0x2f
    }

    /// The parameter of that name (lower case), continued and decoded to UTF-8 where RFC 2231 says so.
    subscript(name: StaticString) -> [UInt8]? {
        let found = parameters.filter { Bytes.equal($0.name, name) }
        let sections = found.filter { $0.section != nil || $0.isExtended }.sorted {
            ($0.section ?? 0) < ($1.section ?? 0)
        }
        guard !sections.isEmpty else { return found.first?.content }
        var charset: [UInt8] = []
        var content: [UInt8] = []
        for (index, parameter) in sections.enumerated() {
            guard parameter.isExtended else {
                content += parameter.content
                continue
            }
            var encoded = parameter.content[...]
            if index == 0, let first = encoded.firstIndex(of: 0x27),
                let second = encoded[(first + 1)...].firstIndex(of: 0x27)
            {
                charset = encoded[..<first].map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
                encoded = encoded[(second + 1)...]
            }
            content += Self.withoutPercents(encoded)
        }
        return charset.isEmpty ? content : Charset.decode(content, charset).bytes
    }

    /// Reads `name=value` from `start`; returns the index of the semicolon behind it, or the end.
    private mutating func readParameter(_ span: Span<UInt8>, _ start: Int) -> Int {
        var i = start
        var name: [UInt8] = []
        while i < span.count, span[i] != 0x3d, span[i] != 0x3b {
            if span[i] == 0x28 {
                i = Self.commentEnd(span, i)
                continue
            }
            if !Bytes.isSpace(span[i]) { name.append(span[i] &- 0x41 < 26 ? span[i] | 0x20 : span[i]) }
            i += 1
        }
        guard i < span.count, span[i] == 0x3d else { return i }
        i += 1
        while i < span.count, Bytes.isSpace(span[i]) { i += 1 }
        var content: [UInt8] = []
        if i < span.count, span[i] == 0x22 {
            i += 1
            while i < span.count, span[i] != 0x22 {
                if span[i] == 0x5c, i + 1 < span.count { i += 1 }
                content.append(span[i])
                i += 1
            }
            while i < span.count, span[i] != 0x3b { i += 1 }
        } else {
            while i < span.count, span[i] != 0x3b {
                content.append(span[i])
                i += 1
            }
            while let last = content.last, Bytes.isSpace(last) { content.removeLast() }
            if let comment = content.firstIndex(of: 0x28), comment > 0, Bytes.isSpace(content[comment - 1]) {
                content = Array(content[..<comment])
                while let last = content.last, Bytes.isSpace(last) { content.removeLast() }
            }
        }
        add(name, content)
        return i
    }

    private mutating func add(_ name: [UInt8], _ content: [UInt8]) {
        var parts = name.split(separator: 0x2a, omittingEmptySubsequences: false)
        guard let base = parts.first, !base.isEmpty else { return }
        parts.removeFirst()
        let section = parts.first.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        let isExtended = parts.count >= 1 && parts.last?.isEmpty == true
        parameters.append(
            Parameter(name: Array(base), section: section, isExtended: isExtended, content: content))
    }

    private static func withoutPercents(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var i = bytes.startIndex
        while i < bytes.endIndex {
            if bytes[i] == 0x25, i + 2 < bytes.endIndex, let high = Bytes.hex(bytes[i + 1]),
                let low = Bytes.hex(bytes[i + 2])
            {
                result.append(high << 4 | low)
                i += 3
            } else {
                result.append(bytes[i])
                i += 1
            }
        }
        return result
    }

    /// The index behind the comment that begins at `start` (RFC 5322 §3.2.2); the end if it is open.
    private static func commentEnd(_ span: Span<UInt8>, _ start: Int) -> Int {
        var depth = 0
        var i = start
        while i < span.count {
            switch span[i] {
            case 0x5c: i += 1
            case 0x28: depth += 1
            case 0x29:
                depth -= 1
                if depth == 0 { return i + 1 }
            default: break
            }
            i += 1
        }
        return span.count
    }
}
