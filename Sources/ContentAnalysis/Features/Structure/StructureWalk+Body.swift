/// How text and markup are built.
extension StructureWalk {
    private enum Bounds {
        static let text = 4000
        static let markup = 16 * 1024
    }

    mutating func readMarkup() {
        guard !sample.html.isEmpty else { return }
        var counts = MarkupCounts()
        sample.html.withUnsafeBufferPointer { counts.read(UnsafeBufferPointer(rebasing: $0.prefix(Bounds.markup))) }
        let magnitude = FeatureHash.magnitude
        traits.add(.images, magnitude(counts.images))
        traits.add(.links, magnitude(counts.links))
        traits.add(.tables, magnitude(counts.tables))
        traits.add(.fonts, magnitude(counts.fonts))
        traits.add(.comments, magnitude(counts.comments))
        traits.add(.forms, counts.forms > 0 ? 1 : 0)
        traits.add(.scripts, when: counts.scripts > 0)
        traits.add(.pixel, when: counts.hasPixel)
        traits.add(.doctype, when: counts.hasDoctype)
        traits.add(.title, counts.titles > 0 ? 1 : 0)
        traits.add(.style, counts.styles > 0 ? 1 : 0)
        traits.add(.capitalTags, counts.capitals > 0 ? 1 : 0)
    }

    mutating func readText() {
        let text = sample.text.isEmpty ? sample.visibleHTML : sample.text
        var lines = LineCounts()
        let label = Array(senderLabel)
        text.withUnsafeBufferPointer {
            lines.read(UnsafeBufferPointer(rebasing: $0.prefix(Bounds.text)), naming: label)
        }
        let (bytes, magnitude) = (lines.bytes, FeatureHash.magnitude)
        let size = min(text.count, Bounds.text)
        traits.add(.quoted, lines.quoted == 0 ? 0 : min(3, 1 + 4 * lines.quoted / (lines.lines + 1)))
        traits.add(.capitals, bytes.letters > 0 ? min(6, bytes.capitals * 12 / bytes.letters) : -1)
        traits.add(.exclamations, magnitude(bytes.exclamations))
        traits.add(.dollars, magnitude(bytes.dollars))
        traits.add(.percents, min(2, magnitude(bytes.percents)))
        traits.add(.longestLine, magnitude(lines.longest))
        traits.add(.meanLine, magnitude(lines.lines > 0 ? size / (lines.lines + 1) : 0))
        traits.add(.foreign, bytes.foreign == 0 ? 0 : min(3, 1 + 3 * bytes.foreign / max(1, size)))
        traits.add(.blankLines, lines.lines > 0 ? min(3, 4 * lines.blank / (lines.lines + 1)) : 0)
        traits.add(.addresses, min(4, magnitude(lines.atSigns)))
        traits.add(.signature, when: lines.hasSignature)
        traits.add(.tollFree, when: lines.hasTollFree)
        traits.add(.senderInText, min(3, magnitude(lines.names)))
        for phrase in 0..<LineCounts.phrases where lines.found & 1 << phrase != 0 { traits.add(.phrase, phrase) }
    }
}
