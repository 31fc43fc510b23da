import MailTypes
import MessageFormat

/// Reads the account from the fields that a customer's servers add.
enum AccountFinder {
    /// The identity with the account that the header names, if it may name one; else unchanged.
    static func refine(
        _ identity: SubmissionIdentity, _ header: MessageHeader, _ profile: CustomerProfile
    ) -> SubmissionIdentity {
        guard identity.account == nil, identity.evidence == .address else { return identity }
        for trusted in profile.trustedHeaders {
            let field =
                switch trusted.place {
                case .first: header.fields.first { $0.name == trusted.name }
                case .last: header.fields.last { $0.name == trusted.name }
                }
            guard let field, let account = account(field) else { continue }
            var refined = identity
            refined.account = account
            refined.evidence = .header
            return refined
        }
        return identity
    }

    /// What is behind the last `: ` (cPanel writes `X-Authenticated-Sender: host: user@domain`); scripts are told from
    /// mailboxes by a word in front.
    private static func account(_ field: HeaderField) -> AccountName? {
        var value = field.value[...]
        if let colon = value.indices.last(where: {
            value[$0] == UInt8(ascii: ":") && $0 + 1 < value.endIndex && value[$0 + 1] == UInt8(ascii: " ")
        }) {
            value = value[(colon + 2)...]
        }
        while value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        if value.first == UInt8(ascii: "<"), value.last == UInt8(ascii: ">") { value = value.dropFirst().dropLast() }
        guard !value.isEmpty, value.count <= 240, let text = String(validating: value, as: UTF8.self) else {
            return nil
        }
        return AccountName(field.name.starts(with: Array("x-php".utf8)) ? "script " + text : text)
    }
}
