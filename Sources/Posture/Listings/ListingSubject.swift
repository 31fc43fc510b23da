package import MailTypes

/// What a list is asked about.
package enum ListingSubject: Sendable, Hashable, Comparable, CustomStringConvertible {
    case address(IPAddress)
    case domain(DomainName)

    /// An address if it reads as one, else a domain.
    package init?(_ text: String) {
        if let address = IPAddress(text) {
            self = .address(address)
        } else if let domain = DomainName(text) {
            self = .domain(domain)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .address(let address): address.description
        case .domain(let domain): domain.description
        }
    }

    package static func < (a: ListingSubject, b: ListingSubject) -> Bool { a.description < b.description }
}

extension ListingSubject: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let subject = ListingSubject(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "neither an address nor a domain")
        }
        self = subject
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
