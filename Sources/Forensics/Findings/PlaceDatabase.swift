import CMaxMind
import Foundation
package import MailTypes

/// MaxMind databases (mmdb): countries, cities, networks. Several may be asked together.
package final class PlaceDatabase: PlaceFinding {
    private var databases: [UnsafeMutablePointer<MMDB_s>] = []
    private var known: [IPAddress: Place?] = [:]
    /// Answers remembered; asking again for an address costs a walk through the tree.
    private static let limit = 200_000

    package init(paths: [String]) throws {
        for path in paths {
            let database = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
            let status = MMDB_open(path, UInt32(MMDB_MODE_MMAP), database)
            guard status == MMDB_SUCCESS else {
                database.deallocate()
                throw LogInputError(code: .damaged, path: path, message: String(cString: MMDB_strerror(status)))
            }
            databases.append(database)
        }
    }

    deinit {
        for database in databases {
            MMDB_close(database)
            database.deallocate()
        }
    }

    package func place(_ address: IPAddress) -> Place? {
        if let found = known[address] { return found }
        var place = Place()
        for database in databases { fill(&place, from: database, address) }
        let result = place == Place() ? nil : place
        if known.count < PlaceDatabase.limit { known[address] = result }
        return result
    }

    private func fill(_ place: inout Place, from database: UnsafeMutablePointer<MMDB_s>, _ address: IPAddress) {
        var gaiError: Int32 = 0
        var error: Int32 = 0
        var result = MMDB_lookup_string(database, address.description, &gaiError, &error)
        guard gaiError == 0, error == MMDB_SUCCESS, result.found_entry else { return }
        if let country = text(&result.entry, ["country", "iso_code"]) ?? text(&result.entry, ["country_code"]) {
            place.country = country
        }
        if let number = number(&result.entry, ["autonomous_system_number"]) {
            place.network = UInt32(clamping: Int(number))
        }
        if let name = text(&result.entry, ["autonomous_system_organization"]) { place.networkName = name }
        if let latitude = number(&result.entry, ["location", "latitude"]) { place.latitude = latitude }
        if let longitude = number(&result.entry, ["location", "longitude"]) { place.longitude = longitude }
    }

    private func data(_ entry: inout MMDB_entry_s, _ path: [String]) -> MMDB_entry_data_s? {
        var data = MMDB_entry_data_s()
        var words: [UnsafePointer<CChar>?] = path.map { word in strdup(word).map { UnsafePointer($0) } }
        words.append(nil)
        defer { for word in words { free(UnsafeMutablePointer(mutating: word)) } }
        let status = words.withUnsafeMutableBufferPointer { MMDB_aget_value(&entry, &data, $0.baseAddress) }
        return status == MMDB_SUCCESS && data.has_data ? data : nil
    }

    private func text(_ entry: inout MMDB_entry_s, _ path: [String]) -> String? {
        guard let data = data(&entry, path), data.type == UInt32(MMDB_DATA_TYPE_UTF8_STRING),
            let start = data.utf8_string
        else {
            return nil
        }
        let bytes = UnsafeRawBufferPointer(start: start, count: min(Int(data.data_size), 100))
        return String(decoding: bytes, as: UTF8.self)
    }

    private func number(_ entry: inout MMDB_entry_s, _ path: [String]) -> Double? {
        guard let data = data(&entry, path) else { return nil }
        switch data.type {
        case UInt32(MMDB_DATA_TYPE_UINT32): return Double(data.uint32)
        case UInt32(MMDB_DATA_TYPE_UINT16): return Double(data.uint16)
        case UInt32(MMDB_DATA_TYPE_DOUBLE): return data.double_value
        case UInt32(MMDB_DATA_TYPE_FLOAT): return Double(data.float_value)
        default: return nil
        }
    }
}
