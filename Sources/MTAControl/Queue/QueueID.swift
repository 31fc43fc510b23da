/// A message's name in a mail server's queue, in a form that is safe as an argument, a line and a file name.
///
/// 6…64 letters, digits, `-`, `_` and `.`, with a letter or digit in front: no option, no path, and not the word `ALL`, which
/// Postfix's tools take for everything.
package struct QueueID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let description: String

    package init?(_ text: some StringProtocol) {
        guard (6...64).contains(text.utf8.count), let first = text.utf8.first, Self.isAlphanumeric(first),
            text.utf8.allSatisfy({ Self.isAlphanumeric($0) || $0 == 0x2d || $0 == 0x5f || $0 == 0x2e })
        else { return nil }
        description = String(text)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: false
        }
    }

    package static func < (a: QueueID, b: QueueID) -> Bool { a.description < b.description }
}

extension QueueID: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = QueueID(text) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "no queue id"))
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
