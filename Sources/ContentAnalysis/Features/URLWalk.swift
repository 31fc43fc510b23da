/// Features of one URL: its host, the domains above it, words of its path, and what phishers do with it.
enum URLWalk {
    /// Domains above a host that count, from the top down.
    private static let levels = 4
    private static let hostBytes = 253
    private static let pathBytes = 256

    static func features(_ url: borrowing Span<UInt8>, into collector: inout FeatureCollector) {
        let count = url.count
        var colon = 0
        while colon < min(count, 16), url[colon] != 0x3a { colon += 1 }
        guard colon + 2 < count, url[colon] == 0x3a, url[colon + 1] == 0x2f, url[colon + 2] == 0x2f else {
            let isScheme = colon < min(count, 12)
            let hash = FeatureHash.extend(Namespace.url &* 5, lowercased: url.extracting(0..<(isScheme ? colon : 0)))
            collector.add(hash)
            return
        }
        var begin = colon + 3
        var end = begin
        while end < count, url[end] != 0x2f, url[end] != 0x3f, url[end] != 0x23 { end += 1 }
        let path = end
        for i in begin..<end where url[i] == 0x40 {
            collector.add(Namespace.url &* 7)
            begin = i + 1
        }
        begin = max(begin, end - hostBytes)
        for i in begin..<end where url[i] == 0x3a {
            collector.add(Namespace.url &* 11)
            end = i
            break
        }
        host(url.extracting(begin..<end), into: &collector)
        let rest = url.extracting(path..<min(count, path + pathBytes))
        TokenWalk.words(rest, namespace: Namespace.urlPath, kind: .urlWord, words: 8, into: &collector)
    }

    private static func host(_ host: borrowing Span<UInt8>, into collector: inout FeatureCollector) {
        collector.add(FeatureHash.extend(Namespace.url, lowercased: host), .host, host)
        var left = levels
        var isNumeric = host.count > 0
        var i = host.count - 1
        while i > 0, left > 0 {
            if host[i] == 0x2e {
                let domain = host.extracting((i + 1)..<host.count)
                collector.add(FeatureHash.extend(Namespace.urlDomain, lowercased: domain), .host, domain)
                left -= 1
            }
            i -= 1
        }
        for i in 0..<host.count where !FeatureHash.isDigit(host[i]) && host[i] != 0x2e { isNumeric = false }
        if isNumeric { collector.add(Namespace.url &* 13) }
    }
}
