/// Turns a sample into its hashed features, in one walk over bounded text.
struct FeatureExtractor {
    private var tokens: FeatureCollector
    private var grams = GramCollector()
    private var headerEnd = 0
    private var headEnd = 0

    private init(recording: Bool) { tokens = FeatureCollector(recording: recording) }

    static func features(of sample: ContentSample) -> FeatureSet {
        var extractor = FeatureExtractor(recording: false)
        extractor.read(sample)
        return extractor.result
    }

    /// The features with what they were made of: for reasons, several times as slow.
    static func labelledFeatures(of sample: ContentSample) -> (FeatureSet, [UInt32: FeatureLabel]) {
        var extractor = FeatureExtractor(recording: true)
        extractor.read(sample)
        return (extractor.result, extractor.tokens.labels)
    }

    private var result: FeatureSet {
        FeatureSet(grams: grams.grams, tokens: tokens.tokens, headerEnd: headerEnd, headEnd: headEnd)
    }

    private mutating func read(_ sample: ContentSample) {
        HeaderWalk.read(sample.fields, tokens: &tokens, grams: &grams)
        headerEnd = tokens.tokens.count
        readHead(sample)
    }

    private mutating func readHead(_ sample: ContentSample) {
        let bounds = ContentSample.Bounds.self
        let text = sample.text.span.extracting(0..<min(sample.text.count, bounds.bodyBytes))
        let visible = sample.visibleHTML.span.extracting(0..<min(sample.visibleHTML.count, bounds.bodyBytes))
        let html = sample.html.span

        for field in sample.fields.prefix(bounds.fields) where FieldKind(field.name.span) == .subject {
            let subject = field.value.span.extracting(0..<min(field.value.count, bounds.fieldBytes))
            TokenWalk.words(subject, namespace: Namespace.body, kind: .subjectWord, words: 64, into: &tokens)
            grams.interrupt()
            grams.add(subject, limit: 200)
            grams.push(0x0a)
        }
        let textStop = TokenWalk.words(
            text, namespace: Namespace.body, kind: .word, words: bounds.words, bytes: bounds.headBytes, into: &tokens)
        let visibleStop = TokenWalk.words(
            visible, namespace: Namespace.body, kind: .word, words: bounds.words,
            bytes: max(0, bounds.headBytes - textStop), into: &tokens)
        MarkupWalk.features(html, limit: bounds.markupFeatures, into: &tokens)
        for url in sample.urls.prefix(bounds.urls) { URLWalk.features(url.span, into: &tokens) }
        readParts(sample)
        readSizes(sample, text, visible)
        headEnd = tokens.tokens.count

        TokenWalk.words(
            text, from: textStop, namespace: Namespace.body, kind: .word, words: bounds.words, into: &tokens)
        TokenWalk.words(
            visible, from: visibleStop, namespace: Namespace.body, kind: .word, words: bounds.words, into: &tokens)
        grams.interrupt()
        grams.push(0x0a)
        grams.add(text, limit: bounds.gramBodyBytes)
        grams.add(html, limit: max(0, bounds.gramBodyBytes - text.count))
    }

    private mutating func readParts(_ sample: ContentSample) {
        for part in sample.parts.prefix(ContentSample.Bounds.parts) {
            let type = part.contentType.span.extracting(0..<min(part.contentType.count, 80))
            tokens.add(FeatureHash.extend(Namespace.partType, lowercased: type), .attachment, type)
            let name = part.fileName.span
            guard let dot = part.fileName.lastIndex(of: 0x2e) else { continue }
            let suffix = name.extracting(dot..<min(name.count, dot + 12))
            tokens.add(FeatureHash.extend(Namespace.fileSuffix, lowercased: suffix), .attachment, suffix)
        }
    }

    private mutating func readSizes(
        _ sample: ContentSample, _ text: borrowing Span<UInt8>, _ visible: borrowing Span<UInt8>
    ) {
        var counts = ByteCounts()
        counts.add(text)
        counts.add(visible)
        let magnitude = FeatureHash.magnitude
        size(1, magnitude(text.count))
        size(2, magnitude(visible.count))
        size(3, magnitude(sample.html.count))
        size(4, magnitude(sample.urls.count))
        size(5, min(6, sample.parts.count))
        size(6, counts.letters > 0 ? min(10, counts.capitals * 20 / counts.letters) : -1)
        size(7, magnitude(counts.exclamations))
        size(8, magnitude(counts.foreign))
        size(9, magnitude(counts.dollars))
        size(10, magnitude(counts.quotes))
    }

    private mutating func size(_ kind: UInt64, _ value: Int) {
        tokens.add(Namespace.size &+ kind &* 0x1_0000_0001 &+ UInt64(bitPattern: Int64(value)) &* 7919)
    }
}

/// How many of some kinds of bytes a text holds.
private struct ByteCounts {
    var letters = 0
    var capitals = 0
    var exclamations = 0
    var foreign = 0
    var dollars = 0
    var quotes = 0

    mutating func add(_ text: borrowing Span<UInt8>) {
        for i in 0..<text.count {
            let byte = text[i]
            letters += FeatureHash.isLetter(byte) ? 1 : 0
            capitals += byte &- 0x41 < 26 ? 1 : 0
            exclamations += byte == 0x21 ? 1 : 0
            foreign += byte >= 0x80 ? 1 : 0
            dollars += byte == 0x24 ? 1 : 0
            quotes += byte == 0x3e ? 1 : 0
        }
    }
}
