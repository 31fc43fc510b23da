import MailTypes
import MessageFormat

/// Signs that a message carries somebody else's text: a complaint, a reply, a report, what is forwarded. The text that it carries
/// says nothing about who wrote the message.
struct CarriedText: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    /// A whole message, or the header of one, is among its parts; a report (RFC 6522, RFC 5965).
    static let embedded = CarriedText(rawValue: 1)
    /// Everybody whom it goes to is there to be told of abuse (RFC 2142).
    static let toDesk = CarriedText(rawValue: 2)
    /// Its sender is the null reverse-path.
    static let bounce = CarriedText(rawValue: 4)
    /// Lines with quoting marks, a forwarded message's header, or the line that mail programs put above one.
    static let quoted = CarriedText(rawValue: 8)
    /// An answer to a message, by its header.
    static let reply = CarriedText(rawValue: 16)

    private static let desks: Set<String> = [
        "abuse", "postmaster", "security", "support", "helpdesk", "hostmaster", "noc", "cert", "csirt", "fraud",
        "phishing",
        "spam", "webmaster", "trust", "report", "reports", "spoof", "itsupport", "servicedesk", "mailer-daemon",
    ]
    /// Lines of text that are looked at.
    private static let lines = 2000

    static func signs(in message: ParsedMessage, sender: String, recipients: [String]) -> CarriedText {
        var signs: CarriedText = []
        if sender.isEmpty { signs.insert(.bounce) }
        if !recipients.isEmpty, recipients.allSatisfy(isDesk) { signs.insert(.toDesk) }
        if message.parts.contains(where: isMessage) { signs.insert(.embedded) }
        if message.header.first("in-reply-to") != nil || message.header.first("references") != nil {
            signs.insert(.reply)
        }
        if isQuoting(message.text) || isQuoting(message.htmlText) { signs.insert(.quoted) }
        return signs
    }

    private static func isDesk(_ address: String) -> Bool {
        let local = address.prefix { $0 != "@" && $0 != "+" }
        return desks.contains(ASCII.lowercased(String(local)).filter { $0 != "." && $0 != "_" })
    }

    private static func isMessage(_ part: MessagePart) -> Bool {
        let type = String(decoding: part.contentType, as: UTF8.self)
        return [
            "message/rfc822", "message/global", "message/delivery-status", "message/feedback-report",
            "message/disposition-notification", "multipart/report", "text/rfc822-headers",
        ].contains(type) || ASCII.lowercased(String(decoding: part.fileName.suffix(4), as: UTF8.self)) == ".eml"
    }

    /// Three lines behind `>`; a rule with words in it (`-----Original Message-----`); or a header in the text.
    private static func isQuoting(_ text: [UInt8]) -> Bool {
        var (marked, sinceFrom) = (0, 100)
        for line in text.split(separator: 0x0a, maxSplits: lines).prefix(lines) {
            let line = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
            if line.first == UInt8(ascii: ">") {
                marked += 1
                if marked >= 3 { return true }
            }
            if isRule(line) { return true }
            sinceFrom += 1
            guard let colon = line.prefix(14).firstIndex(of: UInt8(ascii: ":")) else { continue }
            switch ASCII.lowercased(String(decoding: line[..<colon], as: UTF8.self)).filter({ $0 != "*" && $0 != " " })
            {
            case "from", "von", "de", "da", "van", "od", "från", "fra": sinceFrom = 0
            case "subject", "betreff", "objet", "asunto", "oggetto", "onderwerp", "assunto", "temat", "ämne", "emne":
                if sinceFrom <= 6 { return true }
            default: continue
            }
        }
        return false
    }

    private static func isRule(_ line: ArraySlice<UInt8>) -> Bool {
        guard (12...80).contains(line.count), line.starts(with: Array("-----".utf8)) else { return false }
        let end = line.reversed().drop { $0 == 0x20 || $0 == 0x0d }
        guard end.prefix(3).allSatisfy({ $0 == UInt8(ascii: "-") }) else { return false }
        let words = line.drop { $0 == UInt8(ascii: "-") }.prefix { $0 != UInt8(ascii: "-") }
        return words.count { $0 >= 0x41 } >= 5
    }
}
