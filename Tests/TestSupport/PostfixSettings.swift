/// Lines of a `main.cf` that a test writes.
package enum PostfixSettings {
    /// Each parameter only once, as it is set last: Postfix warns of the others, and so many warnings at the start can fill
    /// the socket of its logger, which then waits for itself for ever.
    package static func once(_ text: String) -> String {
        var entries: [(name: Substring, lines: String)] = []
        for line in text.split(separator: "\n") {
            if line.first == " " || line.first == "\t", !entries.isEmpty {
                entries[entries.count - 1].lines += "\n" + line
                continue
            }
            let name = line.prefix { $0 != "=" && $0 != " " }
            entries.removeAll { $0.name == name }
            entries.append((name, String(line)))
        }
        return entries.map(\.lines).joined(separator: "\n") + "\n"
    }
}
