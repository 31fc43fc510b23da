/// One header field (RFC 5322 §2.2).
package struct HeaderField: Hashable, Sendable {
    /// In lower case.
    package var name: [UInt8]
    /// As it came, unfolded (RFC 5322 §2.2.3) and without white space at either end; any bytes but CR and LF.
    package var value: [UInt8]
    /// Encoded words resolved (RFC 2047), in UTF-8.
    package var decoded: [UInt8]

    package init(name: [UInt8], value: [UInt8], decoded: [UInt8]) {
        self.name = name
        self.value = value
        self.decoded = decoded
    }
}
