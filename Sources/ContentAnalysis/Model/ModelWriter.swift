/// Writes the parts of a model file: little endian, variable-length integers (LEB128).
struct ModelWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ more: [UInt8]) { bytes += more }

    mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    mutating func fixed(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func double(_ value: Double) { fixed(value.bitPattern) }

    mutating func signed(_ value: Int8) { bytes.append(UInt8(bitPattern: value)) }
}

/// FNV-1a, 64 bits: against accidents, not against attackers, who could train a model as well.
enum ModelChecksum {
    static func of(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash = FeatureHash.basis
        for byte in bytes { hash = FeatureHash.extend(hash, byte) }
        return hash
    }
}

/// One signed byte for a weight: its square root against the largest, so that the many small ones keep their size.
struct WeightScale {
    let largest: Float

    init(largest: Float) { self.largest = max(largest, Float.leastNormalMagnitude) }
    init(of weights: some Sequence<Float>) { self.init(largest: weights.reduce(0) { max($0, abs($1)) }) }

    func code(_ weight: Float) -> Int8 {
        let share = (min(abs(weight), largest) / largest).squareRoot() * 127
        return Int8(weight < 0 ? -share.rounded() : share.rounded())
    }

    func weight(_ code: Int8) -> Float {
        let share = Float(code) / 127
        return largest * share * abs(share)
    }
}
