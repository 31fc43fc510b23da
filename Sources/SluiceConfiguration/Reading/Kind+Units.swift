import MailTypes

extension Kind where Value == Duration {
    /// `500ms`, `30s`, `5m`, `4h`, `5d`, or several of them in falling order: `1h30m`.
    static func duration(_ range: ClosedRange<Duration>) -> Kind {
        Kind(
            allowed:
                "a duration from \(Units.text(range.lowerBound)) to \(Units.text(range.upperBound)), such as 30s, 5m, 4h or 5d",
            parse: { text in Units.duration(text).flatMap { range.contains($0) ? $0 : nil } },
            show: { Units.text($0) },
            explain: { Units.isNumber($0) ? "the unit is missing: \($0)s are seconds, \($0)m minutes" : nil })
    }
}

extension Kind where Value == ByteCount {
    /// `64KiB`, `50MB`, `1GiB`.
    static func size(_ range: ClosedRange<ByteCount>) -> Kind {
        Kind(
            allowed:
                "a size from \(Units.text(range.lowerBound)) to \(Units.text(range.upperBound)), such as 64KiB or 50MB",
            parse: { text in Units.size(text).flatMap { range.contains($0) ? $0 : nil } },
            show: { Units.text($0) },
            explain: { Units.isNumber($0) ? "the unit is missing: \($0)B are bytes, \($0)MiB mebibytes" : nil })
    }
}

extension Kind where Value == SendingLimits.Rate {
    /// `500/hour`.
    static let rate = Kind(
        allowed: "a number for each minute, hour or day such as 500/hour", parse: { SendingLimits.Rate($0) },
        show: { $0.description },
        explain: { Units.isNumber($0) ? "the period is missing: \($0)/hour, for example" : nil })
}

/// Numbers with units, as the configuration writes them.
enum Units {
    private static let times: [(unit: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]
    private static let sizes: [(unit: String, bytes: Int)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000), ("kB", 1000), ("B", 1),
    ]

    static func isNumber(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(ASCII.isDigit) }

    static func duration(_ text: String) -> Duration? {
        var rest = text.utf8[...]
        var total: Int64 = 0
        var smallest = Int64.max
        repeat {
            let digits = rest.prefix(while: ASCII.isDigit)
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !ASCII.isDigit($0) }
            rest = rest.dropFirst(unit.count)
            guard (1...12).contains(digits.count), let number = Int64(Substring(digits)),
                let scale = times.first(where: { $0.unit.utf8.elementsEqual(unit) })?.milliseconds, scale < smallest
            else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: scale)
            let (sum, overflow2) = total.addingReportingOverflow(product)
            guard !overflow, !overflow2 else { return nil }
            total = sum
            smallest = scale
        } while !rest.isEmpty
        return .milliseconds(total)
    }

    static func text(_ duration: Duration) -> String {
        let milliseconds = duration.wholeMicroseconds / 1000
        guard milliseconds != 0, let unit = times.first(where: { milliseconds % $0.milliseconds == 0 }) else {
            return "0s"
        }
        return "\(milliseconds / unit.milliseconds)\(unit.unit)"
    }

    static func size(_ text: String) -> ByteCount? {
        let digits = text.utf8.prefix(while: ASCII.isDigit)
        let unit = text.utf8.dropFirst(digits.count)
        guard (1...15).contains(digits.count), let number = Int(Substring(digits)),
            let scale = sizes.first(where: { $0.unit.utf8.elementsEqual(unit) })?.bytes
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: scale)
        return overflow ? nil : ByteCount(product)
    }

    static func text(_ size: ByteCount) -> String {
        let unit = size.bytes == 0 ? nil : sizes.prefix(4).first { size.bytes % $0.bytes == 0 }
        return unit.map { "\(size.bytes / $0.bytes)\($0.unit)" } ?? "\(size.bytes)B"
    }
}
