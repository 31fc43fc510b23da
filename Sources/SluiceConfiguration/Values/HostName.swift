package import MailTypes

/// A host that the operator names: by name, or by address.
package enum HostName: Hashable, Sendable, CustomStringConvertible {
    case name(DomainName)
    case address(IPAddress)

    package init?(_ text: String) {
        let bare =
            text.utf8.first == UInt8(ascii: "[") && text.utf8.last == UInt8(ascii: "]")
            ? String(text.dropFirst().dropLast()) : text
        if let address = IPAddress(bare) {
            self = .address(address)
        } else {
            // 192.0.2.300 is a slip, not a name: the last label of a name is never a number (RFC 1123 §2.1).
            guard let name = DomainName(text), let top = name.labels.last, !top.utf8.allSatisfy(ASCII.isDigit) else {
                return nil
            }
            self = .name(name)
        }
    }

    package var description: String {
        switch self {
        case .name(let name): name.description
        case .address(let address): address.description
        }
    }
}
