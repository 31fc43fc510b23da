/// The last address in a field's value, found as a person would: what is around the last at sign.
struct AddressParts {
    let localPart: ArraySlice<UInt8>
    let domain: ArraySlice<UInt8>
    let organisation: HostOrganisation

    /// `nil` without an at sign.
    init?(_ value: [UInt8]) {
        let value = value.prefix(ContentSample.Bounds.fieldBytes)
        guard let at = value.lastIndex(of: 0x40) else { return nil }
        var begin = at
        while begin > 0, !Self.isDelimiter(value[begin - 1]) { begin -= 1 }
        var end = at + 1
        while end < value.count, Self.isHost(value[end]) { end += 1 }
        localPart = value[begin..<at]
        domain = value[(at + 1)..<end]
        organisation = HostOrganisation(domain)
    }

    func isSame(as other: AddressParts) -> Bool {
        func isEqual(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Bool {
            a.count == b.count && zip(a, b).allSatisfy { FeatureHash.lowered($0) == FeatureHash.lowered($1) }
        }
        return isEqual(domain, other.domain) && isEqual(localPart, other.localPart)
    }

    private static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x3c, 0x3e, 0x22, 0x27, 0x20, 0x2c, 0x3b, 0x3a, 0x28, 0x29, 0x09: true
        default: false
        }
    }

    static func isHost(_ byte: UInt8) -> Bool {
        FeatureHash.isLetter(byte) || FeatureHash.isDigit(byte) || byte == 0x2e || byte == 0x2d
    }
}
