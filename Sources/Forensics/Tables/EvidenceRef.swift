/// Where a line stands: file and line, in eight bytes.
struct EvidenceRef: Hashable, Sendable, Comparable {
    let rawValue: UInt64

    static let none = EvidenceRef(rawValue: UInt64.max)

    init(rawValue: UInt64) { self.rawValue = rawValue }

    /// - Parameter line: from 1.
    init(file: Int, line: Int) { rawValue = UInt64(file) << 40 | UInt64(line) & 0xff_ffff_ffff }

    var file: Int { Int(rawValue >> 40) }
    var line: Int { Int(rawValue & 0xff_ffff_ffff) }
    static func < (a: EvidenceRef, b: EvidenceRef) -> Bool { a.rawValue < b.rawValue }
}
