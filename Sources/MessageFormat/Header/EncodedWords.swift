/// RFC 2047 encoded words, read leniently: words longer than 75 bytes, spaces within, characters torn across words.
enum EncodedWords {
    /// RFC 2047 §2 allows 75 bytes; what is longer than this is no word, so that a search for ends stays linear.
    private static let longest = 2048
    private static let longestCharset = 60

    /// The value in UTF-8, and whether it held bytes above 127 that were not UTF-8 (read as windows-1252 then).
    static func decoded(_ value: [UInt8]) -> (bytes: [UInt8], isRaw: Bool) {
        var hasWords = false
        var isASCII: UInt8 = 0
        let span = value.span
        for i in 0..<span.count {
            isASCII |= span[i]
            if span[i] == 0x3d, i + 1 < span.count, span[i + 1] == 0x3f { hasWords = true }
        }
        if !hasWords, isASCII < 0x80 { return (value, false) }
        guard hasWords else {
            let (text, problems) = Charset.decode(value, [])
            return (text, !problems.isEmpty)
        }
        return (resolve(span), isASCII >= 0x80 && String(validating: value, as: UTF8.self) == nil)
    }

    private struct Word {
        var charset: [UInt8]
        var content: [UInt8]
        var end: Int
    }

    /// Words are found in the bytes as they came: some software writes unencoded bytes of the word's charset into it.
    private static func resolve(_ text: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        // Bytes between words.
        var plain: [UInt8] = []
        // Adjacent words of one charset are decoded together: some software tears characters.
        var pending: (charset: [UInt8], content: [UInt8])?
        func flush() {
            result += Charset.decode(plain, []).bytes
            plain.removeAll(keepingCapacity: true)
            if let word = pending {
                result += Charset.decode(word.content, word.charset).bytes.map { $0 == 0x0a || $0 == 0x0d ? 0x20 : $0 }
            }
            pending = nil
        }
        var i = 0
        while i < text.count {
            if text[i] == 0x3d, let word = word(text, at: i) {
                if pending?.charset == word.charset {
                    pending?.content.append(contentsOf: word.content)
                } else {
                    flush()
                    pending = (word.charset, word.content)
                }
                i = word.end
                continue
            }
            if pending != nil {
                // White space between two words is not shown (RFC 2047 §6.2).
                var next = i
                while next < text.count, Bytes.isSpace(text[next]) { next += 1 }
                if next > i, next < text.count, text[next] == 0x3d, self.word(text, at: next) != nil {
                    i = next
                    continue
                }
                flush()
            }
            plain.append(text[i])
            i += 1
        }
        flush()
        return result
    }

    /// `=?charset*language?B or Q?content?=` at `start`.
    private static func word(_ text: Span<UInt8>, at start: Int) -> Word? {
        guard start + 8 <= text.count, text[start] == 0x3d, text[start + 1] == 0x3f else { return nil }
        let nameStart = start + 2
        let nameLimit = min(text.count, nameStart + longestCharset)
        guard let nameEnd = Bytes.firstIndex(of: 0x3f, in: text, nameStart..<nameLimit), nameEnd > nameStart,
            nameEnd + 2 < text.count, text[nameEnd + 2] == 0x3f
        else { return nil }
        let contentStart = nameEnd + 3
        let limit = min(text.count, contentStart + longest)
        var end = contentStart
        while true {
            guard end < limit, let mark = Bytes.firstIndex(of: 0x3f, in: text, end..<limit), mark + 1 < text.count
            else {
                return nil
            }
            end = mark
            if text[mark + 1] == 0x3d { break }
            end += 1
        }
        var charset: [UInt8] = []
        for i in nameStart..<nameEnd {
            if text[i] == 0x2a { break }
            charset.append(text[i] &- 0x41 < 26 ? text[i] | 0x20 : text[i])
        }
        let content = text.extracting(contentStart..<end)
        switch text[nameEnd + 1] | 0x20 {
        case 0x62: return Word(charset: charset, content: base64(content), end: end + 2)
        case 0x71: return Word(charset: charset, content: q(content), end: end + 2)
        default: return nil
        }
    }

    private static func base64(_ content: Span<UInt8>) -> [UInt8] {
        var decoder = TransferDecoder(.base64)
        var result: [UInt8] = []
        _ = decoder.decode(content, ends: true, into: &result, limit: longest)
        decoder.finish(into: &result, limit: longest)
        return result
    }

    private static func q(_ content: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var i = 0
        while i < content.count {
            if content[i] == 0x3d, i + 2 < content.count, let high = Bytes.hex(content[i + 1]),
                let low = Bytes.hex(content[i + 2])
            {
                result.append(high << 4 | low)
                i += 3
            } else {
                result.append(content[i] == 0x5f ? 0x20 : content[i])
                i += 1
            }
        }
        return result
    }
}
