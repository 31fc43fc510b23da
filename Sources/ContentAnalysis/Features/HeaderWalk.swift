/// Features of the author's header: which fields, in which order, their words, pairs and shapes.
enum HeaderWalk {
    static func read(_ fields: [ContentSample.Field], into collector: inout FeatureCollector) {
        var previous = FeatureHash.extend(Namespace.fieldOrder, 0)
        let bounds = ContentSample.Bounds.self
        // The oldest Received only: how the author's program handed the message over. Later hops are the relays' own.
        var oldest: ContentSample.Field?
        for field in fields.prefix(bounds.fields) {
            field.name.withUnsafeBufferPointer { whole in
                let name = UnsafeBufferPointer(rebasing: whole.prefix(bounds.fieldNameBytes))
                let kind = FieldKind(name)
                if kind == .received { oldest = field }
                if kind == .skipped { return }
                field.value.withUnsafeBufferPointer { whole in
                    let value = UnsafeBufferPointer(rebasing: whole.prefix(bounds.fieldBytes))
                    collector.add(FeatureHash.extend(Namespace.fieldName, lowercased: name), .field, name)
                    collector.add(FeatureHash.extend(previous &* 31, lowercased: name))
                    previous = FeatureHash.extend(Namespace.fieldOrder, lowercased: name)
                    read(name, value, kind, &collector)
                }
            }
        }
        guard let oldest else { return }
        oldest.value.withUnsafeBufferPointer { whole in
            let value = UnsafeBufferPointer(rebasing: whole.prefix(bounds.fieldBytes))
            collector.beginPairs()
            TokenWalk.words(value, namespace: Namespace.received, kind: .fieldWord, words: 40, into: &collector)
        }
    }

    private static func read(
        _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, _ kind: FieldKind,
        _ collector: inout FeatureCollector
    ) {
        let space = FeatureHash.extend(Namespace.fieldValue, lowercased: name)
        collector.beginPairs(after: space)
        switch kind {
        case .subject: readSubject(value, &collector)
        case .messageID:
            let at = value.firstIndex(of: 0x40) ?? value.count
            collector.add(FeatureHash.shape(value[..<at], into: Namespace.idLeft))
            if at < value.count { collector.add(FeatureHash.shape(value[at...], into: Namespace.idRight)) }
            TokenWalk.words(value, namespace: space, kind: .fieldWord, words: 40, to: .wide, into: &collector)
        case .date: readDate(value, space, &collector)
        case .form:
            let boundary = find("boundary=", in: value) ?? value.count
            let form = UnsafeBufferPointer(rebasing: value[..<min(boundary, 80)])
            collector.add(FeatureHash.extend(space, lowercased: form), .fieldWord, form)
            if boundary < value.count { collector.add(FeatureHash.shape(value[boundary...], into: space &* 7)) }
            TokenWalk.words(value, namespace: space, kind: .fieldWord, words: 12, into: &collector)
        case .address, .other:
            TokenWalk.words(value, namespace: space, kind: .fieldWord, words: 40, into: &collector)
            if kind == .address { collector.add(FeatureHash.shape(value[...], into: space &* 11)) }
        case .references, .received, .skipped: break
        }
    }

    private static func readDate(
        _ value: UnsafeBufferPointer<UInt8>, _ space: UInt64, _ collector: inout FeatureCollector
    ) {
        if let sign = value.lastIndex(where: { $0 == 0x2b || $0 == 0x2d }) {
            let zone = UnsafeBufferPointer(rebasing: value[sign..<min(value.count, sign + 5)])
            collector.add(FeatureHash.extend(Namespace.zone, lowercased: zone))
        }
        collector.add(FeatureHash.shape(value[...], into: Namespace.dateShape))
        TokenWalk.words(value, namespace: space, kind: .fieldWord, words: 12, to: .wide, into: &collector)
    }

    private static func readSubject(_ value: UnsafeBufferPointer<UInt8>, _ collector: inout FeatureCollector) {
        TokenWalk.words(value, namespace: Namespace.subject, kind: .subjectWord, words: 64, into: &collector)
        collector.add(FeatureHash.shape(value[...], into: Namespace.subjectShape))
        var (upper, lower, exclaims) = (false, false, false)
        for byte in value {
            if byte &- 0x41 < 26 { upper = true }
            if byte &- 0x61 < 26 { lower = true }
            if byte == 0x21 { exclaims = true }
        }
        if upper, !lower { collector.trait(Namespace.subjectCapitals, "subject in capitals") }
        if exclaims { collector.trait(Namespace.subjectExclaims, "subject exclaims") }
        if find("    ", in: value) != nil { collector.trait(Namespace.subjectGap, "gap in the subject") }
    }

    private static func find(_ needle: StaticString, in value: UnsafeBufferPointer<UInt8>) -> Int? {
        let needle = UnsafeBufferPointer(start: needle.utf8Start, count: needle.utf8CodeUnitCount)
        guard value.count >= needle.count else { return nil }
        search: for start in 0...(value.count - needle.count) {
            for i in 0..<needle.count where FeatureHash.lowered(value[start + i]) != needle[i] { continue search }
            return start
        }
        return nil
    }
}

extension FeatureCollector {
    /// A property of the message that has a name and no bytes.
    mutating func trait(_ hash: UInt64, _ name: StaticString) {
        add(hash, .trait, UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }
}
