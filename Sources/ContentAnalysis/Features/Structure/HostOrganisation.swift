/// The part of a host name that one organisation registers: its last two labels, or three below `co.uk` and its like.
struct HostOrganisation {
    /// Of the lower-case name; hosts of one organisation have the same.
    private(set) var hash: UInt64
    /// The organisation's own label within the bytes it was made of.
    private(set) var label: Range<Int>
    /// A number rather than a name.
    private(set) var isAddress: Bool

    init(_ host: ArraySlice<UInt8>) {
        var end = host.endIndex
        while end > host.startIndex, host[end - 1] == 0x2e { end -= 1 }
        let host = host[host.startIndex..<end]
        isAddress = !host.isEmpty && host.allSatisfy { FeatureHash.isDigit($0) || $0 == 0x2e }
        var dots: [Int] = []
        var i = end
        while i > host.startIndex, dots.count < 3 {
            i -= 1
            if host[i] == 0x2e { dots.append(i) }
        }
        var start = dots.count >= 2 ? dots[1] + 1 : host.startIndex
        if dots.count >= 2, end - dots[0] == 3, Self.isShared(host[start..<dots[0]]) {
            start = dots.count >= 3 ? dots[2] + 1 : host.startIndex
        }
        hash = host[start...].reduce(FeatureHash.basis) { FeatureHash.extend($0, FeatureHash.lowered($1)) }
        label = start..<(host[start...].firstIndex(of: 0x2e) ?? end)
    }

    private static func isShared(_ label: ArraySlice<UInt8>) -> Bool {
        let lowered = label.reduce(0 as UInt32) { $0 << 8 | UInt32(FeatureHash.lowered($1)) }
        return label.count <= 3 && shared.contains(lowered)
    }

    private static let shared: [UInt32] = ["co", "com", "ac", "org", "net", "gov", "edu", "or", "ne"].map {
        $0.utf8.reduce(0) { $0 << 8 | UInt32($1) }
    }
}
