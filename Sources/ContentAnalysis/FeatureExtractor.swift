/// Turns a sample into its hashed features, in one walk over bounded text.
///
/// Header fields that a transport, list or scanner adds are left out: they tell where a training mail was collected and
/// not what it is, and in outbound mail they are absent or the attacker's to choose.
struct FeatureExtractor {
    /// 2^bits features a view.
    let bits: Int
    private var header: [UInt64] = []
    private var body: [UInt64] = []
    private var grams: [UInt8] = []

    private init(bits: Int) { self.bits = bits }

    static func features(of sample: ContentSample, bits: Int) -> FeatureSet {
        var extractor = FeatureExtractor(bits: bits)
        extractor.readHeader(sample)
        extractor.readBody(sample)
        return FeatureSet(
            grams: extractor.hashedGrams(), header: extractor.reduced(extractor.header),
            body: extractor.reduced(extractor.body))
    }

    // MARK: - Header

    private static let skippedPrefixes: [[UInt8]] = [
        "list-", "x-spam", "x-mailman", "x-virus", "dkim", "arc-", "authentication", "x-url", "x-loop", "x-been",
        "errors-to",
        "precedence", "mailing", "x-mailing", "x-list", "delivered", "x-x", "status", "x-habeas", "x-image-url",
        "received",
        "x-sluice", "return-path", "x-original", "x-authenticated", "x-php",
    ].map { Array($0.utf8) }

    private mutating func readHeader(_ sample: ContentSample) {
        var previous: [UInt8] = []
        for field in sample.fields.prefix(ContentSample.Bounds.fields) {
            let name = field.name.prefix(64)
            if Self.skippedPrefixes.contains(where: { name.starts(with: $0) }) { continue }
            let value = field.value.prefix(ContentSample.Bounds.fieldBytes)
            header.append(FeatureHash.extend(Namespace.fieldName, lowercased: name))
            header.append(
                FeatureHash.extend(
                    FeatureHash.extend(Namespace.fieldOrder, lowercased: previous) &* 31, lowercased: name))
            previous = Array(name)
            read(value, of: Array(name))
            if grams.count < ContentSample.Bounds.gramHeaderBytes, !Self.unmeasured.contains(Array(name)) {
                grams += name
                grams.append(0x3a)
                grams += value.prefix(254 - min(name.count, 250))
                grams.append(0x0a)
            }
        }
    }

    private static let unmeasured = Set(["date", "references", "in-reply-to"].map { Array($0.utf8) })

    private mutating func read(_ value: ArraySlice<UInt8>, of name: [UInt8]) {
        let space = FeatureHash.extend(Namespace.fieldValue, lowercased: name)
        switch String(decoding: name, as: UTF8.self) {
        case "subject": readSubject(value)
        case "message-id":
            let at = value.firstIndex(of: 0x40) ?? value.endIndex
            header.append(FeatureHash.shape(value[..<at], into: Namespace.idLeft))
            if at != value.endIndex { header.append(FeatureHash.shape(value[at...], into: Namespace.idRight)) }
        case "references", "in-reply-to": break
        case "date":
            if let sign = value.lastIndex(where: { $0 == 0x2b || $0 == 0x2d }) {
                header.append(FeatureHash.extend(Namespace.zone, lowercased: value[sign...].prefix(5)))
            }
            header.append(FeatureHash.shape(value, into: Namespace.dateShape))
        case "content-type", "mime-version", "content-transfer-encoding", "x-mailer", "user-agent", "x-mimeole":
            let boundary = Self.find(Array("boundary=".utf8), in: value) ?? value.endIndex
            header.append(FeatureHash.extend(space, lowercased: value[..<boundary].prefix(80)))
            if boundary != value.endIndex { header.append(FeatureHash.shape(value[boundary...], into: space &* 7)) }
            TokenWalk.words(value, namespace: space, limit: 12) { header.append($0) }
        default:
            TokenWalk.words(value, namespace: space, limit: 40) { header.append($0) }
            if ["from", "to", "reply-to", "cc", "sender"].contains(where: { $0.utf8.elementsEqual(name) }) {
                header.append(FeatureHash.shape(value, into: space &* 11))
            }
        }
    }

    private mutating func readSubject(_ value: ArraySlice<UInt8>) {
        TokenWalk.words(value, namespace: Namespace.subject, limit: 64) { header.append($0) }
        TokenWalk.words(value, namespace: Namespace.body, limit: 64) { body.append($0) }
        header.append(FeatureHash.shape(value, into: Namespace.subjectShape))
        let upper = value.contains { $0 &- 0x41 < 26 }
        let lower = value.contains { $0 &- 0x61 < 26 }
        if upper, !lower { header.append(Namespace.subjectCapitals) }
        if value.contains(0x21) { header.append(Namespace.subjectExclaims) }
        if Self.find([0x20, 0x20, 0x20, 0x20], in: value) != nil { header.append(Namespace.subjectGap) }
    }

    private static func find(_ needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= needle.count else { return nil }
        return (bytes.startIndex...(bytes.endIndex - needle.count)).first { start in
            FeatureHash.lowered(bytes[start]) == needle[0]
                && bytes[start..<(start + needle.count)].elementsEqual(needle) { FeatureHash.lowered($0) == $1 }
        }
    }

    // MARK: - Body

    private mutating func readBody(_ sample: ContentSample) {
        let text = sample.text.prefix(ContentSample.Bounds.bodyBytes)
        let visible = sample.visibleHTML.prefix(ContentSample.Bounds.bodyBytes)
        let html = sample.html.prefix(ContentSample.Bounds.markupBytes)
        TokenWalk.words(text, namespace: Namespace.body, limit: 4000) { body.append($0) }
        TokenWalk.words(visible, namespace: Namespace.body, limit: 4000) { body.append($0) }
        MarkupWalk.features(html, limit: 2000) { body.append($0) }
        for url in sample.urls.prefix(ContentSample.Bounds.urls) { URLFeatures.features(url) { body.append($0) } }
        for part in sample.parts.prefix(ContentSample.Bounds.parts) {
            body.append(FeatureHash.extend(Namespace.partType, lowercased: part.contentType.prefix(80)))
            if let dot = part.fileName.lastIndex(of: 0x2e) {
                body.append(FeatureHash.extend(Namespace.fileSuffix, lowercased: part.fileName[dot...].prefix(12)))
            }
        }
        readSizes(sample, text: text, visible: visible)
        grams.append(0x0a)
        grams += text.prefix(ContentSample.Bounds.gramBodyBytes)
        grams += html.prefix(max(0, ContentSample.Bounds.gramBodyBytes - text.count))
    }

    private mutating func readSizes(_ sample: ContentSample, text: ArraySlice<UInt8>, visible: ArraySlice<UInt8>) {
        var (letters, capitals, exclamations, foreign, dollars) = (0, 0, 0, 0, 0)
        for part in [text, visible] {
            for byte in part {
                if FeatureHash.isLetter(byte) {
                    letters += 1
                    if byte < 0x61 { capitals += 1 }
                }
                if byte == 0x21 { exclamations += 1 }
                if byte >= 0x80 { foreign += 1 }
                if byte == 0x24 { dollars += 1 }
            }
        }
        let sizes: [(UInt64, Int)] = [
            (1, FeatureHash.magnitude(text.count)), (2, FeatureHash.magnitude(visible.count)),
            (3, FeatureHash.magnitude(sample.html.count)), (4, FeatureHash.magnitude(sample.urls.count)),
            (5, min(6, sample.parts.count)), (6, letters > 0 ? min(10, capitals * 20 / letters) : -1),
            (7, FeatureHash.magnitude(exclamations)), (8, FeatureHash.magnitude(foreign)),
            (9, FeatureHash.magnitude(dollars)),
        ]
        for (kind, size) in sizes {
            body.append(Namespace.size &+ kind &* 0x1_0000_0001 &+ UInt64(bitPattern: Int64(size)) &* 7919)
        }
    }

    // MARK: - Reduction to indexes

    private func reduced(_ hashes: [UInt64]) -> [UInt32] {
        unique(hashes.map { UInt32(truncatingIfNeeded: FeatureHash.finished($0)) & mask })
    }

    private func hashedGrams() -> [UInt32] {
        guard grams.count >= 4 else { return [] }
        let shift = UInt32(32 - bits)
        let indexes = grams.withUnsafeBytes { bytes in
            (0...(bytes.count - 4)).map { offset in
                (bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self) &* 0x9e37_79b1) >> shift
            }
        }
        return unique(indexes)
    }

    private var mask: UInt32 { UInt32(1) << UInt32(bits) &- 1 }

    private func unique(_ indexes: [UInt32]) -> [UInt32] {
        var seen = IndexSet32(bits: bits)
        return indexes.filter { seen.insert($0) }
    }
}

/// A bit a feature: exact, and cheaper than sorting for a few thousand features.
private struct IndexSet32 {
    private var words: [UInt64]

    init(bits: Int) { words = Array(repeating: 0, count: max(1, 1 << (bits - 6))) }

    mutating func insert(_ index: UInt32) -> Bool {
        let (word, bit) = (Int(index >> 6), UInt64(1) << UInt64(index & 63))
        guard words[word] & bit == 0 else { return false }
        words[word] |= bit
        return true
    }
}

/// The kinds of features.
enum Namespace {
    static let fieldName = FeatureHash.namespace("field")
    static let fieldOrder = FeatureHash.namespace("field-order")
    static let fieldValue = FeatureHash.namespace("value")
    static let subject = FeatureHash.namespace("subject")
    static let subjectShape = FeatureHash.namespace("subject-shape")
    static let subjectCapitals = FeatureHash.namespace("subject-capitals")
    static let subjectExclaims = FeatureHash.namespace("subject-exclaims")
    static let subjectGap = FeatureHash.namespace("subject-gap")
    static let idLeft = FeatureHash.namespace("id-left")
    static let idRight = FeatureHash.namespace("id-right")
    static let zone = FeatureHash.namespace("zone")
    static let dateShape = FeatureHash.namespace("date-shape")
    static let body = FeatureHash.namespace("body")
    static let markup = FeatureHash.namespace("markup")
    static let url = FeatureHash.namespace("url")
    static let urlDomain = FeatureHash.namespace("url-domain")
    static let urlPath = FeatureHash.namespace("url-path")
    static let partType = FeatureHash.namespace("part-type")
    static let fileSuffix = FeatureHash.namespace("file-suffix")
    static let size = FeatureHash.namespace("size")
}
