package import MailTypes

/// A header field in which a customer's server names the account that submitted a message.
///
/// Only the topmost occurrence counts, and for `Received` the topmost of all: what stands below may have been written by
/// the sender. Trust it only from servers that always add the field themselves.
package enum TrustedIdentityField: Hashable, Sendable {
    /// `X-Authenticated-Sender: host: joe@example.org` or just the account, and the like.
    case account(name: [UInt8])
    /// `X-PHP-Originating-Script: 1000:mailer.php`: the account is `uid:1000`; the script's name is the script's choice.
    case phpScript
    /// `(Authenticated sender: joe)` in Postfix's Received (`smtpd_sasl_authenticated_header`).
    case received

    /// The field of that name, in any case. `nil` if it is no field name (RFC 5322 §3.6.8).
    package init?(_ fieldName: String) {
        let name = ASCII.lowercased(fieldName)
        guard (1...100).contains(name.utf8.count), name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x3a }) else {
            return nil
        }
        switch name {
        case "received": self = .received
        case "x-php-originating-script": self = .phpScript
        default: self = .account(name: Array(name.utf8))
        }
    }

    /// The account, if the field is there and names exactly one.
    package func account(in header: MessageHeader) -> AccountName? {
        switch self {
        case .account(let name):
            guard let value = header.fields.first(where: { $0.name == name })?.value else { return nil }
            return Self.account(Self.withoutHost(value[...]))
        case .phpScript:
            guard let value = header.first("x-php-originating-script")?.value else { return nil }
            let uid = value.prefix { ASCII.isDigit($0) }
            guard (1...10).contains(uid.count), value.dropFirst(uid.count).first == UInt8(ascii: ":") else {
                return nil
            }
            return AccountName("uid:" + String(decoding: uid, as: UTF8.self))
        case .received:
            return header.first("received").flatMap { Self.authenticatedSender($0.value) }
        }
    }

    /// cPanel's form puts the server's name before the account: `host.example.net: joe@example.org`.
    private static func withoutHost(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let colon = value.firstIndex(of: UInt8(ascii: ":")), colon + 1 < value.endIndex,
            value[colon + 1] == 0x20, !value[..<colon].contains(where: { $0 == 0x20 || $0 == 0x40 })
        else { return value }
        return value[(colon + 1)...]
    }

    /// Two such comments in one field are no identity: one of them may come from a HELO name or a login.
    private static func authenticatedSender(_ value: [UInt8]) -> AccountName? {
        let mark = Array("(Authenticated sender: ".utf8)
        var start: Int?
        var i = 0
        while i + mark.count <= value.count {
            if value[i] == mark[0], value[i..<(i + mark.count)].elementsEqual(mark) {
                guard start == nil else { return nil }
                start = i + mark.count
                i += mark.count
            } else {
                i += 1
            }
        }
        guard let start, let end = value[start...].firstIndex(of: UInt8(ascii: ")")) else { return nil }
        return account(value[start..<end])
    }

    private static func account(_ bytes: ArraySlice<UInt8>) -> AccountName? {
        let bytes = Array(bytes)
        guard bytes.count <= 300, let text = String(validating: bytes[Bytes.trimmed(bytes.span)], as: UTF8.self) else {
            return nil
        }
        return AccountName(text)
    }
}
