extension IPAddress {
    /// Reads dotted IPv4 (four decimal octets, no leading zeros: RFC 6943 §3.1.1) or IPv6 text (RFC 4291 §2.2, with an
    /// optional dotted IPv4 tail). No zone, no brackets, no port. `nil` for anything else.
    package init?(_ text: String) {
        var text = text
        let parsed: IPAddress? = text.withUTF8 { bytes in
            guard (2...45).contains(bytes.count) else { return nil }
            if bytes.contains(UInt8(ascii: ":")) { return IPAddress(ipv6: bytes) }
            return IPAddress.dotted(bytes[...]).map { .v4($0) }
        }
        guard let parsed else { return nil }
        self = parsed
    }

    private static func dotted(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
        var value: UInt32 = 0
        var octets = 0
        for part in bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard octets < 4, (1...3).contains(part.count), !(part.count > 1 && part.first == UInt8(ascii: "0")) else {
                return nil
            }
            var octet: UInt32 = 0
            for digit in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
                octet = octet * 10 + UInt32(digit - UInt8(ascii: "0"))
            }
            guard octet <= 255 else { return nil }
            value = value << 8 | octet
            octets += 1
        }
        return octets == 4 ? value : nil
    }

    private init?(ipv6 bytes: UnsafeBufferPointer<UInt8>) {
        var groups: [UInt16] = []
        var gap: Int?
        var rest = bytes[...]
        let colon = UInt8(ascii: ":")
        if rest.starts(with: [colon, colon]) {
            gap = 0
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            guard groups.count < 8 else { return nil }
            let end = rest.firstIndex(of: colon) ?? rest.endIndex
            let part = rest[rest.startIndex..<end]
            if end == rest.endIndex, part.contains(UInt8(ascii: ".")) {
                guard let tail = IPAddress.dotted(part), groups.count <= 6 else { return nil }
                groups.append(UInt16(tail >> 16))
                groups.append(UInt16(tail & 0xffff))
                break
            }
            guard (1...4).contains(part.count) else { return nil }
            var group: UInt16 = 0
            for digit in part {
                guard let nibble = Hexadecimal.value(of: digit) else { return nil }
                group = group << 4 | UInt16(nibble)
            }
            groups.append(group)
            guard end != rest.endIndex else { break }
            rest = rest[(end + 1)...]
            guard let next = rest.first else { return nil }  // a lone colon at the end
            if next == colon {
                guard gap == nil else { return nil }
                gap = groups.count
                rest = rest.dropFirst()
            }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        self.init(
            high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) },
            low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or IPv6 in the canonical form of RFC 5952.
    package var description: String {
        switch self {
        case .v4(let bits):
            return "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
        case .v6(let high, let low):
            let groups =
                (0..<4).map { UInt16(truncatingIfNeeded: high >> (48 - 16 * $0)) }
                + (0..<4).map { UInt16(truncatingIfNeeded: low >> (48 - 16 * $0)) }
            var best = 0..<0
            var start = 0
            while start < 8 {
                var end = start
                while end < 8, groups[end] == 0 { end += 1 }
                if end - start > max(best.count, 1) { best = start..<end }
                start = max(end, start + 1)
            }
            func text(_ part: ArraySlice<UInt16>) -> String {
                part.map { String($0, radix: 16) }.joined(separator: ":")
            }
            return best.isEmpty
                ? text(groups[...]) : text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
        }
    }

    /// The text inside the brackets of an SMTP address literal: `192.0.2.1` or `IPv6:2001:db8::1` (RFC 5321 §4.1.3).
    package var literal: String { isIPv4 ? description : "IPv6:" + description }

    /// Reads what stands between the brackets of an address literal. `nil` for general literals.
    package init?(literal text: String) {
        if text.utf8.count > 5, text.prefix(5).lowercased() == "ipv6:" {
            self.init(String(text.dropFirst(5)))
        } else {
            guard !text.contains(":") else { return nil }
            self.init(text)
        }
    }
}
