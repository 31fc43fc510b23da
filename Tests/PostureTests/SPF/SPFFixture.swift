import MailTypes
import Posture

/// DNS from a table: `"name TYPE"` to values. A value of `TIMEOUT` is a failure.
struct FixedDNS: SPFLookup {
    var table: [String: [String]]

    init(_ table: [String: [String]]) {
        self.table = table.reduce(into: [:]) { result, entry in
            let parts = entry.key.split(separator: " ")
            result[ASCII.lowercased(String(parts[0])) + " " + parts[1]] = entry.value
        }
    }

    private func values(_ name: String, _ type: String) -> SPFAnswer<String> {
        let found = table["\(name) \(type)"] ?? []
        return found == ["TIMEOUT"] ? .failure("timeout") : .records(found)
    }

    private func map<Record>(_ answer: SPFAnswer<String>, _ read: (String) -> Record?) -> SPFAnswer<Record> {
        switch answer {
        case .failure(let reason): .failure(reason)
        case .records(let values): .records(values.compactMap(read))
        }
    }

    func texts(_ name: SPFName) async -> SPFAnswer<[UInt8]> { map(values(name.description, "TXT")) { Array($0.utf8) } }
    func addresses(_ name: SPFName, isIPv6: Bool) async -> SPFAnswer<IPAddress> {
        map(values(name.description, isIPv6 ? "AAAA" : "A")) { IPAddress($0) }
    }
    func exchanges(_ name: SPFName) async -> SPFAnswer<SPFName> { map(values(name.description, "MX")) { SPFName($0) } }
    func names(_ address: IPAddress) async -> SPFAnswer<SPFName> {
        map(values(address.description, "PTR")) { SPFName($0) }
    }
}
