import MailTypes

/// What an entity's MIME fields say, with RFC 2045's defaults.
struct EntityFields {
    let kind: Kind
    let encoding: TransferEncoding
    let charset: [UInt8]
    /// Of a multipart, if usable: 1…`ReadingBounds.boundaryBytes` bytes.
    let boundary: [UInt8]?
    let isDigest: Bool
    private let type: [UInt8]
    private let isMarkedAttachment: Bool
    private let fileName: [UInt8]

    enum Kind { case text, html, multipart, message, other }

    init(_ fields: FieldCollector, inDigest: Bool) {
        let contentType = fields.contentType.map { ParameterisedValue($0) }
        let disposition = fields.disposition.map { ParameterisedValue($0) }
        var type = contentType?.value ?? []
        if let slash = type.firstIndex(of: 0x2f), slash > 0, slash + 1 < type.count {
        } else {
            type = Array((inDigest ? "message/rfc822" : "text/plain").utf8)
        }
        self.type = type
        kind = Self.kind(type)
        isDigest = Bytes.equal(type, "multipart/digest")
        encoding = Self.encoding(fields.encoding)
        charset = (contentType?["charset"] ?? []).map(ASCII.lowercased)
        boundary = contentType?["boundary"].flatMap {
            var boundary = $0
            while let last = boundary.last, Bytes.isSpace(last) { boundary.removeLast() }
            return (1...ReadingBounds.boundaryBytes).contains(boundary.count) ? boundary : nil
        }
        isMarkedAttachment = disposition.map { Bytes.equal($0.value, "attachment") } ?? false
        let name = disposition?["filename"] ?? contentType?["name"] ?? []
        fileName = Array(EncodedWords.decoded(name).bytes.prefix(ReadingBounds.fileNameBytes))
    }

    func part(depth: Int) -> MessagePart {
        MessagePart(
            depth: depth, contentType: type, charset: charset, encoding: encoding,
            isAttachment: isMarkedAttachment || kind == .other, fileName: fileName, size: ByteCount(0))
    }

    private static func kind(_ type: [UInt8]) -> Kind {
        if type.starts(with: "multipart/".utf8) { return .multipart }
        if Bytes.equal(type, "text/html") || Bytes.equal(type, "application/xhtml+xml") { return .html }
        if type.starts(with: "text/".utf8) { return .text }
        if Bytes.equal(type, "message/rfc822") || Bytes.equal(type, "message/global")
            || Bytes.equal(type, "message/news")
        {
            return .message
        }
        return .other
    }

    private static func encoding(_ value: [UInt8]?) -> TransferEncoding {
        guard let value else { return .identity }
        let token = value.prefix { $0 != 0x3b && $0 != 0x28 && !Bytes.isSpace($0) }
        let plain: [StaticString] = ["7bit", "8bit", "binary"]
        if token.isEmpty || plain.contains(where: { Bytes.equalIgnoringCase(token, $0) }) {
            return .identity
        }
        if Bytes.equalIgnoringCase(token, "base64") { return .base64 }
        if Bytes.equalIgnoringCase(token, "quoted-printable") { return .quotedPrintable }
        return .unknown
    }
}
