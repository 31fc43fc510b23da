import MailTypes

/// The parameters of a Postfix: main.cf or `postconf -n`, a service's overrides, and the defaults below them.
struct PostfixSettings: Sendable {
    struct Entry: Sendable, Hashable {
        var value: String
        /// `main.cf line 3`.
        var place: String
    }

    private(set) var entries: [String: Entry] = [:]
    /// From `postconf` without options; built-in ones where that is missing.
    private(set) var defaults: [String: String] = PostfixDefaults.values
    /// `postconf` without options was given: what is not in it is not known to this version.
    private(set) var knowsAll = false

    /// Parameters in one file.
    private static let maximumEntries = 20_000

    /// Reads `name = value` with continuation lines (postconf(5)). Later ones win.
    mutating func read(_ source: MTAFacts.Source) throws(PostureError) {
        for line in try PostfixLines.logical(source.text) {
            guard let (name, value) = MTAText.pair(line.text, "="), PostfixLines.isName(name) else {
                throw PostureError(line: line.number, "\(source.name): no “name = value”")
            }
            guard entries.count < Self.maximumEntries else {
                throw PostureError(line: line.number, "\(source.name): more than \(Self.maximumEntries) parameters")
            }
            entries[name] = Entry(value: value, place: "\(source.name) line \(line.number)")
        }
    }

    /// Adds the effective values of all parameters, which are the defaults of those not set.
    mutating func readDefaults(_ source: MTAFacts.Source) throws(PostureError) {
        var all = PostfixSettings()
        try all.read(source)
        for (name, entry) in all.entries { defaults[name] = entry.value }
        knowsAll = all.entries["mail_version"] != nil
        // Before 2.10 there was no such list: main.cf's line, if any, means nothing, and recipients' list decides.
        if knowsAll, all.entries["smtpd_relay_restrictions"] == nil { defaults["smtpd_relay_restrictions"] = "" }
    }

    /// With a service's `-o` options before everything.
    func overridden(by options: [String: Entry]) -> PostfixSettings {
        var copy = self
        for (name, entry) in options { copy.entries[name] = entry }
        return copy
    }

    func isSet(_ name: String) -> Bool { entries[name] != nil }

    /// The value with all `$name` replaced; the default if it is not set. `nil`: not known, or cannot be expanded.
    func value(_ name: String) -> String? {
        guard let raw = raw(name) else { return nil }
        return expanded(raw)
    }

    func raw(_ name: String) -> String? { entries[name]?.value ?? defaults[name] }

    func expanded(_ text: String) -> String? {
        var expansion = PostfixExpansion(settings: self)
        return expansion.expand(text)
    }

    /// Names separated by blanks or commas.
    func words(_ name: String) -> [String]? { value(name).map { MTAText.words($0) } }

    func isYes(_ name: String) -> Bool { ASCII.lowercased(value(name) ?? "") == "yes" }

    /// For the evidence: `main.cf line 3: name = value`, or that it is the default.
    func shown(_ name: String) -> String {
        if let entry = entries[name] { return "\(entry.place): \(name) = \(entry.value)" }
        return "default: \(name) = \(value(name) ?? "?")"
    }
}

/// Lines of Postfix' files: what begins with white space goes on; comments and empty lines do not end it.
enum PostfixLines {
    static func logical(_ text: String) throws(PostureError) -> [(number: Int, text: String)] {
        guard text.utf8.count <= MTAFacts.maximumText else { throw PostureError("the file is too large") }
        var lines: [(number: Int, text: String)] = []
        for (number, line) in MTAText.lines(text) {
            let rest = MTAText.trimmed(line)
            if rest.isEmpty || rest.hasPrefix("#") { continue }
            if let first = line.first, first == " " || first == "\t", !lines.isEmpty {
                lines[lines.count - 1].text += " " + rest
            } else {
                lines.append((number, rest))
            }
        }
        return lines
    }

    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200
            && text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }
}
