package import MailTypes

/// Whether a PTR name is one that a provider gives to each address, as receivers guess it.
package enum GenericName {
    /// Why it looks so; `nil` if it does not.
    package static func reason(_ name: DomainName, _ address: IPAddress) -> String? {
        if holds(address, in: name) { return "it only spells the address" }
        // The registered domain says nothing: dyn.com is a name like others.
        for label in name.labels.dropLast(2) {
            for word in words(label) where dynamic.contains(word) { return "“\(word)” means an end user's line" }
        }
        return nil
    }

    private static let dynamic: Set<String> = [
        "dyn", "dynamic", "dynamicip", "dynip", "dhcp", "dial", "dialin", "dialup", "dip", "dsl", "adsl", "vdsl",
        "xdsl",
        "sdsl", "ppp", "pppoe", "pool", "pools", "cable", "catv", "cpe", "broadband", "fibra", "ftth", "fttx", "gpon",
        "residential", "wireless", "mobile", "lte", "umts", "unassigned", "unknown", "unused",
    ]

    /// Runs of letters.
    private static func words(_ label: Substring) -> [String] {
        label.utf8.split { !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }.map {
            String(decoding: Array($0), as: UTF8.self)
        }
    }

    private static func holds(_ address: IPAddress, in name: DomainName) -> Bool {
        switch address {
        case .v4(let bits):
            let octets = (0..<4).map { Int(bits >> UInt32(24 - 8 * $0) & 0xff) }
            var numbers: [Int] = []
            for run in name.description.utf8.split(whereSeparator: { !ASCII.isDigit($0) }) where run.count <= 3 {
                if let number = Int(String(decoding: Array(run), as: UTF8.self)) { numbers.append(number) }
            }
            if contains(numbers, octets) || contains(numbers, octets.reversed()) { return true }
            // Three of four in order, as `198-51-100.customer.example` for a block.
            if octets[0] != 0,
                contains(numbers, Array(octets[1...])) || contains(numbers, Array(octets[1...].reversed()))
            {
                return true
            }
            let hex = octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            let padded = octets.map { String(repeating: "0", count: 3 - String($0).utf8.count) + String($0) }
            return [hex, hex.reversed(), padded, padded.reversed()].contains { name.description.contains($0.joined()) }
        case .v6(let high, let low):
            let plain = name.description.filter { $0 != "-" && $0 != "." }
            let digits = [high, low].map { half in
                let text = String(half, radix: 16)
                return String(repeating: "0", count: 16 - text.utf8.count) + text
            }.joined()
            return plain.contains(digits) || plain.contains(digits.suffix(16)) && low >> 32 != 0
                || plain.contains(String(digits.reversed()))
        }
    }

    private static func contains(_ numbers: [Int], _ wanted: [Int]) -> Bool {
        guard numbers.count >= wanted.count else { return false }
        return (0...(numbers.count - wanted.count)).contains { Array(numbers[$0..<($0 + wanted.count)]) == wanted }
    }
}
