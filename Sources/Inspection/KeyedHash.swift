package import MailTypes

/// SipHash-1-3 (Aumasson and Bernstein 2012): what detection remembers of addresses is of no use without the key, and
/// nobody can choose addresses that collide.
package struct KeyedHash: Hashable, Sendable {
    private let key: (UInt64, UInt64)

    /// - Parameter key: random, secret, and the same as long as a detector's state is kept.
    package init(key: (UInt64, UInt64)) { self.key = key }

    package static func == (a: KeyedHash, b: KeyedHash) -> Bool { a.key == b.key }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(key.0)
        hasher.combine(key.1)
    }

    /// The hash of an address by which mail to one mailbox is counted: local part and domain without regard to case.
    package func hash(_ address: EmailAddress) -> UInt64 { hash(Array(address.canonical.utf8)) }

    /// The hash of a return path; 0 for the null path.
    package func hash(_ path: ReversePath) -> UInt64 { path.address.map(hash) ?? 0 }

    package func hash(_ bytes: [UInt8]) -> UInt64 {
        var v0 = key.0 ^ 0x736f_6d65_7073_6575
        var v1 = key.1 ^ 0x646f_7261_6e64_6f6d
        var v2 = key.0 ^ 0x6c79_6765_6e65_7261
        var v3 = key.1 ^ 0x7465_6462_7974_6573
        func round() {
            v0 &+= v1
            v1 = v1 << 13 | v1 >> 51
            v1 ^= v0
            v0 = v0 << 32 | v0 >> 32
            v2 &+= v3
            v3 = v3 << 16 | v3 >> 48
            v3 ^= v2
            v0 &+= v3
            v3 = v3 << 21 | v3 >> 43
            v3 ^= v0
            v2 &+= v1
            v1 = v1 << 17 | v1 >> 47
            v1 ^= v2
            v2 = v2 << 32 | v2 >> 32
        }
        var word: UInt64 = 0
        var filled: UInt64 = 0
        for byte in bytes {
            word |= UInt64(byte) << (8 * filled)
            filled += 1
            if filled == 8 {
                v3 ^= word
                round()
                v0 ^= word
                word = 0
                filled = 0
            }
        }
        word |= UInt64(bytes.count & 0xff) << 56
        v3 ^= word
        round()
        v0 ^= word
        v2 ^= 0xff
        for _ in 0..<3 { round() }
        return v0 ^ v1 ^ v2 ^ v3
    }
}
