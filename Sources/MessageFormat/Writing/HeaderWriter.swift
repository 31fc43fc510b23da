package import MailTypes

/// Writes header fields: encoded (RFC 2047), folded at 76 columns, never beyond 998 (RFC 5322 §2.1.1).
///
/// Whatever a value holds, it makes no new field: control bytes become spaces before anything else happens. Names are
/// literals of the program.
package struct HeaderWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    /// Columns of a folded line; RFC 5322 §2.1.1 recommends 78.
    private static let width = 76
    /// Bytes of UTF-8 in one encoded word: 48 characters of base64, 60 with its frame (RFC 2047 §2: at most 75, and 76 a
    /// line, with the field's name on the first).
    private static let wordBytes = 36

    package init() {}

    /// Unstructured text, such as Subject.
    package mutating func text(_ name: StaticString, _ value: String) {
        write(name, Self.words(Self.clean(value)))
    }

    /// A structured value in ASCII whose spaces may be folded; anything else becomes `?`.
    package mutating func structured(_ name: StaticString, _ value: String) {
        let ascii = Self.clean(value).unicodeScalars.map { $0.isASCII ? Character($0) : "?" }
        write(name, Self.pieces(String(ascii)))
    }

    /// `Name <address>`. An address outside ASCII is written as UTF-8 (RFC 6532) and needs SMTPUTF8.
    package mutating func mailbox(_ name: StaticString, displayName: String = "", _ address: EmailAddress) {
        let shown = Self.clean(displayName)
        guard !shown.isEmpty else { return write(name, [address.description]) }
        var phrase = Self.words(shown)
        if Self.isPlain(shown) {
            let escaped = shown.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
            phrase = Self.pieces("\"" + String(escaped) + "\"")
        }
        write(name, phrase + ["<\(address)>"])
    }

    /// Several addresses in one field (RFC 5322 §3.6.3); writes nothing if there is none.
    package mutating func mailboxes(_ name: StaticString, _ addresses: [EmailAddress]) {
        guard let last = addresses.last else { return }
        write(name, addresses.dropLast().map { "\($0)," } + [last.description])
    }

    private mutating func write(_ name: StaticString, _ words: [String]) {
        bytes += UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        bytes.append(UInt8(ascii: ":"))
        var column = name.utf8CodeUnitCount + 1
        for (index, word) in words.enumerated() {
            let length = word.utf8.count + 1
            if index > 0, column + length > Self.width {
                bytes += [0x0d, 0x0a]
                column = 0
            }
            bytes.append(0x20)
            bytes += word.utf8
            column += length
        }
        bytes += [0x0d, 0x0a]
    }

    /// Without control characters, without white space at either end, at most 2,000 characters.
    private static func clean(_ value: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in value.unicodeScalars.prefix(2000) {
            let isControl =
                scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) || scalar.value == 0x2028
                || scalar.value == 0x2029
            if isControl || scalar == " " {
                if let last = scalars.last, last != " " { scalars.append(" ") }
            } else {
                scalars.append(scalar)
            }
        }
        if scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }

    /// ASCII that cannot be taken for an encoded word.
    private static func isPlain(_ value: String) -> Bool {
        var previous: UInt8 = 0
        for byte in value.utf8 {
            guard byte < 0x80, !(previous == 0x3d && byte == 0x3f) else { return false }
            previous = byte
        }
        return true
    }

    /// Words between spaces; a very long one is cut, so that no line passes 998 bytes.
    private static func pieces(_ value: String) -> [String] {
        value.split(separator: " ").flatMap { word -> [String] in
            guard word.utf8.count > 900 else { return [String(word)] }
            let bytes = Array(word.utf8)
            return stride(from: 0, to: bytes.count, by: 900).map {
                String(decoding: bytes[$0..<min(bytes.count, $0 + 900)], as: UTF8.self)
            }
        }
    }

    private static func words(_ value: String) -> [String] {
        guard !isPlain(value) else { return pieces(value) }
        var words: [String] = []
        var word: [UInt8] = []
        func flush() {
            if !word.isEmpty { words.append("=?UTF-8?B?" + Base64Text.text(word) + "?=") }
            word = []
        }
        for scalar in value.unicodeScalars {
            let encoded = Array(String(scalar).utf8)
            if word.count + encoded.count > wordBytes { flush() }
            word += encoded
        }
        flush()
        return words
    }
}
