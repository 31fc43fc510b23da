/// Features of the author's header: which fields, in which order, their words and shapes.
enum HeaderWalk {
    static func read(
        _ fields: [ContentSample.Field], tokens: inout FeatureCollector, grams: inout GramCollector
    ) {
        var previous = FeatureHash.extend(Namespace.fieldOrder, 0)
        var gramBytes = 0
        let bounds = ContentSample.Bounds.self
        let looked = fields.prefix(bounds.fields)
        // The oldest only: how the author's program handed the message over. Later hops are the relays' own.
        let oldest = fields.last { FieldKind($0.name.span) == .received }
        for field in looked {
            let name = field.name.span.extracting(0..<min(field.name.count, bounds.fieldNameBytes))
            let value = field.value.span.extracting(0..<min(field.value.count, bounds.fieldBytes))
            let kind = FieldKind(name)
            if kind == .skipped { continue }
            tokens.add(FeatureHash.extend(Namespace.fieldName, lowercased: name), .field, name)
            tokens.add(FeatureHash.extend(previous &* 31, lowercased: name))
            previous = FeatureHash.extend(Namespace.fieldOrder, lowercased: name)
            read(name, value, kind, &tokens)
            if kind == .date || kind == .references || kind == .received { continue }
            guard gramBytes < bounds.gramHeaderBytes else { continue }
            gramBytes += addGrams(name, value, &grams)
        }
        guard let oldest else { return }
        let value = oldest.value.span.extracting(0..<min(oldest.value.count, bounds.fieldBytes))
        let name = oldest.name.span
        let space = FeatureHash.extend(Namespace.fieldValue, lowercased: name)
        TokenWalk.words(value, namespace: space, kind: .fieldWord, words: 40, into: &tokens)
        grams.interrupt()
        _ = addGrams(name, value, &grams)
    }

    private static func addGrams(
        _ name: borrowing Span<UInt8>, _ value: borrowing Span<UInt8>, _ grams: inout GramCollector
    ) -> Int {
        let lineBytes = ContentSample.Bounds.gramLineBytes
        let room = max(0, lineBytes - name.count - 2)
        grams.add(name, limit: lineBytes)
        grams.push(0x3a)
        grams.add(value, limit: room)
        grams.push(0x0a)
        return min(lineBytes, name.count + value.count + 2)
    }

    private static func read(
        _ name: borrowing Span<UInt8>, _ value: borrowing Span<UInt8>, _ kind: FieldKind,
        _ tokens: inout FeatureCollector
    ) {
        let space = FeatureHash.extend(Namespace.fieldValue, lowercased: name)
        switch kind {
        case .subject: readSubject(value, &tokens)
        case .messageID:
            let at = first(0x40, in: value) ?? value.count
            tokens.add(FeatureHash.shape(value.extracting(0..<at), into: Namespace.idLeft))
            if at < value.count {
                tokens.add(FeatureHash.shape(value.extracting(at..<value.count), into: Namespace.idRight))
            }
        case .date:
            var sign = value.count - 1
            while sign >= 0, value[sign] != 0x2b, value[sign] != 0x2d { sign -= 1 }
            if sign >= 0 {
                let zone = value.extracting(sign..<min(value.count, sign + 5))
                tokens.add(FeatureHash.extend(Namespace.zone, lowercased: zone))
            }
            tokens.add(FeatureHash.shape(value, into: Namespace.dateShape))
        case .form:
            let boundary = find("boundary=", in: value) ?? value.count
            let form = value.extracting(0..<min(boundary, 80))
            tokens.add(FeatureHash.extend(space, lowercased: form), .fieldWord, form)
            if boundary < value.count {
                tokens.add(FeatureHash.shape(value.extracting(boundary..<value.count), into: space &* 7))
            }
            TokenWalk.words(value, namespace: space, kind: .fieldWord, words: 12, into: &tokens)
        case .address, .other:
            TokenWalk.words(value, namespace: space, kind: .fieldWord, words: 40, into: &tokens)
            if kind == .address { tokens.add(FeatureHash.shape(value, into: space &* 11)) }
        case .references, .received, .skipped: break
        }
    }

    private static func readSubject(_ value: borrowing Span<UInt8>, _ tokens: inout FeatureCollector) {
        TokenWalk.words(value, namespace: Namespace.subject, kind: .subjectWord, words: 64, into: &tokens)
        tokens.add(FeatureHash.shape(value, into: Namespace.subjectShape))
        var (upper, lower, exclaims) = (false, false, false)
        for i in 0..<value.count {
            if value[i] &- 0x41 < 26 { upper = true }
            if value[i] &- 0x61 < 26 { lower = true }
            if value[i] == 0x21 { exclaims = true }
        }
        if upper, !lower { tokens.add(Namespace.subjectCapitals) }
        if exclaims { tokens.add(Namespace.subjectExclaims) }
        if find("    ", in: value) != nil { tokens.add(Namespace.subjectGap) }
    }

    private static func first(_ byte: UInt8, in value: borrowing Span<UInt8>) -> Int? {
        for i in 0..<value.count where value[i] == byte { return i }
        return nil
    }

    private static func find(_ needle: StaticString, in value: borrowing Span<UInt8>) -> Int? {
        let needle = UnsafeBufferPointer(start: needle.utf8Start, count: needle.utf8CodeUnitCount)
        guard value.count >= needle.count else { return nil }
        search: for start in 0...(value.count - needle.count) {
            for i in 0..<needle.count where FeatureHash.lowered(value[start + i]) != needle[i] { continue search }
            return start
        }
        return nil
    }
}
