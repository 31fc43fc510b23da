import MailTypes

/// Somebody's word that a failure is known and answered for, until a day.
package struct Waiver: Sendable, Hashable {
    package var check: CheckID
    /// The target it holds for; `nil`: each.
    package var target: String?
    package var owner: String
    /// The last day, as `2026-12-31`.
    package var expires: String
    package var reason: String

    /// Waivers in one file.
    static let maximumWaivers = 10_000

    /// Reads a file of waivers: `ID target|* owner expiry reason…` a line, `#` begins a comment. Throws with the line.
    package static func read(_ text: String) throws(PostureError) -> [Waiver] {
        var waivers: [Waiver] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(maxSplits: 4) { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
            if words.isEmpty || words[0].hasPrefix("#") { continue }
            guard words.count == 5, let check = CheckID(words[0]), isDay(words[3]) else {
                throw PostureError(
                    line: index + 1, "a waiver is: ID, target or *, owner, last day as 2026-12-31, reason")
            }
            guard waivers.count < maximumWaivers else { throw PostureError(line: index + 1, "too many waivers") }
            waivers.append(
                Waiver(
                    check: check, target: words[1] == "*" ? nil : words[1],
                    owner: SafeText.printable(words[2]), expires: words[3], reason: SafeText.printable(words[4])))
        }
        return waivers
    }

    private static func isDay(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.utf8.allSatisfy(ASCII.isDigit) }),
            let month = Int(parts[1]), let day = Int(parts[2])
        else { return false }
        return (1...12).contains(month) && (1...31).contains(day)
    }

    /// Holds for a finding on a day (`2026-11-25`).
    func covers(_ finding: Finding, on day: String) -> Bool {
        check == finding.check && (target == nil || target == finding.target) && day <= expires
    }
}

/// An input that cannot be read, with its line.
package struct PostureError: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1; `nil` if the whole input is meant.
    package var line: Int?
    package var message: String

    package init(line: Int? = nil, _ message: String) {
        self.line = line
        self.message = message
    }

    package var description: String { line.map { "line \($0): \(message)" } ?? message }
}
