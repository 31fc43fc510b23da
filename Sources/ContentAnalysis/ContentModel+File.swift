/// The model file: `SLUICEMODEL`, a format version, calibration, then each table as (gap, value) pairs of its non-zero
/// entries, quantised, and a checksum over everything. Little endian, variable-length integers (LEB128).
extension ContentModel {
    private static let magic = Array("SLUICEMODEL".utf8)
    private static let version: UInt8 = 1

    /// The file's bytes. Weights are rounded to steps of 1/1023 of the largest of their view.
    package func encoded() -> [UInt8] {
        var writer = ModelWriter()
        writer.bytes += Self.magic
        writer.bytes.append(Self.version)
        writer.varint(UInt64(Self.featureBits))
        writer.varint(UInt64(tokens.spamMessages))
        writer.varint(UInt64(tokens.hamMessages))
        for value in calibration.means + calibration.deviations + [calibration.slope, calibration.offset] {
            writer.double(value)
        }
        for view in [body, grams] { writer.weights(view) }
        writer.counts(tokens.spam)
        writer.counts(tokens.ham)
        writer.fixed(ModelChecksum.of(writer.bytes[...]))
        return writer.bytes
    }

    /// Reads a model file. Hostile or cut bytes give an error, never a crash, and no more memory than a model has.
    package init(decoding bytes: [UInt8]) throws(ModelError) {
        guard bytes.starts(with: Self.magic) else {
            throw ModelError(code: .notAModel, message: "this is not a Sluice content model")
        }
        guard bytes.count > Self.magic.count + 9 else {
            throw ModelError(code: .truncated, message: "the model file is cut short")
        }
        guard bytes[Self.magic.count] == Self.version else {
            throw ModelError(
                code: .unknownVersion,
                message: "the model has format \(bytes[Self.magic.count]); this program reads \(Self.version)")
        }
        let end = bytes.count - 8
        var tail = ModelReader(bytes: bytes[end...])
        guard try tail.fixed() == ModelChecksum.of(bytes[..<end]) else {
            throw ModelError(code: .damaged, message: "the model file is damaged: its checksum is wrong")
        }
        var reader = ModelReader(bytes: bytes[(Self.magic.count + 1)..<end])
        guard try reader.varint() == UInt64(Self.featureBits) else {
            throw ModelError(code: .outOfRange, message: "the model has another feature width than this program")
        }
        self.init()
        tokens.spamMessages = try reader.count(limit: 1 << 40)
        tokens.hamMessages = try reader.count(limit: 1 << 40)
        var numbers: [Double] = []
        for _ in 0..<8 { numbers.append(try reader.double()) }
        guard numbers.allSatisfy(\.isFinite), numbers[3...5].allSatisfy({ $0 > 0 }) else {
            throw ModelError(code: .outOfRange, message: "the model's calibration is out of range")
        }
        calibration.means = Array(numbers[0..<3])
        calibration.deviations = Array(numbers[3..<6])
        (calibration.slope, calibration.offset) = (numbers[6], numbers[7])
        body = try reader.weights(bits: Self.featureBits)
        grams = try reader.weights(bits: Self.featureBits)
        tokens.spam = try reader.counts(bits: Self.featureBits)
        tokens.ham = try reader.counts(bits: Self.featureBits)
    }
}

/// FNV-1a, 64 bits: against accidents, not against attackers, who could train a model as well.
enum ModelChecksum {
    static func of(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBufferPointer { $0.reduce(FeatureHash.basis) { FeatureHash.extend($0, $1) } }
    }
}

struct ModelWriter {
    var bytes: [UInt8] = []

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

    /// The scale, the bias, and the weights as signed multiples of the scale; those that round to zero are left out.
    mutating func weights(_ view: LinearView) {
        let largest = view.weights.reduce(Float(0)) { max($0, abs($1)) }
        let scale = max(largest / 1023, Float.leastNormalMagnitude)
        double(Double(scale))
        double(Double(view.bias))
        let entries = view.weights.enumerated().compactMap { index, weight -> (Int, Int)? in
            let step = Int((weight / scale).rounded())
            return step == 0 ? nil : (index, step)
        }
        varint(UInt64(entries.count))
        var previous = -1
        for (index, step) in entries {
            varint(UInt64(index - previous - 1))
            varint(UInt64(step < 0 ? -2 * step - 1 : 2 * step))
            previous = index
        }
    }

    mutating func counts(_ table: [UInt16]) {
        let entries = table.enumerated().filter { $0.element != 0 }
        varint(UInt64(entries.count))
        var previous = -1
        for (index, count) in entries {
            varint(UInt64(index - previous - 1))
            varint(UInt64(count))
            previous = index
        }
    }
}

struct ModelReader {
    var bytes: ArraySlice<UInt8>

    private static let cut = ModelError(code: .truncated, message: "the model file is cut short")
    private static let range = ModelError(code: .outOfRange, message: "the model file holds a value out of range")

    mutating func varint() throws(ModelError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            guard let byte = bytes.popFirst() else { throw Self.cut }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Self.range
    }

    mutating func count(limit: Int) throws(ModelError) -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else { throw Self.range }
        return Int(value)
    }

    mutating func fixed() throws(ModelError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            guard let byte = bytes.popFirst() else { throw Self.cut }
            value |= UInt64(byte) << shift
        }
        return value
    }

    mutating func double() throws(ModelError) -> Double { Double(bitPattern: try fixed()) }

    mutating func weights(bits: Int) throws(ModelError) -> LinearView {
        var view = LinearView(bits: bits)
        let scale = Float(try double())
        view.bias = Float(try double())
        guard scale.isFinite, view.bias.isFinite else { throw Self.range }
        let entries = try count(limit: 1 << bits)
        var index = -1
        for _ in 0..<entries {
            index += try count(limit: 1 << bits) + 1
            let code = try count(limit: 4096)
            guard index < view.weights.count else { throw Self.range }
            view.weights[index] = Float(code & 1 == 1 ? -(code + 1) / 2 : code / 2) * scale
        }
        return view
    }

    mutating func counts(bits: Int) throws(ModelError) -> [UInt16] {
        var table = [UInt16](repeating: 0, count: 1 << bits)
        let entries = try count(limit: 1 << bits)
        var index = -1
        for _ in 0..<entries {
            index += try count(limit: 1 << bits) + 1
            let value = try count(limit: Int(UInt16.max))
            guard index < table.count else { throw Self.range }
            table[index] = UInt16(value)
        }
        return table
    }
}
