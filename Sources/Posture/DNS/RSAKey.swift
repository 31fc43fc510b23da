/// An RSA public key out of DER, as far as its strength can be told.
package struct RSAKey: Sendable, Hashable {
    /// The length of the modulus.
    package let bits: Int
    /// The public exponent; 0 if it has more than 64 bits.
    package let exponent: UInt64
    /// A small prime that divides the modulus: anybody can compute the private key.
    package let smallFactor: Int?

    /// SubjectPublicKeyInfo (RFC 5280 §4.1), or the bare RSAPublicKey that RFC 6376 §3.6.1 names. DER only, nothing behind it.
    package init?(der: [UInt8]) {
        guard let key = Self.inner(der[...]) else { return nil }
        var outer = DERReader(key)
        guard let sequence = outer.read(0x30), outer.isAtEnd else { return nil }
        var fields = DERReader(sequence)
        guard let modulus = fields.integer(), let exponent = fields.integer(), fields.isAtEnd, !modulus.isEmpty,
            modulus.count <= 2048
        else { return nil }
        bits = modulus.count * 8 - modulus[modulus.startIndex].leadingZeroBitCount
        self.exponent = exponent.count > 8 ? 0 : exponent.reduce(0) { $0 << 8 | UInt64($1) }
        smallFactor = Self.primes.first { prime in
            modulus.reduce(0) { ($0 << 8 | Int($1)) % prime } == 0
        }
    }

    /// An even exponent, or one, is no key.
    package var hasWrongExponent: Bool { exponent != 0 && (exponent < 3 || exponent & 1 == 0) }

    private static let primes: [Int] = (2..<1000).filter { candidate in
        !(2..<candidate).contains { $0 * $0 <= candidate && candidate % $0 == 0 }
    }

    /// rsaEncryption, 1.2.840.113549.1.1.1.
    private static let algorithm: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]

    /// The RSAPublicKey inside.
    private static func inner(_ der: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var outer = DERReader(der)
        guard let sequence = outer.read(0x30), outer.isAtEnd else { return nil }
        guard sequence.first == 0x30 else { return der }
        var fields = DERReader(sequence)
        guard let identifier = fields.read(0x30), let string = fields.read(0x03), fields.isAtEnd, string.first == 0
        else { return nil }
        var parts = DERReader(identifier)
        guard let object = parts.read(0x06), object.elementsEqual(algorithm) else { return nil }
        return string.dropFirst()
    }
}

/// Definite lengths, shortest form, no more than there is.
private struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func read(_ tag: UInt8) -> ArraySlice<UInt8>? {
        guard rest.first == tag else { return nil }
        rest = rest.dropFirst()
        guard let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7f)
            guard (1...3).contains(count), rest.count >= count else { return nil }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
            guard length >= 0x80 else { return nil }
        }
        guard rest.count >= length else { return nil }
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
    }

    /// Without the leading zero; `nil` for negative ones.
    mutating func integer() -> ArraySlice<UInt8>? {
        guard let bytes = read(0x02), let first = bytes.first, first < 0x80 else { return nil }
        return first == 0 ? bytes.dropFirst() : bytes
    }
}
