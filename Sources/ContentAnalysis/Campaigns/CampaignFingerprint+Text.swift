extension CampaignFingerprint {
    /// Eight hexadecimal digits a bin: for files that are read again by another run.
    package var text: String {
        bins.map { bin in
            let digits = String(bin, radix: 16)
            return String(repeating: "0", count: 8 - digits.utf8.count) + digits
        }.joined()
    }

    /// `nil` unless it is what `text` writes.
    package init?(text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.binCount * 8 else { return nil }
        var bins: [UInt32] = []
        for start in stride(from: 0, to: bytes.count, by: 8) {
            let digits = String(decoding: bytes[start..<(start + 8)], as: UTF8.self)
            guard digits.first != "+", let bin = UInt32(digits, radix: 16) else { return nil }
            bins.append(bin)
        }
        self.bins = bins
    }

    /// What most of the texts have in common: each bin's commonest value. `nil` for none.
    package static func centre(of fingerprints: [CampaignFingerprint]) -> CampaignFingerprint? {
        guard !fingerprints.isEmpty else { return nil }
        return CampaignFingerprint(
            bins: (0..<binCount).map { index in
                var counts: [UInt32: Int] = [:]
                for fingerprint in fingerprints { counts[fingerprint.bins[index], default: 0] += 1 }
                return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? .max
            })
    }

    private init(bins: [UInt32]) { self.bins = bins }

    /// 0…1: the estimated share of common word triples; two texts are one campaign from `sameCampaign` on.
    package func likeness(to other: CampaignFingerprint) -> Double { similarity(to: other) }

    package static let sameCampaign = 0.4
}
