/// Features of HTML source: element names, attribute names, short attribute values. What the text says is the visible
/// text's; this is how it is dressed.
enum MarkupWalk {
    static func features(_ html: ArraySlice<UInt8>, limit: Int, found: (UInt64) -> Void) {
        html.withUnsafeBufferPointer { text in
            let end = text.count
            var i = 0
            var count = 0
            while i < end, count < limit {
                guard text[i] == 0x3c else {
                    i += 1
                    continue
                }
                i += 1
                guard i < end, FeatureHash.isLetter(text[i]) else { continue }
                var element = Namespace.markup
                while i < end, FeatureHash.isLetter(text[i]) || FeatureHash.isDigit(text[i]) {
                    element = FeatureHash.extend(element, FeatureHash.lowered(text[i]))
                    i += 1
                }
                found(element)
                count += 1
                while i < end, text[i] != 0x3e, count < limit {
                    guard FeatureHash.isLetter(text[i]) else {
                        i += 1
                        continue
                    }
                    var attribute = element &* 31
                    while i < end, FeatureHash.isLetter(text[i]) || text[i] == 0x2d {
                        attribute = FeatureHash.extend(attribute, FeatureHash.lowered(text[i]))
                        i += 1
                    }
                    found(attribute)
                    count += 1
                    guard i < end, text[i] == 0x3d else { continue }
                    i += 1
                    let quote: UInt8? = i < end && (text[i] == 0x22 || text[i] == 0x27) ? text[i] : nil
                    if quote != nil { i += 1 }
                    var value = attribute &* 37
                    var length = 0
                    while i < end, quote.map({ text[i] != $0 }) ?? (text[i] != 0x3e && text[i] > 0x20) {
                        if length < 24 { value = FeatureHash.extend(value, FeatureHash.lowered(text[i])) }
                        length += 1
                        i += 1
                    }
                    if quote != nil, i < end { i += 1 }
                    if length <= 24 { found(value) }
                    count += 1
                }
            }
        }
    }
}

/// Features of one URL: its host, the domains above it, words of its path, and what phishers do with it.
enum URLFeatures {
    static func features(_ url: [UInt8], found: (UInt64) -> Void) {
        guard let colon = url.firstIndex(of: 0x3a), url[colon...].starts(with: [0x3a, 0x2f, 0x2f]) else {
            let scheme = url.prefix { $0 != 0x3a }.prefix(12)
            found(FeatureHash.extend(Namespace.url &* 5, lowercased: scheme.count < url.count ? scheme : []))
            return
        }
        let rest = url[(colon + 3)...]
        let pathStart = rest.firstIndex { $0 == 0x2f || $0 == 0x3f || $0 == 0x23 } ?? rest.endIndex
        var host = rest[..<pathStart].suffix(253)
        if let at = host.lastIndex(of: 0x40) {
            found(Namespace.url &* 7)
            host = host[(at + 1)...]
        }
        if let port = host.firstIndex(of: 0x3a) {
            found(Namespace.url &* 11)
            host = host[..<port]
        }
        found(FeatureHash.extend(Namespace.url, lowercased: host))
        var dot = host.lastIndex(of: 0x2e)
        var levels = 0
        while let position = dot, levels < 4 {
            found(FeatureHash.extend(Namespace.urlDomain, lowercased: host[(position + 1)...]))
            dot = host[..<position].lastIndex(of: 0x2e)
            levels += 1
        }
        if !host.isEmpty, host.allSatisfy({ FeatureHash.isDigit($0) || $0 == 0x2e }) { found(Namespace.url &* 13) }
        TokenWalk.words(rest[pathStart...].prefix(256), namespace: Namespace.urlPath, limit: 8, found: found)
    }
}
