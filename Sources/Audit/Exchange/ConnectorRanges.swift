import FirewallModel
import MailTypes

/// RemoteIPRanges as sets of addresses.
enum ConnectorRanges {
    /// `nil`: one of them is no range that is known here.
    static func read(_ texts: [String]) -> AddressSet? {
        // 10.0.0.0(255.0.0.0) is another way to write 10.0.0.0/255.0.0.0.
        let lines = texts.map { text in
            text.hasSuffix(")") ? String(text.dropLast().replacing("(", with: "/")) : text
        }
        return try? RangesReader.read(SourceFile(name: "ranges", lines.joined(separator: "\n")))
    }

    /// What of it is on the internet, for people.
    static func described(_ set: AddressSet) -> String {
        let outside = set.subtracting(KnownNetworks.privateUse).subtracting(KnownNetworks.loopback)
        if isWorld(outside) { return "the whole internet" }
        let (blocks, count) = outside.listed(limit: 10)
        return blocks.joined(separator: ", ") + (count > blocks.count ? " … (\(count) blocks)" : "")
    }

    static func outside(_ set: AddressSet) -> AddressSet {
        set.subtracting(KnownNetworks.privateUse).subtracting(KnownNetworks.loopback)
    }

    /// More than a quarter of all IPv4 or IPv6 addresses.
    static func isWorld(_ set: AddressSet) -> Bool {
        AddressFamily.allCases.contains { family in
            let quarter = family == .ipv4 ? UInt128(1) << 30 : UInt128(1) << 126
            var sum: UInt128 = 0
            for range in set[family].ranges {
                let size = range.last - range.first
                if size >= quarter { return true }
                sum += size
            }
            return sum >= quarter
        }
    }
}
