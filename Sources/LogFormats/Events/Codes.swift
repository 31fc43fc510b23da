package import MailTypes

extension ByteSlice {
    /// An enhanced status code at the start (`5.7.1 …`), with the bytes it took.
    package var enhancedCode: (code: EnhancedStatusCode, length: Int)? {
        let first = at(0) &- 0x30
        guard first == 2 || first == 4 || first == 5, at(1) == Byte.dot else { return nil }
        guard let subject = from(2).leadingNumber, subject <= 999 else { return nil }
        let dot = 2 + digits(from: 2)
        guard at(dot) == Byte.dot, let detail = from(dot + 1).leadingNumber, detail <= 999 else { return nil }
        let code = EnhancedStatusCode(first, UInt16(subject), UInt16(detail))
        return (code, dot + 1 + digits(from: dot + 1))
    }

    /// `550 5.1.1 text`, `550-5.1.1 text`, `550 text`: reply code, enhanced code, and what is left.
    package var replyCodes: (code: UInt16, enhanced: EnhancedStatusCode?, rest: ByteSlice) {
        guard let number = prefix(3).number, (200...599).contains(number), at(3) == 0 || at(3) == 0x20 || at(3) == 0x2d
        else { return (0, enhancedCode?.code, self) }
        let rest = from(4)
        let enhanced = rest.enhancedCode
        return (UInt16(number), enhanced?.code, enhanced.map { rest.from($0.length).trimmed } ?? rest)
    }

    private func digits(from start: Int) -> Int {
        var end = start
        while end < count, at(end) &- 0x30 < 10 { end += 1 }
        return end - start
    }
}
