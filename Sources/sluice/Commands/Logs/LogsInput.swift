import Forensics
import Foundation
import MailTypes

/// Networks as options give them: CIDR text, or the name of a file with one a line.
enum LogsRanges {
    static func read(_ values: [String]) throws -> [IPNetwork] {
        var networks: [IPNetwork] = []
        for value in values {
            if let network = IPNetwork(value) {
                networks.append(network)
                continue
            }
            guard let text = try? String(contentsOfFile: value, encoding: .utf8) else {
                throw LogInputError(code: .missing, path: value, message: "is neither a network nor a file of networks")
            }
            for line in text.split(whereSeparator: \.isNewline) {
                let bare = line.split(separator: "#", omittingEmptySubsequences: false)[0].trimmingCharacters(
                    in: .whitespaces)
                if bare.isEmpty { continue }
                guard let network = IPNetwork(bare) else {
                    throw LogInputError(
                        code: .damaged, path: value, message: "\(SafeText.printable(bare, limit: 60)) is no network")
                }
                networks.append(network)
            }
        }
        return networks
    }
}

/// Times as people give them.
enum LogsTime {
    /// `2026-11-24`, `2026-11-24T08:30[:00]` (UTC), or an age: `3d`, `12h`, `30m`.
    static func read(_ text: String, now: Int64) throws -> UInt32 {
        if let unit = text.last, let count = Int64(text.dropLast()), count >= 0,
            let size = ["d": 86_400, "h": 3600, "m": 60][String(unit)]
        {
            return UInt32(clamping: now - min(count, 100_000) * Int64(size))
        }
        let formats = [
            "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss",
            "yyyy-MM-dd'T'HH:mm:ssZ",
        ]
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        for format in formats {
            formatter.dateFormat = format
            if let date = formatter.date(from: text) { return UInt32(clamping: Int64(date.timeIntervalSince1970)) }
        }
        throw LogInputError(code: .damaged, path: text, message: "is no time: 2026-11-24, 2026-11-24T08:30 or 3d")
    }
}
