import MailTypes

/// The fields of a form, as browsers send them: `application/x-www-form-urlencoded` or `multipart/form-data` (RFC 7578).
struct FormBody {
    static let fieldLimit = 10

    private(set) var fields: [String: [UInt8]] = [:]
    /// The values of the name that may be there several times.
    private(set) var list: [String] = []
    private let listed: String?
    private let listLimit: Int

    /// - Parameters:
    ///   - type: the request's `Content-Type`.
    ///   - listed: a name that may be there several times, as boxes to tick have it; so often at most.
    init(_ bytes: [UInt8], type: String?, listed: (name: String, limit: Int)? = nil) throws {
        self.listed = listed?.name
        listLimit = listed?.limit ?? 0
        let type = type ?? ""
        let name = type.prefix { $0 != ";" }.lowercased()
        if name == "application/x-www-form-urlencoded" {
            for pair in bytes.split(separator: UInt8(ascii: "&")) {
                let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                guard let first = parts.first else { continue }
                try add(
                    String(decoding: Self.decoded(first), as: UTF8.self),
                    parts.count == 2 ? Self.decoded(parts[1]) : [])
            }
        } else if name == "multipart/form-data", let boundary = Self.parameter("boundary", of: type) {
            try multipart(bytes, boundary: boundary)
        } else {
            throw Problem(.mediaType, "a form is taken here")
        }
    }

    func text(_ name: String) -> String? {
        fields[name].flatMap { String(validating: $0, as: UTF8.self) }
    }

    private mutating func add(_ name: String, _ value: [UInt8]) throws {
        if name == listed {
            guard list.count < listLimit, let text = String(validating: value, as: UTF8.self) else {
                throw Problem(.malformed, "the form has too many fields")
            }
            return list.append(text)
        }
        guard fields.count < Self.fieldLimit, fields.updateValue(value, forKey: name) == nil else {
            throw Problem(.malformed, "the form has too many fields, or one twice")
        }
    }

    private mutating func multipart(_ bytes: [UInt8], boundary: String) throws {
        guard (1...70).contains(boundary.utf8.count) else { throw Problem(.malformed, "the form's boundary is wrong") }
        let mark = Array("\r\n--\(boundary)".utf8)
        // The first boundary has no line end before it.
        let whole = [0x0d, 0x0a] + bytes
        var ends: [Int] = []
        var from = 0
        while let found = Self.find(mark, in: whole, from: from) {
            ends.append(found)
            guard ends.count <= Self.fieldLimit + 1 else { throw Problem(.malformed, "the form has too many fields") }
            from = found + mark.count
        }
        guard ends.count >= 2 else { throw Problem(.malformed, "the form is not complete") }
        for (start, end) in zip(ends, ends.dropFirst()) {
            let head = start + mark.count + 2
            guard head <= end, let gap = Self.find([0x0d, 0x0a, 0x0d, 0x0a], in: whole, from: head - 2), gap + 4 <= end,
                gap - head < 4096
            else { throw Problem(.malformed, "the form is not complete") }
            let lines = String(decoding: whole[max(head, 0)..<max(head, gap)], as: UTF8.self)
            guard
                let line = lines.split(whereSeparator: \.isNewline)
                    .first(where: { $0.lowercased().hasPrefix("content-disposition:") }),
                let name = Self.parameter("name", of: String(line))
            else { throw Problem(.malformed, "a field of the form has no name") }
            try add(name, Array(whole[(gap + 4)..<end]))
        }
    }

    /// `; name="value"` or `; name=value`.
    private static func parameter(_ name: String, of text: String) -> String? {
        for part in text.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].filter({ !$0.isWhitespace }).lowercased() == name else { continue }
            let value = pair[1].drop { $0.isWhitespace }
            guard value.first == "\"" else { return String(value.prefix { !$0.isWhitespace }) }
            return String(value.dropFirst().prefix { $0 != "\"" })
        }
        return nil
    }

    private static func find(_ mark: [UInt8], in bytes: [UInt8], from: Int) -> Int? {
        guard let first = mark.first, bytes.count >= mark.count else { return nil }
        var index = from
        while index <= bytes.count - mark.count {
            guard let next = bytes[index...].firstIndex(of: first), next <= bytes.count - mark.count else { return nil }
            if bytes[next..<next + mark.count].elementsEqual(mark) { return next }
            index = next + 1
        }
        return nil
    }

    private static func decoded(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var pending: [UInt8] = []
        for byte in bytes {
            if !pending.isEmpty {
                pending.append(byte)
                guard pending.count == 3 else { continue }
                if let high = Hexadecimal.value(of: pending[1]), let low = Hexadecimal.value(of: pending[2]) {
                    result.append(high << 4 | low)
                } else {
                    result += pending
                }
                pending = []
            } else if byte == UInt8(ascii: "%") {
                pending = [byte]
            } else {
                result.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return result + pending
    }
}
