/// Finds values in a JSON object by key, without building it: for log lines whose fields are flat.
struct JSONFields {
    let text: ByteSlice

    /// The value of the first `"key":` in the text: the inside of a string (escapes as they are), or the bare word.
    func value(_ key: StaticString) -> ByteSlice? {
        var at = text.find(key)
        let length = key.utf8CodeUnitCount
        while at >= 0 {
            if text.at(at - 1) == Byte.quote, text.at(at + length) == Byte.quote {
                var next = at + length + 1
                while text.at(next) == Byte.space || text.at(next) == Byte.tab { next += 1 }
                if text.at(next) == Byte.colon { return valueAt(next + 1) }
            }
            at = text.find(key, from: at + 1)
        }
        return nil
    }

    /// The value of `"key":[72,101,…]`: bytes that are no text; `nil` when it is no such array.
    func numbers(_ key: StaticString) -> [UInt8]? {
        guard let first = value(key), first.first == Byte.openSquare else { return nil }
        let start = first.pointer - text.pointer + 1
        let end = text.index(of: Byte.closeSquare, from: start)
        guard end > 0, end - start < 256 * 1024 else { return nil }
        var bytes: [UInt8] = []
        var cursor = FieldCursor(text.part(start, end), separator: Byte.comma)
        while let field = cursor.next() {
            guard let number = field.trimmed.number, let byte = UInt8(exactly: number) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private func valueAt(_ start: Int) -> ByteSlice {
        var at = start
        while text.at(at) == Byte.space || text.at(at) == Byte.tab { at += 1 }
        guard text.at(at) == Byte.quote else {
            var end = at
            while end < text.count, text[end] != Byte.comma, text[end] != 0x7d, text[end] != Byte.closeSquare,
                text[end] != Byte.space,
                text[end] != 0x0a, text[end] != 0x0d
            {
                end += 1
            }
            return text.part(at, end)
        }
        var end = at + 1
        while end < text.count, text[end] != Byte.quote { end += text[end] == Byte.backslash ? 2 : 1 }
        return text.part(at + 1, end)
    }

    /// A string's bytes with its escapes undone; the slice itself when there are none.
    static func unescaped(_ text: ByteSlice, _ names: inout StableBytes) -> ByteSlice {
        guard text.index(of: Byte.backslash) >= 0 else { return text }
        var out: [UInt8] = []
        var at = 0
        while at < text.count {
            guard text[at] == Byte.backslash else {
                out.append(text[at])
                at += 1
                continue
            }
            switch text.at(at + 1) {
            case 0x6e: out.append(0x0a)
            case 0x74: out.append(0x09)
            case 0x72: out.append(0x0d)
            case 0x75:
                let value = text.part(at + 2, at + 6).hexadecimal ?? 0xfffd
                let scalar = Unicode.Scalar(UInt32(value)) ?? "?"
                out.append(contentsOf: Array(String(scalar).utf8))
                at += 4
            case let other: out.append(other)
            }
            at += 2
        }
        return names.keep(out)
    }
}
