import MailTypes

/// Text with macros (RFC 7208 §7), checked.
package struct SPFMacroString: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case literal(String)
        case macro(Macro)
    }

    /// `%{` letter, digits, `r`, delimiters `}`.
    struct Macro: Sendable, Hashable {
        /// In lower case.
        var letter: UInt8
        /// The letter was in upper case: the value is to be escaped for a URL.
        var isEscaped: Bool
        /// Right-hand parts to keep; `nil`: all.
        var kept: Int?
        var isReversed: Bool
        var delimiters: [UInt8]
    }

    /// Where the text stands decides what is allowed in it.
    enum Place: Sendable {
        /// A `domain-spec`: ends in a macro or a top level's name; no `c`, `r`, `t`.
        case domain
        /// An unknown modifier's value.
        case modifier
        /// An explanation: spaces, too.
        case explanation
    }

    let parts: [Part]
    /// As it was written.
    let text: String

    /// Explanations above this are none: a reply's line holds 512.
    static let maximumExplanation = 2048

    init(_ bytes: some Collection<UInt8>, in place: Place) throws(SPFProblem) {
        text = String(decoding: Array(bytes), as: UTF8.self)
        var parts: [Part] = []
        var literal: [UInt8] = []
        var rest = Array(bytes)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                guard (0x21...0x7e).contains(byte) || (byte == 0x20 && place == .explanation) else {
                    throw .permanent("a byte that is not allowed in “\(SafeText.ascii(text, limit: 80))”")
                }
                literal.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "%"): parts += Self.flush(&literal) + [.literal("%")]
            case UInt8(ascii: "_"): parts += Self.flush(&literal) + [.literal(" ")]
            case UInt8(ascii: "-"): parts += Self.flush(&literal) + [.literal("%20")]
            case UInt8(ascii: "{"):
                guard let end = rest.firstIndex(of: UInt8(ascii: "}")),
                    let macro = Self.macro(rest[rest.startIndex..<end], in: place)
                else { throw .permanent("a macro that is none in “\(SafeText.ascii(text, limit: 80))”") }
                parts += Self.flush(&literal) + [.macro(macro)]
                rest = rest[(end + 1)...]
            default: throw .permanent("a lone % in “\(SafeText.ascii(text, limit: 80))”")
            }
        }
        let tail = literal
        parts += Self.flush(&literal)
        self.parts = parts
        if place == .domain { try checkEnd(tail) }
    }

    /// `domain-end = ( "." toplabel [ "." ] ) / macro-expand` (§7.1); `tail` is the text behind the last macro.
    private func checkEnd(_ tail: [UInt8]) throws(SPFProblem) {
        guard !parts.isEmpty else { throw .permanent("a domain is missing") }
        guard !tail.isEmpty else { return }
        let bytes = tail.last == UInt8(ascii: ".") ? tail.dropLast() : tail[...]
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")) else {
            throw .permanent("“\(SafeText.ascii(text, limit: 80))” is no domain: it has no top level")
        }
        let label = bytes[(dot + 1)...]
        let hyphen = UInt8(ascii: "-")
        guard !label.isEmpty, label.allSatisfy({ ASCII.isAlphanumeric($0) || $0 == hyphen }), label.first != hyphen,
            label.last != hyphen, !label.allSatisfy(ASCII.isDigit)
        else { throw .permanent("“\(SafeText.ascii(text, limit: 80))” is no domain: its top level is none") }
    }

    private static func flush(_ literal: inout [UInt8]) -> [Part] {
        defer { literal.removeAll() }
        return literal.isEmpty ? [] : [.literal(String(decoding: literal, as: UTF8.self))]
    }

    private static func macro(_ bytes: ArraySlice<UInt8>, in place: Place) -> Macro? {
        var rest = bytes
        guard let first = rest.popFirst() else { return nil }
        let letter = ASCII.lowercased(first)
        let allowed = place == .domain ? "slodiphv" : "slodiphvcrt"
        guard allowed.utf8.contains(letter) else { return nil }
        var macro = Macro(letter: letter, isEscaped: letter != first, kept: nil, isReversed: false, delimiters: [])
        let digits = rest.prefix(while: ASCII.isDigit)
        if !digits.isEmpty {
            // §7.1: zero is not allowed; what is above 128 keeps everything anyway.
            guard digits.count <= 3, let kept = Int(String(decoding: digits, as: UTF8.self)), kept > 0 else {
                return nil
            }
            macro.kept = kept
            rest = rest.dropFirst(digits.count)
        }
        if let byte = rest.first, ASCII.lowercased(byte) == UInt8(ascii: "r") {
            macro.isReversed = true
            rest = rest.dropFirst()
        }
        guard rest.allSatisfy({ ".-+,/_=".utf8.contains($0) }) else { return nil }
        macro.delimiters = Array(rest)
        return macro
    }

    /// Needs the validated name of the address, for which DNS must be asked.
    var usesValidatedName: Bool { uses("p") }

    /// Differs from request to request: `false` only if all that it names are literals and the domain itself.
    var isVariable: Bool { ["s", "l", "o", "i", "p", "h", "c", "t", "v"].contains(where: uses) }

    private func uses(_ letter: Character) -> Bool {
        parts.contains { part in
            if case .macro(let macro) = part { return macro.letter == letter.asciiValue }
            return false
        }
    }

    /// The text with each macro's value; `value` gets the letter in lower case.
    func expanded(_ value: (UInt8) -> String) -> String {
        var result = ""
        for part in parts {
            switch part {
            case .literal(let text): result += text
            case .macro(let macro): result += macro.apply(to: value(macro.letter))
            }
        }
        return result
    }
}

extension SPFMacroString.Macro {
    /// Splits, reverses, keeps the right-hand parts and joins with dots (§7.3).
    func apply(to value: String) -> String {
        let cut = delimiters.isEmpty ? [UInt8(ascii: ".")] : delimiters
        var parts = value.utf8.split(omittingEmptySubsequences: false) { cut.contains($0) }
        if isReversed { parts.reverse() }
        if let kept, kept < parts.count { parts.removeFirst(parts.count - kept) }
        let text = parts.map { String(decoding: Array($0), as: UTF8.self) }.joined(separator: ".")
        return isEscaped ? Self.escaped(text) : text
    }

    /// Everything but RFC 3986's unreserved characters as `%XX`.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            if ASCII.isAlphanumeric(byte) || "-._~".utf8.contains(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.utf8.count < 2 ? "0" + digits : digits)
            }
        }
        return result
    }
}
