/// Features of one URL: its host, the domains above it, words of its path, and what phishers do with it.
enum URLWalk {
    /// Domains above a host that count, from the top down.
    private static let levels = 4
    private static let hostBytes = 253
    private static let pathBytes = 256

    static func features(_ url: UnsafeBufferPointer<UInt8>, into collector: inout FeatureCollector) {
        let count = url.count
        var colon = 0
        while colon < min(count, 16), url[colon] != 0x3a { colon += 1 }
        guard colon + 2 < count, url[colon] == 0x3a, url[colon + 1] == 0x2f, url[colon + 2] == 0x2f else {
            let scheme = UnsafeBufferPointer(rebasing: url[..<(colon < min(count, 12) ? colon : 0)])
            collector.add(FeatureHash.extend(Namespace.url &* 5, lowercased: scheme))
            return
        }
        var begin = colon + 3
        var end = begin
        while end < count, url[end] != 0x2f, url[end] != 0x3f, url[end] != 0x23 { end += 1 }
        let path = end
        for i in begin..<end where url[i] == 0x40 {
            collector.trait(Namespace.url &* 7, "user name in a link")
            begin = i + 1
        }
        begin = max(begin, end - hostBytes)
        for i in begin..<end where url[i] == 0x3a {
            collector.trait(Namespace.url &* 11, "port number in a link")
            end = i
            break
        }
        host(UnsafeBufferPointer(rebasing: url[begin..<end]), into: &collector)
        let rest = UnsafeBufferPointer(rebasing: url[path..<min(count, path + pathBytes)])
        collector.beginPairs()
        TokenWalk.words(rest, namespace: Namespace.urlPath, kind: .urlWord, words: 8, into: &collector)
    }

    private static func host(_ host: UnsafeBufferPointer<UInt8>, into collector: inout FeatureCollector) {
        collector.add(FeatureHash.extend(Namespace.url, lowercased: host), .host, host)
        var left = levels
        var i = host.count - 1
        while i > 0, left > 0 {
            if host[i] == 0x2e {
                let domain = UnsafeBufferPointer(rebasing: host[(i + 1)...])
                collector.add(FeatureHash.extend(Namespace.urlDomain, lowercased: domain), .host, domain)
                left -= 1
            }
            i -= 1
        }
        if !host.isEmpty, host.allSatisfy({ FeatureHash.isDigit($0) || $0 == 0x2e }) {
            collector.trait(Namespace.url &* 13, "link to a bare IP address")
        }
    }
}
