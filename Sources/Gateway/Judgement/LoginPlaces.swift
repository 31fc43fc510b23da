import Forensics
import MailTypes
import NIOConcurrencyHelpers

/// Whose network and which country an address is in, by the operator's MaxMind databases.
///
/// `@unchecked Sendable`: the database is touched with the lock held only. A look-up is a walk through mapped memory.
package final class LoginPlaces: @unchecked Sendable {
    private let lock = NIOLock()
    private let database: PlaceDatabase

    /// `nil` without files; throws for one that is none.
    init?(_ paths: [String]) throws(GatewayError) {
        guard !paths.isEmpty else { return nil }
        do { database = try PlaceDatabase(paths: paths) } catch {
            throw GatewayError(.configuration, "detection.places: \(error)")
        }
    }

    /// The network's number and the country's two letters as a number; 0 where they are not known.
    func look(_ address: IPAddress) -> (autonomousSystem: UInt32, country: UInt16) {
        let place = lock.withLock { database.place(address) }
        let letters = Array((place?.country ?? "").utf8)
        return (place?.network ?? 0, letters.count == 2 ? UInt16(letters[0]) << 8 | UInt16(letters[1]) : 0)
    }
}
