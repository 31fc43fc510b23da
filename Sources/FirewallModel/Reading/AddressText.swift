import MailTypes

/// Addresses as rule sets write them.
enum AddressText {
    /// What a text stands for.
    enum Reading {
        case set(AddressSet)
        /// A host name, or a name that is nothing else: not known here.
        case name
        /// Looks like an address, but is none.
        case wrong
    }

    /// Non-contiguous masks make many blocks; more are refused.
    private static let wildBits = 16

    /// Reads an address, `a/len`, `a/mask` (also with holes), `a-b`, and short IPv4 (`10/8`).
    static func read(_ text: some StringProtocol) -> Reading {
        let text = String(text)
        guard !text.isEmpty, text.utf8.count <= 100 else { return .wrong }
        if let address = IPAddress(bare(text)) { return .set(single(address)) }
        if let dash = text.firstIndex(of: "-"),
            let low = IPAddress(String(text[..<dash])), let high = IPAddress(String(text[text.index(after: dash)...]))
        {
            guard low.family == high.family, low <= high else { return .wrong }
            return .set(AddressSet(low.family, RangeSet(AddressRange(low.number, high.number))))
        }
        guard let slash = text.firstIndex(of: "/") else {
            return text.utf8.allSatisfy { ASCII.isDigit($0) || $0 == 0x2e || $0 == 0x2f } || text.contains(":")
                ? .wrong : .name
        }
        let head = bare(String(text[..<slash]))
        let tail = text[text.index(after: slash)...]
        guard let address = IPAddress(head) ?? short(head) else {
            return head.contains(":") || head.utf8.allSatisfy({ ASCII.isDigit($0) || $0 == 0x2e }) ? .wrong : .name
        }
        return masked(address, tail).map { .set($0) } ?? .wrong
    }

    /// The block of `address` behind a prefix length or a mask.
    static func masked(_ address: IPAddress, _ mask: some StringProtocol) -> AddressSet? {
        if mask.utf8.count <= 3, let length = Int(mask), (0...address.bitWidth).contains(length) {
            return AddressSet(IPNetwork(address: address, prefixLength: length))
        }
        guard let bits = IPAddress(String(mask)), bits.isIPv4 == address.isIPv4 || isMask6(bits, address) else {
            return nil
        }
        return wildcard(address, free: ~bits.number & address.family.universe.last)
    }

    private static func isMask6(_ mask: IPAddress, _ address: IPAddress) -> Bool { !mask.isIPv4 && !address.isIPv4 }

    /// All addresses that equal `address` outside the bits set in `free`.
    static func wildcard(_ address: IPAddress, free: UInt128) -> AddressSet? {
        let family = address.family
        let low = min(family.bitWidth, (~free).trailingZeroBitCount)
        let lowMask = low == 128 ? UInt128.max : (UInt128(1) << UInt128(low)) - 1
        let holes = free & ~lowMask
        let count = holes.nonzeroBitCount
        guard count <= wildBits else { return nil }
        let base = address.number & ~free
        var ranges: [AddressRange] = []
        var subset: UInt128 = 0
        repeat {
            ranges.append(AddressRange(base | subset, base | subset | lowMask))
            subset = (subset &- holes) & holes
        } while subset != 0
        return AddressSet(family, RangeSet(normalizing: ranges))
    }

    static func single(_ address: IPAddress) -> AddressSet {
        AddressSet(address.family, RangeSet(address.number))
    }

    /// `10` or `10.1`: the octets that are missing are zero, as iptables and pf read them before a `/`.
    private static func short(_ text: String) -> IPAddress? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count) else { return nil }
        return IPAddress(text + String(repeating: ".0", count: 4 - parts.count))
    }

    /// Without a zone and brackets.
    private static func bare(_ text: String) -> String {
        guard let percent = text.firstIndex(of: "%") else { return text }
        return String(text[..<percent])
    }
}
