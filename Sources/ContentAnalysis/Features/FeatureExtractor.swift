/// Turns a sample into its hashed features, in one walk over bounded text.
struct FeatureExtractor {
    private let memory: FeatureMemory
    private var collector: FeatureCollector
    private var segments = FeatureSegments()

    /// The features in storage of their own.
    static func features(of sample: ContentSample) -> FeatureSet {
        withFeatures(of: sample) { view, _ in FeatureSet(view) }
    }

    /// Lends the features; labels say what they were made of, for reasons, which is several times as slow.
    static func withFeatures<R>(
        of sample: ContentSample, labelled: Bool = false, _ body: (FeatureView, [UInt32: FeatureLabel]) -> R
    ) -> R {
        let memory = FeatureMemory.current
        var extractor = FeatureExtractor(
            memory: memory, collector: FeatureCollector(memory: memory, recording: labelled))
        extractor.read(sample)
        defer { extractor.collector.clear() }
        return body(extractor.collector.view(extractor.segments), extractor.collector.labels)
    }

    private mutating func read(_ sample: ContentSample) {
        HeaderWalk.read(sample.fields, into: &collector)
        segments.headerEnd = collector.tokenCount
        segments.headerPairsEnd = collector.pairCount
        sample.text.withUnsafeBufferPointer { text in
            sample.visibleHTML.withUnsafeBufferPointer { visible in
                sample.html.withUnsafeBufferPointer { html in
                    let bodyBytes = ContentSample.Bounds.bodyBytes
                    readBody(
                        sample, UnsafeBufferPointer(rebasing: text.prefix(bodyBytes)),
                        UnsafeBufferPointer(rebasing: visible.prefix(bodyBytes)), html)
                }
            }
        }
        segments.tokens = collector.tokenCount
        segments.pairs = collector.pairCount
        StructureWalk.read(sample, memory: memory).forEachFeature { collector.addStructure($0) }
    }

    private mutating func readBody(
        _ sample: ContentSample, _ text: UnsafeBufferPointer<UInt8>, _ visible: UnsafeBufferPointer<UInt8>,
        _ html: UnsafeBufferPointer<UInt8>
    ) {
        let bounds = ContentSample.Bounds.self
        collector.beginPairs()
        readSubject(sample)
        let room = readOwnWords(text, bytes: bounds.headBytes)
        words(visible, bytes: room, to: .tokensAlone)
        MarkupWalk.features(html, limit: bounds.markupFeatures, into: &collector)
        for url in sample.urls.prefix(bounds.urls) {
            url.withUnsafeBufferPointer { URLWalk.features($0, into: &collector) }
        }
        readParts(sample)
        readSizes(sample, text, visible)
        segments.headEnd = collector.tokenCount

        collector.beginPairs()
        words(text)
        words(visible)
    }

    /// The first words that the writer did not quote, so that an old letter cannot drown the pitch above it; gives the
    /// bytes that are left.
    private mutating func readOwnWords(_ text: UnsafeBufferPointer<UInt8>, bytes: Int) -> Int {
        var room = bytes
        var start = 0
        while start < text.count, room > 0 {
            var end = start
            while end < text.count, text[end] != 0x0a { end += 1 }
            if text[start] != 0x3e {
                let line = UnsafeBufferPointer(rebasing: text[start..<end])
                words(line, bytes: room, to: .tokensAlone)
                room -= line.count + 1
            }
            start = end + 1
        }
        return max(0, room)
    }

    private mutating func words(
        _ text: UnsafeBufferPointer<UInt8>, bytes: Int = .max, to target: TokenWalk.Target = .tokens
    ) {
        TokenWalk.words(
            text, namespace: Namespace.body, kind: .word, words: ContentSample.Bounds.words, bytes: bytes,
            to: target, into: &collector)
    }

    private mutating func readSubject(_ sample: ContentSample) {
        let bounds = ContentSample.Bounds.self
        for field in sample.fields.prefix(bounds.fields)
        where field.name.withUnsafeBufferPointer({ FieldKind($0) }) == .subject {
            field.value.withUnsafeBufferPointer { value in
                let subject = UnsafeBufferPointer(rebasing: value.prefix(bounds.fieldBytes))
                TokenWalk.words(
                    subject, namespace: Namespace.body, kind: .subjectWord, words: 64, into: &collector)
            }
        }
    }

    private mutating func readParts(_ sample: ContentSample) {
        for part in sample.parts.prefix(ContentSample.Bounds.parts) {
            part.contentType.withUnsafeBufferPointer { type in
                let type = UnsafeBufferPointer(rebasing: type.prefix(80))
                collector.add(FeatureHash.extend(Namespace.partType, lowercased: type), .attachment, type)
            }
            part.fileName.withUnsafeBufferPointer { name in
                guard let dot = name.lastIndex(of: 0x2e) else { return }
                let suffix = UnsafeBufferPointer(rebasing: name[dot..<min(name.count, dot + 12)])
                collector.add(FeatureHash.extend(Namespace.fileSuffix, lowercased: suffix), .attachment, suffix)
            }
        }
    }

    private mutating func readSizes(
        _ sample: ContentSample, _ text: UnsafeBufferPointer<UInt8>, _ visible: UnsafeBufferPointer<UInt8>
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
        if sample.hiddenBytes > 0 {
            collector.trait(Namespace.hidden, "hidden text")
            size(11, magnitude(sample.hiddenBytes))
        }
        if sample.misleadingLinks > 0 { collector.trait(Namespace.misleading, "link shows another host") }
    }

    private mutating func size(_ kind: UInt64, _ value: Int) {
        collector.add(Namespace.size &+ kind &* 0x1_0000_0001 &+ UInt64(bitPattern: Int64(value)) &* 7919)
    }
}
