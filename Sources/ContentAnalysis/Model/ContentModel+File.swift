import MailTypes

/// The model file: `SLUICEMODEL`, a format version, who made it, counts, calibration, then two tables (tokens, 4-grams)
/// of the features that are not zero: the gap to the one before, a byte a weight, two counts; at the end a checksum over
/// everything.
extension ContentModel {
    private static let magic = Array("SLUICEMODEL".utf8)
    private static let version: UInt8 = 2
    private static let checksumBytes = 8

    /// The file's bytes; weights are rounded to a byte each.
    package func encoded() -> [UInt8] {
        var writer = ModelWriter()
        writer.append(Self.magic + [Self.version])
        let name = Array(createdBy.utf8.prefix(Self.createdByBytes))
        writer.varint(UInt64(name.count))
        writer.append(name)
        writer.varint(UInt64(FeatureSet.bits))
        writer.varint(UInt64(messages.spam))
        writer.varint(UInt64(messages.ham))
        for learner in 0..<LearnerScores.count {
            writer.double(calibration.means[learner])
            writer.double(calibration.deviations[learner])
        }
        for value in [calibration.slope, calibration.offset] { writer.double(value) }
        for view in 0..<3 { writer.double(Double(tokens.bias[view])) }
        writer.double(Double(grams.bias))
        let lanes = (0..<3).map { view in WeightScale(of: tokens.weights.lazy.map { $0[view] }) }
        write(tokenCounts, scales: lanes, to: &writer) { index, view in self.tokens.weights[index][view] }
        write(gramCounts, scales: [WeightScale(of: grams.weights)], to: &writer) { index, _ in
            self.grams.weights[index]
        }
        writer.fixed(ModelChecksum.of(writer.bytes[...]))
        return writer.bytes
    }

    private func write(
        _ counts: FisherCounts, scales: [WeightScale], to writer: inout ModelWriter, weight: (Int, Int) -> Float
    ) {
        for scale in scales { writer.double(Double(scale.largest)) }
        let filled = (0..<FeatureSet.count).filter { counts.spam[$0] != 0 || counts.ham[$0] != 0 }
        writer.varint(UInt64(filled.count))
        var previous = -1
        for index in filled {
            writer.varint(UInt64(index - previous - 1))
            for (view, scale) in scales.enumerated() { writer.signed(scale.code(weight(index, view))) }
            writer.varint(UInt64(counts.spam[index]))
            writer.varint(UInt64(counts.ham[index]))
            previous = index
        }
    }

    /// Reads a model file. Hostile or cut bytes give an error, never a crash, and no more memory than a model has.
    package init(decoding bytes: [UInt8]) throws(ModelError) {
        guard bytes.starts(with: Self.magic) else {
            throw ModelError(code: .notAModel, message: "this is not a Sluice content model")
        }
        guard bytes.count > Self.magic.count + 1 + Self.checksumBytes else { throw ModelReader.cut }
        guard bytes[Self.magic.count] == Self.version else {
            throw ModelError(
                code: .unknownVersion,
                message: "the model has format \(bytes[Self.magic.count]); this program reads \(Self.version)")
        }
        let end = bytes.count - Self.checksumBytes
        var tail = ModelReader(bytes[end...])
        guard try tail.fixed() == ModelChecksum.of(bytes[..<end]) else {
            throw ModelError(code: .damaged, message: "the model file is damaged: its checksum is wrong")
        }
        var reader = ModelReader(bytes[(Self.magic.count + 1)..<end])
        self.init()
        createdBy = SafeText.printable(try reader.text(limit: Self.createdByBytes))
        guard try reader.varint(limit: 64) == FeatureSet.bits else {
            throw ModelError(code: .outOfRange, message: "the model has another feature width than this program")
        }
        messages.spam = try reader.varint(limit: 1 << 40)
        messages.ham = try reader.varint(limit: 1 << 40)
        try readLinear(&reader)
        try readTables(&reader)
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
        for view in 0..<3 { tokens.bias[view] = Float(try reader.double()) }
        grams.bias = Float(try reader.double())
    }

    private mutating func readTables(_ reader: inout ModelReader) throws(ModelError) {
        var scales: [WeightScale] = []
        for _ in 0..<3 { scales.append(WeightScale(largest: Float(try reader.double()))) }
        var index = -1
        for _ in 0..<(try reader.varint(limit: FeatureSet.count)) {
            index = try Self.next(after: index, &reader)
            for view in 0..<3 { tokens.weights[index][view] = scales[view].weight(try reader.signed()) }
            try Self.readCounts(&tokenCounts, index, &reader)
        }
        let scale = WeightScale(largest: Float(try reader.double()))
        index = -1
        for _ in 0..<(try reader.varint(limit: FeatureSet.count)) {
            index = try Self.next(after: index, &reader)
            grams.weights[index] = scale.weight(try reader.signed())
            try Self.readCounts(&gramCounts, index, &reader)
        }
    }

    private static func next(after index: Int, _ reader: inout ModelReader) throws(ModelError) -> Int {
        let next = index + 1 + (try reader.varint(limit: FeatureSet.count))
        guard next < FeatureSet.count else { throw ModelReader.range }
        return next
    }

    private static func readCounts(
        _ counts: inout FisherCounts, _ index: Int, _ reader: inout ModelReader
    ) throws(ModelError) {
        let spam = UInt16(try reader.varint(limit: Int(UInt16.max)))
        let ham = UInt16(try reader.varint(limit: Int(UInt16.max)))
        counts.set(index, spam: spam, ham: ham)
    }
}
