package import MailTypes

/// The trace line that a server puts before a message (RFC 5321 §4.4), with the protocol names of RFC 3848 and RFC 6531.
///
/// ```
/// Received: from mail.example.org ([192.0.2.7])
///  by relay.example.net with ESMTPSA id 0abc… (TLSv1.3)
///  (account joe) for <ann@example.com>; Tue, 24 Nov 2026 08:30:00 +0000
/// ```
/// Whatever came from outside is cut down to characters that cannot end the line, a comment or a word.
package struct ReceivedField: Hashable, Sendable {
    package var helloName: String
    package var peer: IPAddress
    package var by: String
    package var isESMTP: Bool
    package var security: TransportSecurity?
    package var identity: SubmissionIdentity?
    package var needsSMTPUTF8: Bool
    package var id: SubmissionID
    package var time: Timestamp
    /// Only of a message with one recipient: with more, the field would tell blind copies.
    package var recipient: EmailAddress?

    package init(
        helloName: String, peer: IPAddress, by: String, isESMTP: Bool, security: TransportSecurity?,
        identity: SubmissionIdentity?, needsSMTPUTF8: Bool, id: SubmissionID, time: Timestamp, recipient: EmailAddress?
    ) {
        self.helloName = helloName
        self.peer = peer
        self.by = by
        self.isESMTP = isESMTP
        self.security = security
        self.identity = identity
        self.needsSMTPUTF8 = needsSMTPUTF8
        self.id = id
        self.time = time
        self.recipient = recipient
    }

    /// `SMTP`, `ESMTP`, `ESMTPS`, `ESMTPSA`, `UTF8SMTPSA`… (RFC 3848, RFC 6531 §4.3).
    package var protocolName: String {
        guard isESMTP else { return "SMTP" }
        let secure = security == nil ? "" : "S"
        let authenticated = identity?.evidence == .login ? "A" : ""
        return (needsSMTPUTF8 ? "UTF8SMTP" : "ESMTP") + secure + authenticated
    }

    /// The whole field, folded, with its CRLF.
    package var text: String {
        var text = "Received: from \(Self.word(helloName)) ([\(peer.literal)])\r\n"
        text += " by \(Self.word(by)) with \(protocolName) id \(id)"
        if let security {
            let cipher = security.cipher.map { " cipher " + Self.word($0) } ?? ""
            text += " (\(Self.word(security.version))\(cipher))"
        }
        if let identity {
            text += "\r\n ("
            text += identity.account.map { "account " + Self.word($0.description) + " of " } ?? "server of "
            text += Self.word(identity.customer.description) + ")"
        }
        if let recipient, needsSMTPUTF8 || recipient.isASCII, !Self.isQuoted(recipient) {
            text += "\r\n for <\(recipient)>"
        }
        return text + ";\r\n \(time.rfc5322)\r\n"
    }

    /// A quoted local part may hold spaces, at which other programs would fold.
    private static func isQuoted(_ address: EmailAddress) -> Bool { address.localPart.utf8.first == 0x22 }

    /// Letters, digits and `.-_:[]@+=` of ASCII; all else becomes `?`; 128 characters at most, never empty.
    private static func word(_ text: String) -> String {
        let safe = text.utf8.prefix(128).map { byte -> UInt8 in
            ASCII.isAlphanumeric(byte) || ".-_:[]@+=".utf8.contains(byte) ? byte : UInt8(ascii: "?")
        }
        return safe.isEmpty ? "unknown" : String(decoding: safe, as: UTF8.self)
    }
}
