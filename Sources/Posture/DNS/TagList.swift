import MailTypes

/// `name=value; name=value`, as DKIM keys, DMARC, MTA-STS and TLS-RPT records are written (RFC 6376 §3.2).
struct TagList {
    private(set) var tags: [(name: String, value: String)] = []
    /// What is wrong with it, in order.
    private(set) var problems: [String] = []

    /// Longer records are not read: none needs a tenth of it.
    static let maximumBytes = 16_384

    init(_ bytes: [UInt8]) {
        guard bytes.count <= Self.maximumBytes else {
            problems = ["the record has \(bytes.count) bytes"]
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            problems = ["the record is not UTF-8"]
            return
        }
        let parts = text.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let trimmed = Self.trimmed(part)
            if trimmed.isEmpty {
                if index < parts.count - 1 { problems.append("an empty tag") }
                continue
            }
            guard let equals = trimmed.firstIndex(of: UInt8(ascii: "=")) else {
                problems.append(
                    "“\(SafeText.printable(String(decoding: Array(trimmed), as: UTF8.self), limit: 60))” is no tag")
                continue
            }
            let name = String(decoding: Array(Self.trimmed(trimmed[..<equals])), as: UTF8.self)
            guard let first = name.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20),
                name.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") })
            else {
                problems.append("“\(SafeText.printable(name, limit: 60))” is no tag's name")
                continue
            }
            if tags.contains(where: { $0.name == name }) { problems.append("the tag \(name)= is there twice") }
            let value = String(decoding: Array(Self.trimmed(trimmed[trimmed.index(after: equals)...])), as: UTF8.self)
            tags.append((name, value))
        }
    }

    subscript(_ name: String) -> String? { tags.first { $0.name == name }?.value }

    /// The first tag is the version, as `v=DMARC1`: what marks a record as one of its kind.
    static func isVersion(_ version: String, _ bytes: [UInt8]) -> Bool {
        guard bytes.count <= maximumBytes, let first = bytes.split(separator: UInt8(ascii: ";")).first else {
            return false
        }
        let parts = first.split(separator: UInt8(ascii: "="), maxSplits: 1).map {
            String(decoding: Array(Self.trimmed($0)), as: UTF8.self)
        }
        return parts.count == 2 && parts[0] == "v" && parts[1] == version
    }

    static func trimmed(_ part: some BidirectionalCollection<UInt8>) -> some BidirectionalCollection<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0d, 0x0a].contains(byte) }
        var rest = part[part.startIndex...]
        while let first = rest.first, isSpace(first) { rest = rest.dropFirst() }
        while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
        return rest
    }
}
