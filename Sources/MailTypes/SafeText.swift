/// Text from outside, made safe to show on a terminal, in a log line or in an SMTP reply.
package enum SafeText {
    /// Printable text of at most `limit` characters: control bytes (also C1 and DEL), line ends, bidirectional overrides
    /// and invalid UTF-8 become `?`; what is cut ends in `…`.
    package static func printable(_ text: String, limit: Int = 256) -> String {
        if text.utf8.count <= limit, isPlain(text) { return text }
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == limit { return result + "…" }
            result.unicodeScalars.append(isPrintable(scalar) ? scalar : "?")
            count += 1
        }
        return result
    }

    package static func printable(bytes: some Sequence<UInt8>, limit: Int = 256) -> String {
        printable(String(decoding: Array(bytes.prefix(limit * 4 + 4)), as: UTF8.self), limit: limit)
    }

    /// As `printable`, with everything outside ASCII replaced too: for SMTP replies without SMTPUTF8.
    package static func ascii(_ text: String, limit: Int = 256) -> String {
        let shown = printable(text, limit: limit)
        if isPlain(shown) { return shown }
        return String(shown.unicodeScalars.map { $0.isASCII ? Character($0) : "?" })
    }

    /// Printable ASCII only, as nearly all text is: nothing has to be looked at by the scalar.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { bytes in bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7f } } ?? false
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0xfffd: false
        case 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff, 0xfff9...0xfffb: false
        case 0xe0000...0xe007f: false
        default: true
        }
    }
}
