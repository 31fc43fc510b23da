import MailTypes

/// What a regular expression of a table matches, as far as its text tells: its end, where names have what counts.
enum PostfixPattern: Sendable, Hashable {
    case everything
    /// Each name below a top-level domain, or below `co.uk` and the like.
    case topLevel(String)
    /// A domain that somebody named.
    case named
    case unclear

    init(_ pattern: String) {
        if PostfixTable.isCatchAll(pattern) {
            self = .everything
            return
        }
        guard let delimiter = pattern.first, delimiter != "!", let end = pattern.lastIndex(of: delimiter),
            end > pattern.startIndex
        else {
            self = .unclear
            return
        }
        var inner = pattern[pattern.index(after: pattern.startIndex)..<end]
        if inner.last == "$" { inner.removeLast() }
        // From the end: letters, digits, hyphens, and dots behind a backslash.
        var tail = ""
        while let last = inner.last {
            if last == ".", inner.dropLast().last == "\\" {
                tail = "." + tail
                inner.removeLast(2)
            } else if last.isLetter || last.isNumber || last == "-" {
                tail = String(last) + tail
                inner.removeLast()
            } else {
                break
            }
        }
        let name = tail.hasPrefix(".") ? String(tail.dropFirst()) : tail
        if name.isEmpty {
            self = .unclear
        } else if PostfixWalk.isTopLevel(name), inner != "^" || tail.hasPrefix(".") {
            self = .topLevel(name)
        } else {
            self = .named
        }
    }
}
