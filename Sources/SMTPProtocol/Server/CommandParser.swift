import MailTypes

/// Parses one command line, without its CRLF. Pure; a line over `lineLimit` or with control bytes is a syntax error.
package enum CommandParser {
    /// RFC 5321 §4.5.3.1.4 asks for 512; SIZE, AUTH, DSN and SMTPUTF8 each lengthen it. AUTH with an initial response may
    /// take 12,288 (RFC 4954 §4); the sum of all others stays under 2,048.
    package static let lineLimit = 12_288

    package static func parse(_ line: UnsafeRawBufferPointer) -> Result<Command, CommandError> {
        guard line.count <= lineLimit, line.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
            return .failure(.syntax("line too long, or control bytes in it"))
        }
        guard line.count >= 4 else { return .failure(.unrecognised) }
        let verb = line.loadUnaligned(as: UInt32.self) | 0x2020_2020
        let rest = UnsafeRawBufferPointer(rebasing: line[4...])
        do throws(CommandError) {
            return .success(try command(verb, rest))
        } catch {
            return .failure(error)
        }
    }

    private static func command(_ verb: UInt32, _ rest: UnsafeRawBufferPointer) throws(CommandError) -> Command {
        switch verb {
        case Verb.mail: return try mail(rest)
        case Verb.rcpt: return try rcpt(rest)
        case Verb.data: return try bare(rest, .data)
        case Verb.bdat: return try bdat(rest)
        case Verb.ehlo: return .ehlo(try name(rest))
        case Verb.helo: return .helo(try name(rest))
        case Verb.rset: return try bare(rest, .rset)
        case Verb.quit: return try bare(rest, .quit)
        case Verb.noop where isEnd(rest): return .noop
        case Verb.vrfy where isEnd(rest): return .vrfy
        case Verb.expn where isEnd(rest): return .expn
        case Verb.help where isEnd(rest): return .help
        case Verb.auth: return try auth(rest)
        case Verb.star:
            guard rest.count >= 4, rest.loadUnaligned(as: UInt32.self) | 0x2020_2020 == Verb.ttls else {
                throw .unrecognised
            }
            return try bare(UnsafeRawBufferPointer(rebasing: rest[4...]), .startTLS)
        default: throw .unrecognised
        }
    }

    private enum Verb {
        static let mail = value("mail")
        static let rcpt = value("rcpt")
        static let data = value("data")
        static let bdat = value("bdat")
        static let ehlo = value("ehlo")
        static let helo = value("helo")
        static let rset = value("rset")
        static let quit = value("quit")
        static let noop = value("noop")
        static let vrfy = value("vrfy")
        static let expn = value("expn")
        static let help = value("help")
        static let auth = value("auth")
        static let star = value("star")
        static let ttls = value("ttls")

        private static func value(_ name: StaticString) -> UInt32 {
            name.withUTF8Buffer { UnsafeRawBufferPointer($0).loadUnaligned(as: UInt32.self) }
        }
    }

    // MARK: - Arguments

    /// Whether the verb ends here: nothing, or a space.
    private static func isEnd(_ rest: UnsafeRawBufferPointer) -> Bool { rest.isEmpty || rest[0] == 0x20 }

    private static func bare(_ rest: UnsafeRawBufferPointer, _ command: Command) throws(CommandError) -> Command {
        guard isEnd(rest) else { throw .unrecognised }
        guard rest.allSatisfy({ $0 == 0x20 }) else { throw .syntax("no argument is allowed here") }
        return command
    }

    /// The argument of EHLO and HELO: kept as sent, for it is only logged and compared; it must be there.
    private static func name(_ rest: UnsafeRawBufferPointer) throws(CommandError) -> String {
        guard isEnd(rest) else { throw .unrecognised }
        let words = text(rest).split(separator: " ")
        guard words.count == 1, let name = words.first, name.utf8.count <= 255 else {
            throw .syntax("usage: EHLO host.name")
        }
        return String(name)
    }

    private static func bdat(_ rest: UnsafeRawBufferPointer) throws(CommandError) -> Command {
        guard isEnd(rest) else { throw .unrecognised }
        let words = text(rest).split(separator: " ")
        guard let first = words.first, words.count <= 2, let size = number(first),
            words.count == 1 || ASCII.lowercased(String(words[1])) == "last"
        else { throw .syntax("usage: BDAT size [LAST]") }
        return .bdat(size: size, isLast: words.count == 2)
    }

    private static func auth(_ rest: UnsafeRawBufferPointer) throws(CommandError) -> Command {
        guard isEnd(rest) else { throw .unrecognised }
        let words = text(rest).split(separator: " ")
        guard let mechanism = words.first, words.count <= 2, mechanism.utf8.count <= 20 else {
            throw .syntax("usage: AUTH mechanism [initial-response]")
        }
        return .auth(
            mechanism: String(mechanism).uppercased(), initialResponse: words.count == 2 ? String(words[1]) : nil)
    }

    private static func mail(_ rest: UnsafeRawBufferPointer) throws(CommandError) -> Command {
        let (path, words) = try pathAndParameters(
            rest, keyword: " from:", usage: "usage: MAIL FROM:<address> [parameters]")
        var parameters = Command.MailParameters()
        var seen: Set<String> = []
        for word in words {
            let (key, value) = try parameter(word, &seen)
            switch (key, value) {
            case ("SIZE", .some(let value)):
                guard let size = number(value) else { throw .syntax("SIZE is no number") }
                parameters.size = ByteCount(size)
            case ("BODY", .some(let value)):
                guard let body = Envelope.BodyType(rawValue: value.uppercased()) else { throw .value("BODY") }
                parameters.body = body
            case ("SMTPUTF8", nil): parameters.needsSMTPUTF8 = true
            case ("RET", .some(let value)):
                guard let content = Envelope.ReturnContent(rawValue: value.uppercased()) else { throw .value("RET") }
                parameters.returnContent = content
            case ("ENVID", .some(let value)):
                guard (1...100).contains(value.utf8.count), isXtext(value) else { throw .syntax("ENVID is no xtext") }
                parameters.envelopeID = String(value)
            case ("AUTH", .some(let value)):
                // RFC 4954 §5: a trusted peer could say who sent it first. We trust nobody so far, and read it as `<>`.
                guard value == "<>" || (1...500).contains(value.utf8.count) && isXtext(value) else {
                    throw .syntax("AUTH is no xtext")
                }
            default: throw .parameter(key)
            }
        }
        if path.isEmpty { return .mail(.null, parameters) }
        return .mail(.mailbox(try address(path, parameters.needsSMTPUTF8)), parameters)
    }

    private static func rcpt(_ rest: UnsafeRawBufferPointer) throws(CommandError) -> Command {
        let (path, words) = try pathAndParameters(rest, keyword: " to:", usage: "usage: RCPT TO:<address> [parameters]")
        var parameters = Command.RecipientParameters()
        var seen: Set<String> = []
        for word in words {
            let (key, value) = try parameter(word, &seen)
            switch (key, value) {
            case ("NOTIFY", .some(let value)): parameters.notify = try notify(value)
            case ("ORCPT", .some(let value)):
                guard value.utf8.count <= 500, let semicolon = value.firstIndex(of: ";"), semicolon != value.startIndex,
                    isXtext(value[value.index(after: semicolon)...])
                else { throw .syntax("ORCPT is not type;xtext") }
                parameters.originalRecipient = String(value)
            default: throw .parameter(key)
            }
        }
        guard !path.isEmpty else { throw .address("a recipient is needed") }
        // Whether UTF-8 is allowed depends on the transaction's SMTPUTF8; the session checks that.
        return .rcpt(try address(path, true), parameters)
    }

    private static func notify(_ value: Substring) throws(CommandError) -> Envelope.Notify {
        var notify: Envelope.Notify = []
        for word in value.uppercased().split(separator: ",", omittingEmptySubsequences: false) {
            switch word {
            case "NEVER": notify.insert(.never)
            case "SUCCESS": notify.insert(.success)
            case "FAILURE": notify.insert(.failure)
            case "DELAY": notify.insert(.delay)
            default: throw .value("NOTIFY")
            }
        }
        guard notify == .never || !notify.contains(.never) else { throw .syntax("NOTIFY=NEVER stands alone") }
        return notify
    }

    // MARK: - Pieces

    /// The path between the angle brackets (as text, without them) and the words behind it.
    ///
    /// A `>` inside a quoted local part does not end the path. One space after the colon is tolerated, as most servers do.
    private static func pathAndParameters(
        _ rest: UnsafeRawBufferPointer, keyword: StaticString, usage: String
    ) throws(CommandError) -> (path: String, words: [Substring]) {
        guard isEnd(rest) else { throw .unrecognised }
        guard begins(rest, with: keyword) else { throw .syntax(usage) }
        var i = keyword.utf8CodeUnitCount
        while i < rest.count, rest[i] == 0x20 { i += 1 }
        guard i < rest.count, rest[i] == UInt8(ascii: "<") else { throw .syntax(usage) }
        let start = i + 1
        var quoted = false
        i = start
        while i < rest.count, quoted || rest[i] != UInt8(ascii: ">") {
            if rest[i] == UInt8(ascii: "\\"), quoted {
                i += 1
            } else if rest[i] == UInt8(ascii: "\"") {
                quoted.toggle()
            }
            i += 1
        }
        guard i < rest.count else { throw .syntax(usage) }
        guard let path = String(validating: rest[start..<i], as: UTF8.self) else {
            throw .address("the address is not UTF-8")
        }
        let tail = UnsafeRawBufferPointer(rebasing: rest[(i + 1)...])
        guard isEnd(tail) else { throw .syntax(usage) }
        return (path, tail.isEmpty ? [] : text(tail).split(separator: " "))
    }

    /// Whether there is more than `keyword` (in lower case) here, and that first, in any case.
    ///
    /// A loop of its own: comparing by the standard library's generic sequences took a tenth of the intake's time.
    private static func begins(_ bytes: UnsafeRawBufferPointer, with keyword: StaticString) -> Bool {
        let count = keyword.utf8CodeUnitCount
        guard bytes.count > count else { return false }
        let expected = keyword.utf8Start
        for index in 0..<count where ASCII.lowercased(bytes[index]) != expected[index] { return false }
        return true
    }

    private static func address(_ path: String, _ allowsUTF8: Bool) throws(CommandError) -> EmailAddress {
        if path.utf8.first == UInt8(ascii: "@") { throw .sourceRoute }
        guard let address = EmailAddress(path) else { throw .address("this is not a mailbox address") }
        guard allowsUTF8 || address.isASCII else { throw .address("this address needs SMTPUTF8") }
        return address
    }

    private static func parameter(
        _ word: Substring, _ seen: inout Set<String>
    ) throws(CommandError) -> (key: String, value: Substring?) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let key = String(parts[0]).uppercased()
        guard seen.insert(key).inserted else {
            throw .syntax("parameter \(SafeText.ascii(key, limit: 40)) given twice")
        }
        return (key, parts.count == 2 ? parts[1] : nil)
    }

    /// Decimal digits, at most 15 of them.
    private static func number(_ text: some StringProtocol) -> Int? {
        guard (1...15).contains(text.utf8.count), text.utf8.allSatisfy(ASCII.isDigit) else { return nil }
        return Int(text)
    }

    /// RFC 3461 §4: printable ASCII without `+` and `=`, but for `+` and two upper-case hexadecimal digits.
    private static func isXtext(_ text: some StringProtocol) -> Bool {
        var digits = 0
        for byte in text.utf8 {
            if digits > 0 {
                guard Hexadecimal.value(of: byte) != nil, byte < UInt8(ascii: "a") else { return false }
                digits -= 1
            } else if byte == UInt8(ascii: "+") {
                digits = 2
            } else if byte <= 0x20 || byte >= 0x7f || byte == UInt8(ascii: "=") {
                return false
            }
        }
        return digits == 0
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }
}
