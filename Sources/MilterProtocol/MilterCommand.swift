package import MailTypes

/// What a mail server tells a filter. Text from clients stays in bytes: it may be anything.
package enum MilterCommand: Hashable, Sendable {
    case negotiate(MilterOptions)
    /// Values that belong to the next command, whose letter is `of`.
    case macros(of: UInt8, [String: String])
    case connect(host: String, MilterPeer)
    case hello(String)
    /// The path in angle brackets, then the ESMTP parameters.
    case mail([[UInt8]])
    case recipient([[UInt8]])
    case data
    case header(name: [UInt8], value: [UInt8])
    case endOfHeader
    case body([UInt8])
    case endOfMessage([UInt8])
    case abort
    case quit
    /// The client is gone; another may follow on the same connection.
    case quitClient
    case unknown([UInt8])

    package init(_ packet: MilterFrameDecoder.Packet) throws(MilterError) {
        let data = packet.data
        switch packet.letter {
        case UInt8(ascii: "O"):
            guard data.count >= 12 else { throw MilterError(.syntax, "a negotiation without all of its options") }
            func number(_ place: Int) -> UInt32 { data[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) } }
            self = .negotiate(MilterOptions(version: number(0), actions: number(4), steps: number(8)))
        case UInt8(ascii: "D"):
            guard let letter = data.first else { throw MilterError(.syntax, "macros of no command") }
            let texts = try Self.texts(data[1...], "macros")
            guard texts.count.isMultiple(of: 2) else { throw MilterError(.syntax, "a macro without a value") }
            var values: [String: String] = [:]
            for place in stride(from: 0, to: texts.count, by: 2) {
                values[Self.text(texts[place])] = Self.text(texts[place + 1])
            }
            self = .macros(of: letter, values)
        case UInt8(ascii: "C"): self = try Self.connect(data)
        case UInt8(ascii: "H"): self = .hello(Self.text(try Self.texts(data[...], "HELO").first ?? []))
        case UInt8(ascii: "M"): self = .mail(try Self.arguments(data, "MAIL"))
        case UInt8(ascii: "R"): self = .recipient(try Self.arguments(data, "RCPT"))
        case UInt8(ascii: "T"): self = .data
        case UInt8(ascii: "L"):
            let texts = try Self.texts(data[...], "a header field")
            guard texts.count == 2 else { throw MilterError(.syntax, "a header field in \(texts.count) parts") }
            self = .header(name: texts[0], value: texts[1])
        case UInt8(ascii: "N"): self = .endOfHeader
        case UInt8(ascii: "B"): self = .body(data)
        case UInt8(ascii: "E"): self = .endOfMessage(data)
        case UInt8(ascii: "A"): self = .abort
        case UInt8(ascii: "Q"): self = .quit
        case UInt8(ascii: "K"): self = .quitClient
        case UInt8(ascii: "U"): self = .unknown(data)
        default: throw MilterError(.syntax, "an unknown command, \(packet.letter)")
        }
    }

    /// Name, family, and for addresses the port in two bytes and the address as text.
    private static func connect(_ data: [UInt8]) throws(MilterError) -> MilterCommand {
        guard let end = data.firstIndex(of: 0), end + 1 < data.count else {
            throw MilterError(.syntax, "a connection without a family")
        }
        let host = text(Array(data[..<end]))
        let rest = data[(end + 2)...]
        switch data[end + 1] {
        case UInt8(ascii: "4"), UInt8(ascii: "6"):
            guard rest.count >= 3 else { throw MilterError(.syntax, "a connection without an address") }
            let port = UInt16(rest[rest.startIndex]) << 8 | UInt16(rest[rest.startIndex + 1])
            let texts = try texts(rest.dropFirst(2), "an address")
            var address = texts.first.map(text) ?? ""
            // Sendmail writes the address as in a literal.
            if address.hasPrefix("IPv6:") { address.removeFirst(5) }
            guard let address = IPAddress(address) else { throw MilterError(.syntax, "no address of a client") }
            return .connect(host: host, .internet(address, port: port))
        case UInt8(ascii: "L"): return .connect(host: host, .local)
        default: return .connect(host: host, .unknown)
        }
    }

    private static func arguments(_ data: [UInt8], _ what: String) throws(MilterError) -> [[UInt8]] {
        let texts = try texts(data[...], what)
        guard !texts.isEmpty else { throw MilterError(.syntax, "\(what) without a path") }
        return texts
    }

    /// Strings, each with its zero byte.
    private static func texts(_ data: ArraySlice<UInt8>, _ what: String) throws(MilterError) -> [[UInt8]] {
        guard data.isEmpty || data.last == 0 else { throw MilterError(.syntax, "\(what): text without an end") }
        guard !data.isEmpty else { return [] }
        return data.dropLast().split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// Where a mail server's client is.
package enum MilterPeer: Hashable, Sendable {
    case internet(IPAddress, port: UInt16)
    /// On the same machine, without the network: `sendmail`, a local queue.
    case local
    case unknown
}
