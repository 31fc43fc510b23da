/// What markup is made of.
struct MarkupCounts {
    var images = 0, links = 0, tables = 0, fonts = 0, forms = 0, scripts = 0, comments = 0, titles = 0, styles = 0
    var capitals = 0
    var hasPixel = false, hasDoctype = false

    mutating func read(_ html: UnsafeBufferPointer<UInt8>) {
        var i = 0
        while i + 1 < html.count {
            if html[i] == 0x3c {
                element(html, at: i + 1)
            } else if html[i] | 0x20 == 0x77, !hasPixel {
                hasPixel = Self.isOnePixel(html, at: i)
            }
            i += 1
        }
    }

    private mutating func element(_ html: UnsafeBufferPointer<UInt8>, at start: Int) {
        if html[start] == 0x21 {
            if start + 1 < html.count, html[start + 1] == 0x2d { comments += 1 } else { hasDoctype = true }
            return
        }
        var name: UInt64 = 0
        var i = start
        while i < html.count, i < start + 8, FeatureHash.isLetter(html[i]) {
            name = name << 8 | UInt64(FeatureHash.lowered(html[i]))
            i += 1
        }
        guard name != 0 else { return }
        if html[start] & 0x20 == 0 { capitals += 1 }
        switch name {
        case 0x696d67: images += 1
        case 0x61: links += 1
        case 0x7461_626c65: tables += 1
        case 0x666f_6e74: fonts += 1
        case 0x666f_726d: forms += 1
        case 0x7363_7269_7074: scripts += 1
        case 0x7469_746c65: titles += 1
        case 0x7374_796c65: styles += 1
        default: break
        }
    }

    /// `width=1`, quoted or not.
    private static func isOnePixel(_ html: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        let name: StaticString = "width="
        var i = start
        for k in 0..<name.utf8CodeUnitCount {
            guard i < html.count, FeatureHash.lowered(html[i]) == name.utf8Start[k] else { return false }
            i += 1
        }
        if i < html.count, html[i] == 0x22 || html[i] == 0x27 { i += 1 }
        return i + 1 < html.count && html[i] == 0x31 && !FeatureHash.isDigit(html[i + 1])
    }
}
