package import Posture

/// The bytes of an export as text: UTF-8, or UTF-16 with its mark, as PowerShell writes it.
package enum AccountText {
    /// Exports beyond are not read.
    package static let maximum = 256 << 20

    package static func decode(_ bytes: [UInt8]) throws(PostureError) -> String {
        guard bytes.count <= maximum else { throw PostureError("larger than \(maximum >> 20) MiB") }
        let hasMark = bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff])
        // Without its mark: the first letter is of ASCII in every export.
        let isBare = bytes.count >= 2 && (bytes[0] == 0) != (bytes[1] == 0)
        if hasMark || isBare {
            guard bytes.count % 2 == 0 else { throw PostureError("UTF-16 that is cut in half") }
            let isLittle = hasMark ? bytes[0] == 0xff : bytes[1] == 0
            var units: [UInt16] = []
            units.reserveCapacity(bytes.count / 2)
            for index in stride(from: hasMark ? 2 : 0, to: bytes.count, by: 2) {
                let (a, b) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
                units.append(isLittle ? b << 8 | a : a << 8 | b)
            }
            guard let text = String(validating: units, as: UTF16.self), !units.contains(0) else {
                throw PostureError("no valid UTF-16")
            }
            return text
        }
        let body = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: body, as: UTF8.self) else {
            let line = validLines(body)
            throw PostureError(line: line, "no valid UTF-8; export with -Encoding UTF8")
        }
        guard !text.utf8.contains(0) else { throw PostureError("NUL bytes: no text, or UTF-16 without its mark") }
        return text
    }

    private static func validLines(_ bytes: ArraySlice<UInt8>) -> Int {
        var number = 1
        for line in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
            if String(validating: line, as: UTF8.self) == nil { return number }
            number += 1
        }
        return number
    }

    /// Lines with their numbers, without line ends.
    static func lines(_ text: String) -> [(number: Int, text: Substring)] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.enumerated().map {
            ($0.offset + 1, $0.element)
        }
    }
}
