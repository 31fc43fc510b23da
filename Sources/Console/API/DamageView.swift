import Enforcement
import MailTypes

/// What got out in an incident: to whom, what receivers said, and own addresses that were listed since.
package struct DamageView: Codable, Hashable, Sendable {
    package struct Receiver: Codable, Hashable, Sendable {
        package let domain: String
        package let delivered: Int
        package let refused: Int
        package let unknown: Int
        package let complaints: Int
    }

    package struct Message: Codable, Hashable, Sendable {
        package let id: String
        package let source: String
        package let time: String
        package let delivered: Int
        package let refused: Int
        package let complaints: Int
        package let suspect: Bool
    }

    package struct Listing: Codable, Hashable, Sendable {
        package let address: String
        package let list: String
        package let since: String
        package let until: String?
        package let removal: String
    }

    package let counted: String
    package let first: String?
    package let last: String?
    package let messages: Int
    package let suspect: Int
    package let delivered: Int
    package let refused: Int
    package let unknown: Int
    package let complaints: Int
    /// There was more mail than was followed: the counts are too small.
    package let isCut: Bool
    package let receivers: [Receiver]
    package let list: [Message]
    package let listings: [Listing]

    init(_ damage: CaseDamage) {
        counted = damage.counted.iso8601
        first = damage.first?.iso8601
        last = damage.last?.iso8601
        messages = damage.messages
        suspect = damage.suspect
        delivered = damage.delivered
        refused = damage.refused
        unknown = damage.unknown
        complaints = damage.complaints
        isCut = damage.isCut
        receivers = damage.receivers.map { receiver in
            Receiver(
                domain: SafeText.printable(receiver.domain.description), delivered: receiver.delivered,
                refused: receiver.refused, unknown: receiver.unknown, complaints: receiver.complaints)
        }
        list = damage.list.map { message in
            Message(
                id: message.id.description, source: SafeText.printable(message.source.description, limit: 400),
                time: message.time.iso8601, delivered: message.delivered, refused: message.refused,
                complaints: message.complaints, suspect: message.isSuspect)
        }
        listings = damage.listings.map { listing in
            Listing(
                address: listing.address.description, list: SafeText.printable(listing.list),
                since: listing.since.iso8601, until: listing.until?.iso8601,
                removal: SafeText.printable(listing.removal, limit: 500))
        }
    }
}
