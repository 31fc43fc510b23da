/// Turns text in a declared charset into UTF-8; never fails.
enum Charset {
    /// The text in UTF-8, and what was wrong with it. Without a name, or with US-ASCII, UTF-8 is taken if it is that, and
    /// windows-1252 otherwise: what most mail programs do. An unknown charset is treated the same and noted.
    static func decode(_ bytes: [UInt8], _ name: [UInt8]) -> (bytes: [UInt8], problems: MessageDefects) {
        let name = canonical(name)
        if isASCII(bytes), !isStateful(name) { return (bytes, []) }
        switch name {
        case "", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "utf-8", "utf8":
            return universal(bytes, name)
        case "utf-16", "utf-16le", "utf-16be":
            return UTF16Reader.decode(bytes, name)
        default:
            if let table = SingleByteCharset.table(name) { return SingleByteCharset.decode(bytes, table) }
            if let known = IconvCharset.glibcName(name), let decoded = IconvCharset.decode(bytes, known) {
                return decoded
            }
            let (text, problems) = universal(bytes, "")
            return (text, problems.union(.unknownCharset))
        }
    }

    /// NUL bytes are part of the encoding.
    static func isWide(_ name: [UInt8]) -> Bool {
        let name = canonical(name)
        return name.hasPrefix("utf-16") || name.hasPrefix("utf-32") || name.hasPrefix("ucs-")
    }

    private static func universal(_ bytes: [UInt8], _ name: String) -> ([UInt8], MessageDefects) {
        if String(validating: bytes, as: UTF8.self) != nil {
            return (bytes, name.hasSuffix("ascii") ? .badCharacters : [])
        }
        if name.hasPrefix("utf") { return (Array(String(decoding: bytes, as: UTF8.self).utf8), .badCharacters) }
        return (SingleByteCharset.decode(bytes, SingleByteCharset.windows1252).bytes, .badCharacters)
    }

    private static func canonical(_ name: [UInt8]) -> String {
        String(decoding: name.prefix(40).filter { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x27 }, as: UTF8.self)
    }

    private static func isASCII(_ bytes: [UInt8]) -> Bool {
        var all: UInt8 = 0
        for byte in bytes { all |= byte }
        return all < 0x80
    }

    /// ASCII bytes do not stand for themselves.
    private static func isStateful(_ name: String) -> Bool {
        name.hasPrefix("iso-2022") || name.hasPrefix("utf-16") || name.hasPrefix("utf-7") || name.hasPrefix("utf-32")
            || name == "hz-gb-2312" || name.hasPrefix("ucs-")
    }

    /// Appends a scalar in UTF-8; surrogates and what lies beyond Unicode become U+FFFD.
    static func append(_ value: UInt32, to output: inout [UInt8]) {
        switch value {
        case 0..<0x80:
            output.append(UInt8(value))
        case 0x80..<0x800:
            output.append(0xc0 | UInt8(value >> 6))
            output.append(0x80 | UInt8(value & 0x3f))
        case 0xd800..<0xe000, 0x110000...:
            output.append(contentsOf: [0xef, 0xbf, 0xbd])
        case 0x800..<0x10000:
            output.append(0xe0 | UInt8(value >> 12))
            output.append(0x80 | UInt8(value >> 6 & 0x3f))
            output.append(0x80 | UInt8(value & 0x3f))
        default:
            output.append(0xf0 | UInt8(value >> 18))
            output.append(0x80 | UInt8(value >> 12 & 0x3f))
            output.append(0x80 | UInt8(value >> 6 & 0x3f))
            output.append(0x80 | UInt8(value & 0x3f))
        }
    }
}

/// UTF-16 with or without a byte order mark (RFC 2781); big-endian by default.
enum UTF16Reader {
    static func decode(_ bytes: [UInt8], _ name: String) -> ([UInt8], MessageDefects) {
        var isLittle = name == "utf-16le"
        var i = 0
        if bytes.count >= 2 {
            if bytes[0] == 0xff, bytes[1] == 0xfe {
                isLittle = true
                i = 2
            } else if bytes[0] == 0xfe, bytes[1] == 0xff {
                isLittle = false
                i = 2
            }
        }
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        while i + 1 < bytes.count {
            let (a, b) = (UInt16(bytes[i]), UInt16(bytes[i + 1]))
            units.append(isLittle ? b << 8 | a : a << 8 | b)
            i += 2
        }
        return (Array(String(decoding: units, as: UTF16.self).utf8), i < bytes.count ? .badCharacters : [])
    }
}
