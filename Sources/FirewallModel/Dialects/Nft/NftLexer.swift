import MailTypes

/// Splits nft's text into words. Newlines and semicolons are words too: they end statements.
enum NftLexer {
    struct Token: Sendable {
        var text: String
        var line: Int
        var quoted = false
    }

    /// A statement's end.
    static let end = "\n"

    static func tokens(_ source: SourceText) throws(FirewallError) -> [Token] {
        var tokens: [Token] = []
        try source.forEachLine(joining: true) { number, line throws(FirewallError) in
            var current: [UInt8] = []
            var quote = false
            func flush() {
                if !current.isEmpty {
                    tokens.append(Token(text: String(decoding: current, as: UTF8.self), line: number))
                }
                current = []
            }
            func add(_ text: String) { tokens.append(Token(text: text, line: number)) }
            for byte in line.utf8 {
                if quote {
                    if byte == UInt8(ascii: "\"") {
                        tokens.append(Token(text: String(decoding: current, as: UTF8.self), line: number, quoted: true))
                        (current, quote) = ([], false)
                    } else {
                        current.append(byte)
                    }
                    continue
                }
                switch byte {
                case UInt8(ascii: "#"):
                    flush()
                    add(end)
                    return
                case UInt8(ascii: "\""):
                    flush()
                    quote = true
                case 0x20, 0x09: flush()
                case UInt8(ascii: ";"):
                    flush()
                    add(end)
                case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: ")"),
                    UInt8(ascii: "|"),
                    UInt8(ascii: "&"):
                    flush()
                    add(String(UnicodeScalar(byte)))
                case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">"):
                    if let last = current.last,
                        ![UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">")].contains(last)
                    {
                        flush()
                    }
                    current.append(byte)
                default:
                    if let last = current.last,
                        [UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">")].contains(last)
                    {
                        flush()
                    }
                    current.append(byte)
                }
            }
            guard !quote else { throw source.error(number, "a quote is not closed") }
            flush()
            add(end)
        }
        return tokens
    }
}
