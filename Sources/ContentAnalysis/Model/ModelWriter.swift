/// Writes the parts of a model file: little endian, variable-length integers (LEB128).
struct ModelWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ more: [UInt8]) { bytes += more }

    mutating func byte(_ value: UInt8) { bytes.append(value) }

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

    mutating func code(_ value: Int, _ precision: ModelPrecision) {
        bytes.append(UInt8(truncatingIfNeeded: value))
        if precision == .full { bytes.append(UInt8(truncatingIfNeeded: value >> 8)) }
    }
}

/// FNV-1a, 64 bits: against accidents, not against attackers, who could train a model as well.
enum ModelChecksum {
    static func of(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBufferPointer { $0.reduce(FeatureHash.basis) { FeatureHash.extend($0, $1) } }
    }
}

/// How finely a model file keeps weights.
package enum ModelPrecision: UInt8, Sendable {
    /// A byte a weight, and those that hardly matter left out: for models that are only read.
    case compact = 1
    /// Two bytes a weight, none left out: for models that go on learning.
    case full = 2

    /// The code of the largest weight.
    var largest: Float { self == .compact ? 127 : 32767 }
    /// Codes below this are left out: 0.2 % of the largest weight.
    var smallest: Float { self == .compact ? 5.5 : 0.5 }
}

/// Codes for weights: the square root against the largest, so that the many small ones keep their size.
struct WeightScale {
    let largest: Float
    let precision: ModelPrecision

    init(largest: Float, _ precision: ModelPrecision) {
        self.largest = max(largest, Float.leastNormalMagnitude)
        self.precision = precision
    }

    init(of weights: some Sequence<Float>, _ precision: ModelPrecision) {
        self.init(largest: weights.reduce(0) { max($0, abs($1)) }, precision)
    }

    func code(_ weight: Float) -> Int {
        let share = (min(abs(weight), largest) / largest).squareRoot() * precision.largest
        guard share >= precision.smallest else { return 0 }
        return Int(weight < 0 ? -share.rounded() : share.rounded())
    }

    func weight(_ code: Int) -> Float {
        let share = Float(code) / precision.largest
        return largest * share * abs(share)
    }
}
