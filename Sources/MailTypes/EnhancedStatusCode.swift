/// An enhanced mail system status code, `class.subject.detail` (RFC 3463).
package struct EnhancedStatusCode: Hashable, Sendable, CustomStringConvertible {
    /// 2, 4 or 5.
    package let statusClass: UInt8
    /// 0…999.
    package let subject: UInt16
    /// 0…999.
    package let detail: UInt16

    package init(_ statusClass: UInt8, _ subject: UInt16, _ detail: UInt16) {
        self.statusClass = statusClass
        self.subject = subject
        self.detail = detail
    }

    /// Reads `5.7.1`. `nil` for another class or longer numbers.
    package init?(_ text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 1, let first = parts[0].first, [0x32, 0x34, 0x35].contains(first)
        else {
            return nil
        }
        var numbers: [UInt16] = []
        for part in parts[1...] {
            guard (1...3).contains(part.count), part.allSatisfy(ASCII.isDigit) else { return nil }
            numbers.append(part.reduce(0) { $0 * 10 + UInt16($1 - 0x30) })
        }
        self.init(first - 0x30, numbers[0], numbers[1])
    }

    package var description: String { "\(statusClass).\(subject).\(detail)" }
}
