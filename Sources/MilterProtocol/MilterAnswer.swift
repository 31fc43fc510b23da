package import MailTypes

/// What a filter answers.
package enum MilterAnswer: Hashable, Sendable {
    case negotiate(MilterOptions)
    /// Go on with the next step.
    case goOn
    /// Take the message, and tell no more of it.
    case accept
    /// Take the message from the client, and forget it: it is kept elsewhere.
    case discard
    case temporaryFailure
    /// Refuse with these words. Only 4xx and 5xx can be sent; anything else goes on.
    case refuse(Reply)
    /// A field above all others. Only before the answer that ends the message.
    case addField(name: String, value: String)

    /// The packet.
    package var bytes: [UInt8] {
        switch self {
        case .negotiate(let options):
            Self.packet("O", [options.version, options.actions, options.steps].flatMap(Self.number))
        case .goOn: Self.packet("c", [])
        case .accept: Self.packet("a", [])
        case .discard: Self.packet("d", [])
        case .temporaryFailure: Self.packet("t", [])
        case .refuse(let reply):
            reply.code.isPositive ? Self.packet("c", []) : Self.packet("y", Array(Self.text(reply).utf8) + [0])
        case .addField(let name, let value):
            Self.packet(
                "i", Self.number(0) + Array(name.utf8) + [0] + Array(SafeText.ascii(value, limit: 900).utf8) + [0])
        }
    }

    /// Lines as SMTP has them. A percent sign begins a macro with some servers: it is written out.
    private static func text(_ reply: Reply) -> String {
        let status = reply.enhanced.map { "\($0) " } ?? ""
        let lines = reply.lines.map { line in
            SafeText.ascii(line, limit: 400).split(separator: "%", omittingEmptySubsequences: false)
                .joined(separator: "per cent")
        }
        return lines.enumerated().map { index, line in
            "\(reply.code)\(index + 1 < lines.count ? "-" : " ")\(status)\(line)"
        }.joined(separator: "\r\n")
    }

    private static func packet(_ letter: Unicode.Scalar, _ data: [UInt8]) -> [UInt8] {
        number(UInt32(data.count + 1)) + [UInt8(ascii: letter)] + data
    }

    private static func number(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
