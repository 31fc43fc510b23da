import MailTypes

/// A DKIM key record, read whole (RFC 6376 §3.6.1, RFC 8301, RFC 8463).
package struct DKIMKey: Sendable, Hashable {
    package enum Material: Sendable, Hashable {
        /// `p=` is empty: signatures by it do not hold any more.
        case revoked
        case rsa(RSAKey)
        case ed25519
        case unusable(String)
    }

    package var material: Material
    /// `t=y`: receivers treat its signatures as if there were none.
    package var isTest: Bool
    /// Only SHA-1 is allowed, which receivers must not take (RFC 8301 §3.1).
    package var isSHA1Only: Bool
    package var problems: [String]

    package init(_ record: [UInt8]) {
        let tags = TagList(record)
        problems = tags.problems
        if let version = tags["v"] {
            if version != "DKIM1" { problems.append("its version is \(SafeText.printable(version, limit: 40))") }
            if tags.tags.first?.name != "v" { problems.append("v= is not its first tag") }
        }
        isTest = Self.list(tags["t"]).contains("y")
        isSHA1Only = tags["h"].map { Self.list($0) == ["sha1"] } ?? false
        if let services = tags["s"], !Self.list(services).contains(where: { $0 == "*" || $0 == "email" }) {
            problems.append("s= does not name mail")
        }
        let algorithm = ASCII.lowercased(tags["k"] ?? "rsa")
        guard let encoded = tags["p"] else {
            material = .unusable("there is no p= with the key")
            return
        }
        if encoded.isEmpty {
            material = .revoked
            return
        }
        guard let bytes = Base64.decoded(encoded) else {
            material = .unusable("p= is not base64")
            return
        }
        switch algorithm {
        case "rsa":
            material = RSAKey(der: bytes).map { .rsa($0) } ?? .unusable("p= holds no RSA key in DER")
        case "ed25519":
            material = bytes.count == 32 ? .ed25519 : .unusable("an Ed25519 key has 32 bytes, not \(bytes.count)")
        default: material = .unusable("k=\(SafeText.printable(algorithm, limit: 40)) is no algorithm of DKIM")
        }
    }

    private static func list(_ value: String?) -> [String] {
        (value ?? "").split(separator: ":").map { part in
            ASCII.lowercased(String(decoding: Array(TagList.trimmed(Array(part.utf8))), as: UTF8.self))
        }
    }
}

/// Base64 with line ends and spaces inside, as records have it (RFC 4648 §4).
enum Base64 {
    /// `nil` for any other byte, for a wrong length, and for bits behind the end.
    static func decoded(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for byte in text.utf8 {
            let value: UInt32
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte) - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte) - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte) + 4
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "="):
                padding += 1
                continue
            case 0x20, 0x09, 0x0d, 0x0a: continue
            default: return nil
            }
            guard padding == 0 else { return nil }
            bits = bits << 6 | value
            count += 1
            if count % 4 == 0 {
                bytes += [
                    UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8),
                    UInt8(truncatingIfNeeded: bits),
                ]
                bits = 0
            }
        }
        switch count % 4 {
        case 0: return padding == 0 ? bytes : nil
        case 2 where padding == 2 && bits & 0xf == 0: return bytes + [UInt8(truncatingIfNeeded: bits >> 4)]
        case 3 where padding == 1 && bits & 3 == 0:
            return bytes + [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
        default: return nil
        }
    }
}
