/// The URLs of a message, in order and without duplicates; at most `ReadingBounds.urls`.
struct URLCollector: Sendable {
    private(set) var found: [FoundURL] = []
    /// More were there than are kept.
    private(set) var isFull = false
    /// By a hash of the URL; of two with one hash only the first is recognised.
    private var indexes: [UInt64: Int] = [:]

    /// Adds a URL from markup. White space within is dropped, as browsers do. Returns its index for `markMisleading`.
    @discardableResult
    mutating func add(_ raw: Span<UInt8>, _ origin: FoundURL.Origin) -> Int? {
        var url: [UInt8] = []
        url.reserveCapacity(min(raw.count, ReadingBounds.urlBytes))
        for i in 0..<raw.count where raw[i] > 0x20 && raw[i] != 0x7f {
            guard url.count < ReadingBounds.urlBytes else { break }
            url.append(raw[i])
        }
        guard Self.isAbsolute(url.span) else { return nil }
        let hash = Self.hash(url.span)
        if let index = indexes[hash], found[index].url == url { return index }
        guard found.count < ReadingBounds.urls else {
            isFull = true
            return nil
        }
        let index = found.count
        if indexes[hash] == nil { indexes[hash] = index }
        found.append(FoundURL(url: url, host: Self.host(url.span), origin: origin))
        return index
    }

    /// Notes that the link's text shows a host which is not the link's, nor above or below it.
    mutating func compare(_ index: Int, shown text: Span<UInt8>) {
        guard index < found.count, let shown = Self.hostShown(text), !found[index].host.isEmpty else { return }
        let (a, b) = (Self.withoutWWW(shown), Self.withoutWWW(found[index].host))
        if a != b, !Self.isBelow(a, b), !Self.isBelow(b, a) { found[index].showsAnotherHost = true }
    }

    /// Finds `http://…`, `https://…`, `ftp://…` and `www.…` in text.
    mutating func addText(_ text: Span<UInt8>) {
        var i = 0
        while i < text.count {
            let byte = text[i]
            var start: Int?
            if byte == 0x3a {
                start = Self.schemeStart(text, i)
            } else if byte | 0x20 == 0x77, Bytes.hasPrefixIgnoringCase(text, at: i, "www."),
                i == 0 || !Self.isWordByte(text[i - 1])
            {
                start = i
            }
            guard let start else {
                i += 1
                continue
            }
            let end = Self.end(text, from: i)
            if end > i + 3 { add(text.extracting(start..<end), .text) }
            i = max(end, i + 1)
        }
    }

    /// FNV-1a by eight bytes at a time.
    private static func hash(_ url: Span<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        var word: UInt64 = 0
        for i in 0..<url.count {
            word = word << 8 | UInt64(url[i])
            if i & 7 == 7 { hash = (hash ^ word) &* 0x0000_0100_0000_01b3 }
        }
        hash = (hash ^ word) &* 0x0000_0100_0000_01b3
        return hash ^ (hash >> 29) ^ UInt64(url.count)
    }

    // MARK: - Parts of URLs

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2e || byte == 0x2f || byte == 0x2d || byte == 0x40
    }

    private static func schemeStart(_ text: Span<UInt8>, _ colon: Int) -> Int? {
        guard colon + 3 < text.count, text[colon + 1] == 0x2f, text[colon + 2] == 0x2f else { return nil }
        if colon >= 5, Bytes.hasPrefixIgnoringCase(text, at: colon - 5, "https") { return colon - 5 }
        if colon >= 4, Bytes.hasPrefixIgnoringCase(text, at: colon - 4, "http") { return colon - 4 }
        if colon >= 3, Bytes.hasPrefixIgnoringCase(text, at: colon - 3, "ftp") { return colon - 3 }
        return nil
    }

    /// Where the URL ends: at white space, quotes, brackets; punctuation at the end is the sentence's.
    private static func end(_ text: Span<UInt8>, from start: Int) -> Int {
        var end = start
        var opened = 0
        loop: while end < text.count {
            switch text[end] {
            case 0...0x20, 0x7f, 0x22, 0x3c, 0x3e, 0x60, 0x7b, 0x7d, 0x7c, 0x5e: break loop
            case 0x28: opened += 1
            default: break
            }
            end += 1
        }
        while end > start {
            switch text[end - 1] {
            case 0x2e, 0x2c, 0x3b, 0x3a, 0x21, 0x3f, 0x27, 0x5d, 0x2a, 0x5f: end -= 1
            case 0x29 where opened == 0: end -= 1
            default: return end
            }
        }
        return end
    }

    /// With a scheme, `//host` or `www.`; not `#fragment`, `cid:` or a path.
    private static func isAbsolute(_ url: Span<UInt8>) -> Bool {
        if Bytes.hasPrefixIgnoringCase(url, "www.") || Bytes.hasPrefixIgnoringCase(url, "//") { return url.count > 4 }
        if Bytes.hasPrefixIgnoringCase(url, "cid:") { return false }
        var i = 0
        while i < url.count, i < 20, url[i] != 0x3a {
            guard (url[i] | 0x20) &- 0x61 < 26 || url[i] &- 0x30 < 10 || url[i] == 0x2b || url[i] == 0x2d else {
                return false
            }
            i += 1
        }
        return i > 0 && i + 1 < url.count && url[i] == 0x3a
    }

    /// The host: behind `//` and any user, before port, path, query; in lower case.
    static func host(_ url: Span<UInt8>) -> [UInt8] {
        var start = 0
        if !Bytes.hasPrefixIgnoringCase(url, "www.") {
            var slashes = 0
            while start < url.count, slashes < 2 {
                if isSlash(url[start]) {
                    slashes += 1
                } else if slashes > 0 || start > 20 {
                    return []
                }
                start += 1
            }
            guard slashes == 2 else { return [] }
            while start < url.count, isSlash(url[start]) { start += 1 }
        }
        var end = start
        while end < url.count, !isSlash(url[end]), url[end] != 0x3f, url[end] != 0x23 { end += 1 }
        for i in (start..<end).reversed() where url[i] == 0x40 {
            start = i + 1
            break
        }
        if start < end, url[start] == 0x5b {
            let close = Bytes.firstIndex(of: 0x5d, in: url, start..<end) ?? (end - 1)
            end = close + 1
        } else if let port = Bytes.firstIndex(of: 0x3a, in: url, start..<end) {
            end = port
        }
        while end > start, url[end - 1] == 0x2e { end -= 1 }
        guard end - start <= 253 else { return [] }
        var host: [UInt8] = []
        for i in start..<end { host.append(url[i] &- 0x41 < 26 ? url[i] | 0x20 : url[i]) }
        return host
    }

    /// Browsers take a backslash for a slash.
    private static func isSlash(_ byte: UInt8) -> Bool { byte == 0x2f || byte == 0x5c }

    /// The host that a link's text shows, if the text is one word that looks like a URL or a host name.
    private static func hostShown(_ text: Span<UInt8>) -> [UInt8]? {
        let range = Bytes.trimmed(text)
        guard (4...500).contains(range.count) else { return nil }
        let word = text.extracting(range)
        var dots = 0
        for i in 0..<word.count {
            guard !Bytes.isSpace(word[i]), word[i] != 0x40 else { return nil }
            if word[i] == 0x2e { dots += 1 }
        }
        guard dots > 0 else { return nil }
        if Bytes.hasPrefixIgnoringCase(word, "http") || Bytes.hasPrefixIgnoringCase(word, "www.") {
            let shown = host(word)
            return shown.isEmpty ? nil : shown
        }
        // A bare name: labels of letters, digits and hyphens, the last of letters.
        var end = 0
        var lastDot = 0
        while end < word.count, word[end] != 0x2f {
            if word[end] == 0x2e { lastDot = end }
            guard word[end] < 0x80, isWordByte(word[end]) else { return nil }
            end += 1
        }
        guard lastDot > 0, (2...18).contains(end - lastDot - 1) else { return nil }
        var host: [UInt8] = []
        for i in 0..<end {
            if i > lastDot { guard (word[i] | 0x20) &- 0x61 < 26 else { return nil } }
            host.append(word[i] &- 0x41 < 26 ? word[i] | 0x20 : word[i])
        }
        return host
    }

    private static func withoutWWW(_ host: [UInt8]) -> [UInt8] {
        host.starts(with: "www.".utf8) ? Array(host.dropFirst(4)) : host
    }

    private static func isBelow(_ host: [UInt8], _ domain: [UInt8]) -> Bool {
        host.count > domain.count && host[host.count - domain.count - 1] == 0x2e
            && host.suffix(domain.count) == domain[...]
    }
}
