import MailTypes

/// Walks a message's MIME tree line by line: which header, body or boundary each line belongs to.
///
/// Holds a stack of open multiparts (at most `ReadingBounds.depth`), the field being read and the entity's MIME fields.
struct PartWalk: Sendable {
    private(set) var parts: [MessagePart] = []
    private(set) var partCount = 0
    var defects: MessageDefects = []
    private(set) var content = ContentCollector()
    /// The top header is complete and not yet taken.
    private(set) var hasTopHeader = false
    /// The top header ended at a line that was no field, which is the body's first.
    private(set) var bodyBeganWithThisLine = false

    private var place = Place.header
    private var frames: [Frame] = []
    private var fields = FieldCollector(isTop: true)
    private var depth = 0
    private var inDigest = false
    /// The index in `parts` of the leaf that lines belong to.
    private var leaf: Int?

    private enum Place: Sendable {
        case header
        /// Before the first boundary of the innermost multipart.
        case preamble
        case text
        /// Attachments, epilogues, what is too deep: only searched for a boundary.
        case opaque
    }

    /// An open multipart.
    private struct Frame: Sendable {
        var boundary: [UInt8]
        var depth: Int
        var isDigest: Bool
        var seen = false
    }

    // MARK: - Lines

    /// Lines are only searched for boundaries: `skip` may be used.
    var isSkipping: Bool { place == .opaque }

    /// Passes over whole lines that can be no boundary. Returns the beginning of the first line that may be one, or that
    /// is not complete.
    mutating func skip(_ bytes: Span<UInt8>, from origin: Int) -> Int {
        var start = origin
        if frames.isEmpty {
            start = bytes.count
        } else {
            while start < bytes.count, bytes[start] != 0x2d,
                let newline = Bytes.firstIndex(of: 0x0a, in: bytes, start..<bytes.count)
            {
                start = newline + 1
            }
        }
        addSize(start - origin)
        return start
    }

    mutating func line(_ piece: Span<UInt8>, starts: Bool, ends: Bool) {
        if starts, !frames.isEmpty, piece.count > 2, piece[0] == 0x2d, piece[1] == 0x2d, boundary(piece) { return }
        switch place {
        case .opaque:
            addSize(piece.count + (ends ? 1 : 0))
        case .preamble, .text:
            addSize(piece.count + (ends ? 1 : 0))
            if piece.count > 1000 { defects.insert(.longLine) }
            if !content.line(piece, ends: ends), place == .text { place = .opaque }
        case .header:
            if piece.count > 1000 { defects.insert(.longLine) }
            switch fields.line(piece, starts: starts) {
            case .field: break
            case .end: endHeader()
            case .notAField:
                defects.insert(.malformedHeader)
                if fields.isTop { bodyBeganWithThisLine = true }
                endHeader()
                line(piece, starts: starts, ends: ends)
            }
        }
    }

    private mutating func addSize(_ bytes: Int) {
        if let leaf, leaf < parts.count { parts[leaf].size.bytes += bytes }
    }

    mutating func finish() {
        if place == .header {
            if fields.isTop { defects.insert(.bodyMissing) }
            endHeader()
        }
        if place == .header { endHeader() }
        endBody()
        closeFrames(above: 0)
        defects.formUnion(fields.defects)
        partCount = max(partCount, parts.count)
    }

    mutating func takeHeader() -> MessageHeader {
        hasTopHeader = false
        return fields.takeHeader()
    }

    // MARK: - Boundaries

    /// Handles a delimiter line (RFC 2046 §5.1.1); false if it is none of an open multipart.
    private mutating func boundary(_ line: Span<UInt8>) -> Bool {
        var end = line.count
        while end > 2, Bytes.isSpace(line[end - 1]) { end -= 1 }
        let length = end - 2
        for index in frames.indices.reversed() {
            let boundary = frames[index].boundary
            let closes = length == boundary.count + 2
            guard closes || length == boundary.count else { continue }
            if closes { guard line[end - 1] == 0x2d, line[end - 2] == 0x2d else { continue } }
            guard Bytes.equal(line.extracting(2..<(2 + boundary.count)), boundary) else { continue }
            enter(index, closes: closes)
            return true
        }
        return false
    }

    private mutating func enter(_ index: Int, closes: Bool) {
        if place == .header { endHeader() }
        if place == .preamble, index == frames.count - 1 { content.discard() }
        endBody()
        closeFrames(above: index + 1)
        frames[index].seen = true
        if closes {
            frames.removeLast()
            place = .opaque
        } else {
            beginEntity(depth: frames[index].depth + 1, inDigest: frames[index].isDigest)
        }
    }

    /// Drops the frames from `index` on, none of which was closed.
    private mutating func closeFrames(above index: Int) {
        for frame in frames[index...] { defects.insert(frame.seen ? .multipartUnclosed : .boundaryUnseen) }
        frames.removeSubrange(index...)
    }

    // MARK: - Entities

    private mutating func beginEntity(depth: Int, inDigest: Bool) {
        defects.formUnion(fields.defects)
        fields.beginPart()
        self.depth = depth
        self.inDigest = inDigest
        place = .header
    }

    private mutating func endBody() {
        content.end()
        leaf = nil
        place = .opaque
    }

    /// The header is complete: decides what its body is.
    private mutating func endHeader() {
        fields.finish()
        if fields.isTop { hasTopHeader = true }
        partCount += 1
        guard partCount <= ReadingBounds.parts else {
            defects.insert(.tooManyParts)
            place = .opaque
            leaf = nil
            return
        }
        let mime = EntityFields(fields, inDigest: inDigest)
        if mime.encoding == .unknown { defects.insert(.unknownTransferEncoding) }
        var part = mime.part(depth: depth)
        leaf = parts.count
        place = .opaque
        switch mime.kind {
        case .multipart: openMultipart(mime, &part)
        case .message: openMessage(mime, &part)
        case .html: collect(.html, mime)
        case .text where !part.isAttachment: collect(.text, mime)
        case .text, .other: break
        }
        parts.append(part)
        if place == .header { leaf = nil }
    }

    private mutating func openMultipart(_ mime: EntityFields, _ part: inout MessagePart) {
        if mime.encoding != .identity { defects.insert(.encodedComposite) }
        guard depth < ReadingBounds.depth else {
            defects.insert(.tooDeep)
            return
        }
        guard let boundary = mime.boundary else {
            defects.insert(.boundaryMissing)
            collect(.text, mime)
            return
        }
        leaf = nil
        frames.append(Frame(boundary: boundary, depth: depth, isDigest: mime.isDigest))
        content.begin(.text, .identity, charset: [])
        place = .preamble
    }

    private mutating func openMessage(_ mime: EntityFields, _ part: inout MessagePart) {
        guard mime.encoding == .identity else {
            defects.insert(.encodedComposite)
            part.isAttachment = true
            return
        }
        guard depth < ReadingBounds.depth else {
            defects.insert(.tooDeep)
            return
        }
        beginEntity(depth: depth + 1, inDigest: false)
    }

    /// An unknown transfer encoding is read as none, which is what most programs show, and noted.
    private mutating func collect(_ kind: ContentCollector.Kind, _ mime: EntityFields) {
        content.begin(kind, mime.kind == .multipart ? .identity : mime.encoding, charset: mime.charset)
        place = .text
    }
}
