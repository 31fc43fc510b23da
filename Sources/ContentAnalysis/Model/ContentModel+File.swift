import MailTypes

/// The model file: `SLUICEMODEL`, a format version, the precision of weights, who made it, counts, calibration, then two
/// tables (tokens and pairs; structure) of the features that are not zero: what follows and the gap to the one before, a
/// code a weight, two counts, the commonness; at the end a checksum over everything.
extension ContentModel {
    private static let magic = Array("SLUICEMODEL".utf8)
    private static let version: UInt8 = 4
    private static let checksumBytes = 8
    /// In an entry's first byte: that counts follow.
    private static let countsFollow: UInt8 = 8
    /// Likewise, that the commonness follows.
    private static let commonnessFollows: UInt8 = 16
    /// The largest gap in an entry's first byte, above the five bits of what follows; a larger one follows it.
    private static let shortGap = 7
    private static let gapShift: UInt8 = 5
    private static let mask: UInt8 = 31

    /// The file's bytes.
    package func encoded(_ precision: ModelPrecision = .full) -> [UInt8] {
        var writer = ModelWriter()
        writer.append(Self.magic + [Self.version, precision.rawValue])
        let name = Array(createdBy.utf8.prefix(Self.createdByBytes))
        writer.varint(UInt64(name.count))
        writer.append(name)
        writer.varint(UInt64(FeatureSet.bits))
        writer.varint(UInt64(FeatureSet.structureBits))
        writer.varint(UInt64(messages.spam))
        writer.varint(UInt64(messages.ham))
        for learner in 0..<LearnerScores.count {
            writer.double(calibration.means[learner])
            writer.double(calibration.deviations[learner])
        }
        for value in [calibration.slope, calibration.offset] { writer.double(value) }
        for view in 0..<TokenWeights.views { writer.double(Double(tokens.bias[view])) }
        writer.double(Double(structure.bias))
        writer.double(Double(tokens.rarest))
        writeTokens(precision, to: &writer)
        writeStructure(precision, to: &writer)
        writer.fixed(ModelChecksum.of(writer.bytes[...]))
        return writer.bytes
    }

    private func writeTokens(_ precision: ModelPrecision, to writer: inout ModelWriter) {
        let scales = (0..<TokenWeights.views).map { view in
            WeightScale(of: tokens.weights.lazy.map { $0[view] }, precision)
        }
        for scale in scales { writer.double(Double(scale.largest)) }
        var previous = -1
        for index in 0..<FeatureSet.count where counts.isSeen(index) || tokens.weights[index] != .zero {
            let hasCounts = counts.spam[index] != 0 || counts.ham[index] != 0
            let codes = scales.indices.map { scales[$0].code(tokens.weights[index][$0]) }
            var mask: UInt8 = hasCounts ? Self.countsFollow : 0
            for view in scales.indices where codes[view] != 0 { mask |= 1 << UInt8(view) }
            let commonness = Commonness(tokens.weights[index].w)
            if commonness.level > 0 { mask |= Self.commonnessFollows }
            guard mask != 0 else { continue }
            Self.begin(index, after: previous, mask, &writer)
            for code in codes where code != 0 { writer.code(code, precision) }
            if hasCounts {
                writer.varint(UInt64(counts.spam[index]))
                writer.varint(UInt64(counts.ham[index]))
            }
            if commonness.level > 0 { writer.byte(commonness.level) }
            previous = index
        }
        // An entry of nothing ends the table.
        writer.byte(0)
    }

    private func writeStructure(_ precision: ModelPrecision, to writer: inout ModelWriter) {
        let scale = WeightScale(of: structure.weights, precision)
        writer.double(Double(scale.largest))
        var previous = -1
        for (index, weight) in structure.weights.enumerated() where weight != 0 {
            let code = scale.code(weight)
            guard code != 0 else { continue }
            Self.begin(index, after: previous, 1, &writer)
            writer.code(code, precision)
            previous = index
        }
        writer.byte(0)
    }

    private static func begin(_ index: Int, after previous: Int, _ mask: UInt8, _ writer: inout ModelWriter) {
        let gap = index - previous - 1
        writer.byte(mask | UInt8(min(gap, shortGap)) << gapShift)
        if gap >= shortGap { writer.varint(UInt64(gap - shortGap)) }
    }

    /// Reads a model file. Hostile or cut bytes give an error, never a crash, and no more memory than a model has.
    package init(decoding bytes: [UInt8]) throws(ModelError) {
        guard bytes.starts(with: Self.magic) else {
            throw ModelError(code: .notAModel, message: "this is not a Sluice content model")
        }
        let start = Self.magic.count
        guard bytes.count > start + 2 + Self.checksumBytes else { throw ModelReader.cut }
        guard bytes[start] == Self.version else {
            throw ModelError(
                code: .unknownVersion,
                message: "the model has format \(bytes[start]); this program reads \(Self.version): train it anew")
        }
        let end = bytes.count - Self.checksumBytes
        var tail = ModelReader(bytes, from: end, to: bytes.count)
        guard try tail.fixed() == ModelChecksum.of(bytes[..<end]) else {
            throw ModelError(code: .damaged, message: "the model file is damaged: its checksum is wrong")
        }
        guard let precision = ModelPrecision(rawValue: bytes[start + 1]) else { throw ModelReader.range }
        var reader = ModelReader(bytes, from: start + 2, to: end)
        self.init()
        createdBy = SafeText.printable(try reader.text(limit: Self.createdByBytes))
        guard try reader.varint(limit: 64) == FeatureSet.bits, try reader.varint(limit: 64) == FeatureSet.structureBits
        else {
            throw ModelError(code: .outOfRange, message: "the model has another feature width than this program")
        }
        messages.spam = try reader.varint(limit: 1 << 40)
        messages.ham = try reader.varint(limit: 1 << 40)
        try readLinear(&reader)
        try readTokens(precision, &reader)
        try readStructure(precision, &reader)
        guard reader.isAtEnd else { throw ModelReader.range }
        refresh()
    }

    private mutating func readLinear(_ reader: inout ModelReader) throws(ModelError) {
        for learner in 0..<LearnerScores.count {
            calibration.means[learner] = try reader.double()
            let deviation = try reader.double()
            guard deviation > 1e-6 else { throw ModelReader.range }
            calibration.deviations[learner] = deviation
        }
        calibration.slope = try reader.double()
        calibration.offset = try reader.double()
        for view in 0..<TokenWeights.views { tokens.bias[view] = Float(try reader.double()) }
        structure.bias = Float(try reader.double())
        tokens.rarest = Float(try reader.double())
        guard tokens.rarest >= 1, tokens.rarest < 64 else { throw ModelReader.range }
    }

    private mutating func readTokens(_ precision: ModelPrecision, _ reader: inout ModelReader) throws(ModelError) {
        var scales: [WeightScale] = []
        for _ in 0..<TokenWeights.views {
            scales.append(WeightScale(largest: Float(try reader.double()), precision))
        }
        var index = -1
        while let mask = try Self.next(&index, limit: FeatureSet.count, &reader) {
            var weights = SIMD4<Float>.zero
            for view in 0..<TokenWeights.views where mask & 1 << UInt8(view) != 0 {
                weights[view] = scales[view].weight(try reader.code(precision))
            }
            if mask & Self.countsFollow != 0 {
                let spam = UInt16(try reader.varint(limit: Int(UInt16.max)))
                let ham = UInt16(try reader.varint(limit: Int(UInt16.max)))
                counts.set(index, spam: spam, ham: ham)
            }
            if mask & Self.commonnessFollows != 0 { weights.w = Commonness(level: try reader.byte()).value }
            guard weights.w < tokens.rarest else { throw ModelReader.range }
            tokens.weights[index] = weights
        }
    }

    private mutating func readStructure(_ precision: ModelPrecision, _ reader: inout ModelReader) throws(ModelError) {
        let scale = WeightScale(largest: Float(try reader.double()), precision)
        var index = -1
        while try Self.next(&index, limit: FeatureSet.structureCount, &reader) != nil {
            structure.weights[index] = scale.weight(try reader.code(precision))
        }
    }

    /// Moves to the next entry; its mask, or `nil` at the table's end.
    private static func next(
        _ index: inout Int, limit: Int, _ reader: inout ModelReader
    ) throws(ModelError) -> UInt8? {
        let first = try reader.byte()
        guard first & mask != 0 else {
            guard first == 0 else { throw ModelReader.range }
            return nil
        }
        var gap = Int(first >> gapShift)
        if gap == shortGap { gap += try reader.varint(limit: limit) }
        index += gap + 1
        guard index < limit else { throw ModelReader.range }
        return first & mask
    }
}
