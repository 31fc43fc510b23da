package import MailTypes

/// What a server said it can do, from its EHLO reply (RFC 5321 §4.1.1.1).
package struct ServerExtensions: Sendable, Hashable {
    /// False after HELO.
    package var isExtended = false
    package var pipelining = false
    package var eightBitMIME = false
    package var smtputf8 = false
    package var dsn = false
    package var startTLS = false
    /// `SIZE` was offered.
    package var size = false
    /// The limit that came with `SIZE`; `nil` if none was given or it was 0, which means none (RFC 1870 §4).
    package var sizeLimit: ByteCount?
    /// SASL mechanisms in upper case (RFC 4954 §3); at most 32.
    package var mechanisms: [String] = []

    package init() {}

    /// Reads the lines after the first, which is the greeting. Unknown keywords are passed over.
    package init(ehlo reply: Reply) {
        isExtended = true
        for line in reply.lines.dropFirst() {
            let words = line.split(separator: " ", maxSplits: 40, omittingEmptySubsequences: true)
            guard let keyword = words.first.map({ ASCII.lowercased(String($0)) }) else { continue }
            switch keyword {
            case "pipelining": pipelining = true
            case "8bitmime": eightBitMIME = true
            case "smtputf8": smtputf8 = true
            case "dsn": dsn = true
            case "starttls": startTLS = true
            case "size":
                size = true
                if words.count > 1, let limit = Int(words[1]), limit > 0 { sizeLimit = ByteCount(limit) }
            case "auth": addMechanisms(words.dropFirst())
            default:
                // What some old servers say instead of `AUTH LOGIN`.
                if keyword.hasPrefix("auth=") {
                    addMechanisms([Substring(keyword.dropFirst(5))] + words.dropFirst())
                }
            }
        }
    }

    private mutating func addMechanisms(_ words: ArraySlice<Substring>) {
        for word in words where mechanisms.count < 32 {
            let name = word.uppercased()
            if !mechanisms.contains(name) { mechanisms.append(name) }
        }
    }

    private mutating func addMechanisms(_ words: [Substring]) { addMechanisms(words[...]) }
}
