import MailTypes

/// Which lists a receiver's refusal names.
package enum ListNames {
    /// What texts of refusals hold, and the list's name as `AddressList` and `URLList` have it. The first of several that fit
    /// comes first: DBL before the other lists of Spamhaus.
    private static let marks: [(mark: String, list: String)] = [
        ("dbl.spamhaus", "spamhaus-dbl"), ("spamhaus.org/query/dbl", "spamhaus-dbl"), ("spamhaus", "spamhaus-zen"),
        ("cbl.abuseat", "spamhaus-zen"), ("spamcop", "spamcop"), ("psbl", "psbl"), ("uceprotect", "uceprotect-1"),
        ("dronebl", "dronebl"), ("s5h.net", "s5h"), ("barracuda", "barracuda"), ("mailspike", "mailspike"),
        ("blocklist.de", "blocklist-de"), ("surbl", "surbl"), ("uribl", "uribl"),
    ]

    /// Longer texts are cut: a reply has 512 bytes a line.
    static let maximumText = 4096

    /// In the order of the table, each once; the text is from outside and not kept.
    package static func lists(in refusal: String) -> [String] {
        let text = ASCII.lowercased(String(decoding: refusal.utf8.prefix(maximumText), as: UTF8.self))
        var found: [String] = []
        for (mark, list) in marks where text.contains(mark) && !found.contains(list) {
            if list == "spamhaus-zen", found.contains("spamhaus-dbl"), !text.contains("zen.spamhaus") { continue }
            found.append(list)
        }
        return found
    }
}
