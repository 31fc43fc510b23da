/// A size in bytes. A type of its own so that no count of messages or seconds is ever taken for one.
package struct ByteCount: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package var bytes: Int

    package init(_ bytes: Int) { self.bytes = bytes }
    package static func kib(_ n: Int) -> ByteCount { ByteCount(n &* 1024) }
    package static func mib(_ n: Int) -> ByteCount { ByteCount(n &* 1_048_576) }

    package static func < (a: ByteCount, b: ByteCount) -> Bool { a.bytes < b.bytes }

    /// For people: `512 B`, `4.0 KiB`, `1.5 MiB`.
    package var description: String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        if unit == 0 { return "\(bytes) B" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
