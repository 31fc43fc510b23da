import MessageFormat

/// What little a message says that has too little text for a fingerprint: its subject's and text's words, pairs of signs where
/// words have no blanks between them, and what is attached. Links, addresses and everything with a digit change with each copy and
/// are left out.
struct ShortText: Hashable, Sendable {
    /// The least hashes, in ascending order.
    let tokens: [UInt32]

    private static let most = 64
    /// Of text that is looked at.
    private static let bytes = 8192

    init(_ message: ParsedMessage) {
        var found: Set<UInt32> = []
        Self.take(message.header.subject.prefix(Self.bytes), &found)
        Self.take(message.text.prefix(Self.bytes), &found)
        if message.text.isEmpty { Self.take(message.htmlText.prefix(Self.bytes), &found) }
        for part in message.parts.prefix(50) where part.isAttachment {
            let end = part.fileName.suffix(5)
            let suffix = end.firstIndex(of: UInt8(ascii: ".")).map { end[$0...] } ?? []
            found.insert(Self.hash(part.contentType + suffix))
        }
        tokens = Array(found.sorted().prefix(Self.most))
    }

    /// 0…1: the share of common tokens, estimated from the least of both.
    func likeness(to other: ShortText) -> Double {
        var (i, j, common, seen) = (0, 0, 0, 0)
        while seen < Self.most, i < tokens.count || j < other.tokens.count {
            let a = i < tokens.count ? tokens[i] : .max
            let b = j < other.tokens.count ? other.tokens[j] : .max
            if a == b { common += 1 }
            if a <= b { i += 1 }
            if b <= a { j += 1 }
            seen += 1
        }
        return seen == 0 ? 1 : Double(common) / Double(seen)
    }

    private static func take(_ bytes: some Collection<UInt8>, _ found: inout Set<UInt32>) {
        for chunk in bytes.split(whereSeparator: { $0 <= 0x20 }) {
            // A link, an address, a number.
            if chunk.contains(where: {
                (0x30...0x39).contains($0) || $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "/")
            }) {
                continue
            }
            let letters = chunk.filter { $0 >= 0x80 || (0x41...0x5a).contains($0 & 0xdf) }
            guard letters.count >= 3 else { continue }
            guard letters.count > 24, letters.contains(where: { $0 >= 0x80 }) else {
                found.insert(hash(letters.map { $0 < 0x80 ? $0 | 0x20 : $0 }))
                continue
            }
            let signs = Array(String(decoding: letters, as: UTF8.self).unicodeScalars)
            for (a, b) in zip(signs, signs.dropFirst()) {
                var pair: [UInt8] = []
                for value in [a.value, b.value] {
                    for shift in [0, 8, 16] { pair.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
                }
                found.insert(hash(pair))
            }
        }
    }

    /// FNV-1a, its upper bits mixed in.
    private static func hash(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 29
        hash = hash &* 0xbf58_476d_1ce4_e5b9
        return UInt32(truncatingIfNeeded: hash >> 32)
    }
}
