package import MailTypes

extension ByteSlice {
    /// The IP address that the slice is, all of it: dotted, or IPv6 text with or without brackets, zone or `IPv6:`.
    package var address: IPAddress? {
        var text = self
        if text.first == Byte.openSquare, text.last == Byte.closeSquare { text = text.part(1, text.count - 1) }
        if text.hasPrefixIgnoringCase("ipv6:") { text = text.from(5) }
        guard (2...64).contains(text.count) else { return nil }
        if text.index(of: Byte.colon) < 0 { return text.dotted.map { .v4($0) } }
        let zone = text.index(of: 0x25)
        return (zone < 0 ? text : text.prefix(zone)).colonSeparated
    }

    /// The address in front of a port: `192.0.2.1:25`, `[2001:db8::1]:25`, or the address alone.
    package var addressBeforePort: IPAddress? {
        if first == Byte.openSquare {
            let end = index(of: Byte.closeSquare)
            return end < 0 ? nil : prefix(end + 1).address
        }
        let colon = index(of: Byte.colon)
        if colon >= 0, index(of: Byte.colon, from: colon + 1) < 0 { return prefix(colon).address }
        return address
    }

    /// The port behind the last colon, when all behind it is digits.
    package var portAfterAddress: UInt16? {
        let colon = lastIndex(of: Byte.colon)
        guard colon > 0, at(colon - 1) == Byte.closeSquare || index(of: Byte.colon) == colon else { return nil }
        return from(colon + 1).number.flatMap { UInt16(exactly: $0) }
    }

    private var dotted: UInt32? {
        guard (7...15).contains(count) else { return nil }
        var value: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var dots = 0
        for i in 0..<count {
            let byte = base[i]
            if byte == Byte.dot {
                guard digits > 0, dots < 3 else { return nil }
                value = value << 8 | octet
                octet = 0
                digits = 0
                dots += 1
            } else {
                let digit = byte &- 0x30
                guard digit < 10, digits < 3 else { return nil }
                octet = octet * 10 + UInt32(digit)
                digits += 1
                guard octet <= 255 else { return nil }
            }
        }
        return dots == 3 && digits > 0 ? value << 8 | octet : nil
    }

    private var colonSeparated: IPAddress? {
        guard count <= 45 else { return nil }
        var groups: (high: UInt64, low: UInt64) = (0, 0)
        var tail: (high: UInt64, low: UInt64) = (0, 0)
        var before = 0
        var after = 0
        var gap = false
        var at = 0
        if hasPrefix("::") {
            gap = true
            at = 2
        }
        while at < count {
            var end = index(of: Byte.colon, from: at)
            if end < 0 { end = count }
            let part = part(at, end)
            if end == count, part.index(of: Byte.dot) >= 0 {
                guard let v4 = part.dotted else { return nil }
                for half in [UInt64(v4 >> 16), UInt64(v4 & 0xffff)] {
                    if gap { push(half, &tail, &after) } else { push(half, &groups, &before) }
                }
                break
            }
            guard let group = part.hexadecimal, part.count <= 4 else { return nil }
            if gap { push(group, &tail, &after) } else { push(group, &groups, &before) }
            guard before + after <= 8 else { return nil }
            if end == count { break }
            at = end + 1
            if at == count { return nil }
            if base[at] == Byte.colon {
                guard !gap else { return nil }
                gap = true
                at += 1
            }
        }
        guard gap ? before + after < 8 : before == 8 else { return nil }
        let left = shifted(groups, by: 8 - before)
        return IPAddress(high: left.high | tail.high, low: left.low | tail.low)
    }

    private func push(_ group: UInt64, _ number: inout (high: UInt64, low: UInt64), _ count: inout Int) {
        number = (number.high << 16 | number.low >> 48, number.low << 16 | group)
        count += 1
    }

    private func shifted(_ number: (high: UInt64, low: UInt64), by groups: Int) -> (high: UInt64, low: UInt64) {
        var number = number
        for _ in 0..<max(0, groups) { number = (number.high << 16 | number.low >> 48, number.low << 16) }
        return number
    }

    /// The number that the slice is in hexadecimal, 1…16 digits, with or without `0x`.
    package var hexadecimal: UInt64? {
        let text = hasPrefixIgnoringCase("0x") ? from(2) : self
        guard (1...16).contains(text.count) else { return nil }
        var value: UInt64 = 0
        for i in 0..<text.count {
            guard let nibble = Hexadecimal.value(of: text[i]) else { return nil }
            value = value << 4 | UInt64(nibble)
        }
        return value
    }
}
