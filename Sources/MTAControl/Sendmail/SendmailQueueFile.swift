import MailTypes

/// Reads one of Sendmail's `qf` files (Sendmail Operations Guide, appendix “Queue files”): a letter a line, the header in it, a
/// dot at its end. The body lies in the `df` file.
///
/// What cannot be understood is an error and never guessed.
struct SendmailQueueFile {
    struct Malformed: Error {
        var reason: String
    }

    private(set) var arrival: Timestamp?
    private(set) var sender: String?
    private(set) var recipients: [QueuedMessage.Recipient] = []
    private(set) var origin = QueuedMessage.Origin()
    /// The header as it goes out over SMTP.
    private(set) var header: [UInt8] = []
    private(set) var isQuarantined = false

    private static let lineLimit = 1 << 20

    init(_ bytes: [UInt8]) throws(Malformed) {
        var start = 0
        var isField = false
        var isEnded = false
        while start < bytes.count, !isEnded {
            guard let end = bytes[start...].firstIndex(of: 0x0a), end - start <= Self.lineLimit else {
                throw Malformed(reason: "a line that does not end")
            }
            let line = bytes[start..<end]
            start = end + 1
            switch line.first {
            case 0x20, 0x09:
                // What belongs to the line before: of header fields it is kept.
                if isField { append(line) }
            case UInt8(ascii: "."): isEnded = true
            case UInt8(ascii: "H"): isField = field(line.dropFirst())
            default:
                isField = false
                try take(line)
            }
        }
        guard isEnded else { throw Malformed(reason: "it ends before its end") }
        guard arrival != nil, sender != nil else { throw Malformed(reason: "it has no time or no sender") }
        guard !recipients.isEmpty else { throw Malformed(reason: "it has no recipients") }
    }

    private mutating func take(_ line: ArraySlice<UInt8>) throws(Malformed) {
        let rest = line.dropFirst()
        switch line.first {
        case UInt8(ascii: "V"):
            // Version 8 is that of 8.12 to 8.18; older ones have no more than this.
            guard let version = Int(String(decoding: rest, as: UTF8.self)), (1...8).contains(version) else {
                throw Malformed(reason: "a version that is not known")
            }
        case UInt8(ascii: "T"):
            guard let seconds = Int64(String(decoding: rest, as: UTF8.self)), (0..<(1 << 40)).contains(seconds) else {
                throw Malformed(reason: "a time that is none")
            }
            arrival = Timestamp(seconds: seconds)
        case UInt8(ascii: "S"): sender = try Self.address(rest)
        case UInt8(ascii: "R"):
            guard recipients.count < QueueBounds.recipients else { throw Malformed(reason: "too many recipients") }
            // Flags stand in front, and end with a colon.
            let colon = rest.firstIndex(of: UInt8(ascii: ":"))
            let hasFlags = colon.map { rest[..<$0].allSatisfy { (0x41...0x5a).contains($0) } } ?? false
            recipients.append(.init(try Self.address(hasFlags ? rest[((colon ?? 0) + 1)...] : rest)))
        case UInt8(ascii: "q"): isQuarantined = true
        case UInt8(ascii: "$"): macro(String(decoding: Self.unquoted(rest), as: UTF8.self))
        default: return
        }
    }

    /// With or without angle brackets.
    private static func address(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
        let raw = unquoted(bytes)
        guard raw.count <= 4096, let text = String(validating: raw, as: UTF8.self) else {
            throw Malformed(reason: "an address that is no UTF-8 or too long")
        }
        return text.first == "<" && text.last == ">" ? String(text.dropFirst().dropLast()) : text
    }

    /// `_` is who connected: `name [192.0.2.1]`, or `user@localhost` of a local program.
    private mutating func macro(_ text: String) {
        if text.hasPrefix("_") {
            if let open = text.lastIndex(of: "["), let close = text[open...].firstIndex(of: "]") {
                let address = text[text.index(after: open)..<close]
                origin.client = String(address.hasPrefix("IPv6:") ? address.dropFirst(5) : address)
            } else if let at = text.firstIndex(of: "@"), at > text.index(after: text.startIndex) {
                origin.user = String(text[text.index(after: text.startIndex)..<at])
            }
        } else if text.hasPrefix("{auth_authen}"), text.utf8.count > 13, text.utf8.count <= 300 {
            origin.account = String(text.dropFirst(13))
        }
    }

    /// `?flags?Name: value`: a field with flags goes out with mailers that have one of them; SMTP's have D, F, M and m.
    private mutating func field(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.first == UInt8(ascii: "?"), let end = line.dropFirst().firstIndex(of: UInt8(ascii: "?")) else {
            append(line)
            return true
        }
        let flags = line[(line.startIndex + 1)..<end]
        guard flags.isEmpty || flags.contains(where: { Array("DFMm".utf8).contains($0) }) else { return false }
        append(line[(end + 1)...])
        return true
    }

    private mutating func append(_ line: ArraySlice<UInt8>) {
        header.append(contentsOf: Self.unquoted(line))
        header.append(0x0a)
    }

    /// Bytes that Sendmail uses for itself stand behind 0xff.
    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard bytes.contains(0xff) else { return bytes }
        var result: [UInt8] = []
        var isQuoted = false
        for byte in bytes {
            if byte == 0xff, !isQuoted {
                isQuoted = true
            } else {
                result.append(byte)
                isQuoted = false
            }
        }
        return result[...]
    }
}
