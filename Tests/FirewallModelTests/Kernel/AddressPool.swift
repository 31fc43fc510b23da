import FirewallModel
import MailTypes

/// Addresses that random rules are made of, and the edges of what they wrote: those are probed.
struct AddressPool {
    let family: AddressFamily
    private(set) var edges: Set<UInt128> = []

    init(_ family: AddressFamily) { self.family = family }

    /// Few bases, so that rules overlap.
    private var bases: [UInt128] {
        let texts =
            family == .ipv4
            ? ["10.0.0.0", "10.1.2.0", "100.64.0.0", "172.16.5.4", "198.51.100.0", "9.255.255.255"]
            : ["2001:db8:1::", "2001:db8:1:2::", "fd00:1::", "2a00::1", "2001:db8:1:2:3::"]
        return texts.compactMap { IPAddress($0)?.number }
    }

    private mutating func base(_ random: inout SeededGenerator) -> UInt128 {
        let base = random.pick(bases, or: 0)
        return random.one(in: 3) ? base &+ UInt128(random.number(0...1000)) : base
    }

    private mutating func remember(_ range: AddressRange) {
        edges.formUnion([range.first, range.last])
        if range.first > 0 { edges.insert(range.first - 1) }
        if range.last < family.universe.last { edges.insert(range.last + 1) }
    }

    /// A block as text.
    mutating func block(_ random: inout SeededGenerator) -> String {
        let lengths =
            family == .ipv4 ? [8, 9, 15, 16, 22, 24, 29, 31, 32, 32] : [16, 32, 33, 48, 63, 64, 96, 127, 128, 128]
        let length = random.one(in: 25) ? 0 : random.pick(lengths, or: 32)
        let network = IPNetwork(address: family.address(base(&random)), prefixLength: length)
        remember(network.range)
        return length == 0 ? "\(family == .ipv4 ? "0.0.0.0" : "::")/0" : network.description
    }

    /// `low-high`.
    mutating func range(_ random: inout SeededGenerator) -> String {
        let low = base(&random)
        let range = AddressRange(low, low + UInt128(random.number(0...5000)))
        remember(range)
        return "\(family.address(range.first))-\(family.address(range.last))"
    }

    /// One address.
    mutating func single(_ random: inout SeededGenerator) -> String {
        let one = base(&random)
        remember(AddressRange(one, one))
        return family.address(one).description
    }

    /// Edges that can be sent from: global or private unicast, and none of the host's own.
    var probes: [IPAddress] {
        edges.sorted().filter { number in
            family == .ipv4
                ? number >> 24 > 0 && number >> 24 != 127 && number >> 24 < 224 && number >> 8 != 0xc0_00_02
                    && number >> 8 != 0xcb_00_71 && number >> 16 != 0xc612
                : (number >> 125 == 1 || number >> 120 == 0xfd) && number >> 16 != 0x2001_0db8 << 80
                    && number >> 80 != 0x2001_0db8_000f
        }.map { family.address($0) }
    }

    /// The host's addresses, and what lies behind it.
    static func own(_ family: AddressFamily) -> [String] {
        family == .ipv4 ? ["192.0.2.1", "192.0.2.2", "192.0.2.3"] : ["2001:db8::1", "2001:db8::2", "2001:db8::3"]
    }

    static func behind(_ family: AddressFamily) -> [String] {
        family == .ipv4 ? ["203.0.113.5", "203.0.113.9"] : ["2001:db8:f::5", "2001:db8:f::9"]
    }

    static let ports = [25, 465, 587, 2525]
}
