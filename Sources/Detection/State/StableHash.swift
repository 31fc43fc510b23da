import Glibc
import MailTypes

/// Hashes that are the same in every process, so that a replay decides as the first run did (`Hasher` is seeded anew).
enum StableHash {
    /// FNV-1a, 64 bits, finished by `mix`.
    static func of(_ text: String) -> UInt64 {
        mix(text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        mix(bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    }

    /// The finaliser of SplitMix64 (Steele et al. 2014).
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

enum NaturalLogarithm {
    static func of(_ value: Double) -> Double { Glibc.log(value) }
    static func binary(_ value: Double) -> Double { Glibc.log2(value) }
}

enum Exponential {
    /// The factor by which something has faded after `elapsed` seconds.
    static func decay(_ elapsed: Double, halfLife: Double) -> Double { Glibc.exp2(-elapsed / halfLife) }
    static func of(_ value: Double) -> Double { Glibc.exp(value) }
}

extension StableHash {
    /// The place that an address stands for: its /24, or /48.
    static func network(_ address: IPAddress) -> UInt64 {
        switch address {
        case .v4(let bits): mix(UInt64(bits >> 8) | 1 << 40)
        case .v6(let high, _): mix(high >> 16 ^ 1 << 63)
        }
    }
}
