import MailTypes

/// Reads one of Postfix's queue files: records of a type byte, a length in 7-bit groups, and that many bytes
/// (Postfix's `src/global/rec_type.h` and `record.c`).
///
/// What cannot be understood is an error and never guessed: a message that was misread must not be deleted.
struct PostfixQueueFile {
    struct Malformed: Error {
        var reason: String
    }

    private(set) var arrival: Timestamp?
    private(set) var sender: String?
    private(set) var recipients: [QueuedMessage.Recipient] = []
    private(set) var origin = QueuedMessage.Origin()
    private(set) var content: [UInt8] = []

    private enum Segment {
        case envelope, content, extracted, ended
    }

    private let bytes: [UInt8]
    private var position = 0
    private var segment = Segment.envelope
    private var jumps = 0

    /// Of one file; milters make a few each.
    private static let jumpLimit = 10_000

    init(_ bytes: [UInt8]) throws(Malformed) {
        self.bytes = bytes
        content.reserveCapacity(bytes.count)
        while segment != .ended {
            guard let (type, data) = try next() else { throw Malformed(reason: "it ends before its last record") }
            try take(type, data)
        }
        guard arrival != nil, sender != nil else { throw Malformed(reason: "it has no time or no sender") }
        guard !recipients.isEmpty else { throw Malformed(reason: "it has no recipients") }
    }

    private mutating func next() throws(Malformed) -> (UInt8, Range<Int>)? {
        guard position < bytes.count else { return nil }
        let type = bytes[position]
        position += 1
        var length = 0
        var shift = 0
        while true {
            guard position < bytes.count, shift <= 28 else { throw Malformed(reason: "a record without a length") }
            let byte = bytes[position]
            position += 1
            length |= Int(byte & 0x7f) << shift
            if byte & 0x80 == 0 { break }
            shift += 7
        }
        guard length <= bytes.count - position else { throw Malformed(reason: "a record longer than the file") }
        defer { position += length }
        return (type, position..<(position + length))
    }

    private mutating func take(_ type: UInt8, _ data: Range<Int>) throws(Malformed) {
        switch type {
        case UInt8(ascii: "p"): return try jump(data)
        case UInt8(ascii: "E"): segment = .ended
        case UInt8(ascii: "M"): segment = .content
        case UInt8(ascii: "X"): segment = .extracted
        // Deleted text.
        case UInt8(ascii: "w"): return
        default:
            if segment == .content { try takeContent(type, data) } else { try takeEnvelope(type, data) }
        }
    }

    private mutating func takeContent(_ type: UInt8, _ data: Range<Int>) throws(Malformed) {
        // 'N' is a whole line (or its end), 'L' a piece of a long one.
        guard type == UInt8(ascii: "N") || type == UInt8(ascii: "L") else {
            throw Malformed(reason: "a record of type \(type) in the content")
        }
        guard content.count + data.count < bytes.count else { throw Malformed(reason: "its pointers run in a circle") }
        content.append(contentsOf: bytes[data])
        if type == UInt8(ascii: "N") { content.append(0x0a) }
    }

    private mutating func takeEnvelope(_ type: UInt8, _ data: Range<Int>) throws(Malformed) {
        switch type {
        case UInt8(ascii: "T"): arrival = try time(data)
        case UInt8(ascii: "S"): sender = try text(data)
        case UInt8(ascii: "R"), UInt8(ascii: "D"), UInt8(ascii: "/"):
            guard recipients.count < QueueBounds.recipients else { throw Malformed(reason: "too many recipients") }
            recipients.append(.init(try text(data), isDone: type != UInt8(ascii: "R")))
        case UInt8(ascii: "A"): attribute(data)
        default: return
        }
    }

    /// `seconds microseconds`.
    private func time(_ data: Range<Int>) throws(Malformed) -> Timestamp {
        let parts = try text(data).split(separator: " ")
        guard let seconds = parts.first.flatMap({ Int64($0) }), (0..<(1 << 40)).contains(seconds) else {
            throw Malformed(reason: "a time that is none")
        }
        let micros = parts.count > 1 ? Int64(parts[1]) ?? 0 : 0
        return Timestamp(microseconds: seconds * 1_000_000 + min(max(micros, 0), 999_999))
    }

    private func text(_ data: Range<Int>) throws(Malformed) -> String {
        guard data.count <= 4096, let text = String(validating: bytes[data], as: UTF8.self) else {
            throw Malformed(reason: "an address that is no UTF-8 or too long")
        }
        return text
    }

    private mutating func attribute(_ data: Range<Int>) {
        guard let text = try? text(data), let equals = text.firstIndex(of: "=") else { return }
        let value = String(text[text.index(after: equals)...])
        guard !value.isEmpty, value.utf8.count <= 300 else { return }
        switch text[..<equals] {
        case "sasl_username": origin.account = value
        case "client_address", "log_client_address": if value != "unknown" { origin.client = value }
        default: return
        }
    }

    /// A record that says where to go on; 0 is a place kept free.
    private mutating func jump(_ data: Range<Int>) throws(Malformed) {
        jumps += 1
        guard data.count <= 32, jumps <= Self.jumpLimit,
            let offset = Int(String(decoding: bytes[data], as: UTF8.self).filter { $0 != " " }),
            offset >= 0, offset < bytes.count
        else { throw Malformed(reason: "a pointer out of the file") }
        if offset > 0 { position = offset }
    }
}
