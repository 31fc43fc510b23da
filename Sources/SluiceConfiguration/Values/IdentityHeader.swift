import MailTypes

/// Where a customer's server names the account that submitted a message.
package enum IdentityHeader: Hashable, Sendable, CustomStringConvertible {
    /// A field such as `X-Authenticated-Sender` or `X-PHP-Originating-Script`, in lower case.
    case field(String)
    /// `(Authenticated sender: joe)` in the topmost `Received` field, as Postfix writes it with
    /// `smtpd_sasl_authenticated_header`.
    case received

    package init?(_ text: String) {
        // RFC 5322 §3.6.8: printable ASCII without the colon.
        guard (1...76).contains(text.utf8.count), text.utf8.allSatisfy({ (33...126).contains($0) && $0 != 58 }) else {
            return nil
        }
        let name = ASCII.lowercased(text)
        self = name == "received" ? .received : .field(name)
    }

    /// The field's name in lower case.
    package var description: String {
        switch self {
        case .field(let name): name
        case .received: "received"
        }
    }
}
