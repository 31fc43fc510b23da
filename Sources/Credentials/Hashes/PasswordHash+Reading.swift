import MailTypes
import SMTPProtocol

extension PasswordHash {
    static let malformed = CredentialError(
        .malformed, "this is no stored password; `sluice credential hash` makes one from a password")

    /// Schemes of Dovecot's notation that are known here, each with the beginning that what follows must have.
    private static let schemes: [String: [String]] = [
        "ARGON2ID": ["$argon2id$"], "ARGON2I": ["$argon2i$"], "CRYPT": ["$"], "BLF-CRYPT": ["$2"],
        "SHA256-CRYPT": ["$5$"], "SHA512-CRYPT": ["$6$"], "SCRYPT": ["$scrypt$", "$7$"], "SCRAM-SHA-256": [""],
    ]

    private static let weakSchemes: Set<String> = [
        "PLAIN", "CLEAR", "CLEARTEXT", "PLAIN-TRUNC", "SHA", "SHA1", "SHA256", "SHA512", "SSHA", "SSHA256", "SSHA512",
        "MD5", "SMD5", "MD5-CRYPT", "DES-CRYPT", "PLAIN-MD5", "PLAIN-MD4", "LDAP-MD5", "LANMAN", "NTLM", "CRAM-MD5",
        "HMAC-MD5", "DIGEST-MD5", "OTP", "SKEY", "RPA", "SCRAM-SHA-1",
    ]

    /// Takes Dovecot's `{SCHEME}` off.
    static func withoutScheme(_ text: String) throws(CredentialError) -> (scheme: String?, rest: String) {
        guard text.utf8.first == UInt8(ascii: "{") else { return (nil, text) }
        guard let end = text.utf8.firstIndex(of: UInt8(ascii: "}")) else { throw malformed }
        let name = String(decoding: text[..<end].utf8.dropFirst().map(Self.uppercased), as: UTF8.self)
        let rest = String(text[text.utf8.index(after: end)...])
        if weakSchemes.contains(name) {
            throw CredentialError(
                .tooWeak,
                "{\(name)} keeps the password itself or is guessed in no time; use argon2id, scrypt, yescrypt, bcrypt or SCRAM-SHA-256"
            )
        }
        guard let beginnings = schemes[name] else {
            throw CredentialError(
                .unsupported,
                "{\(SafeText.ascii(name, limit: 30))} is not known here; use argon2id, scrypt, yescrypt, bcrypt or SCRAM-SHA-256"
            )
        }
        guard beginnings.contains(where: rest.hasPrefix) else {
            throw CredentialError(.malformed, "what stands behind {\(name)} is something else")
        }
        return (name, rest)
    }

    static func form(_ text: String, scheme: String?) throws(CredentialError) -> Form {
        if scheme == "SCRAM-SHA-256" || text.hasPrefix("SCRAM-SHA-256$") {
            return .scram(try ScramCredential(stored: text))
        }
        if text.hasPrefix("$argon2") { return .argon2(try Argon2Hash(text)) }
        if text.hasPrefix("$scrypt$") { return .scrypt(try ScryptHash(text)) }
        return .crypt(try CryptHash(text))
    }

    private static func uppercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte & 0xdf : byte
    }

    /// A number in decimal digits without sign or leading zeros, as all these notations write theirs.
    static func number(_ text: Substring) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy(ASCII.isDigit), text == "0" || text.first != "0"
        else { return nil }
        return Int(text)
    }

    /// `ln=16,r=8,p=1`: the numbers of exactly these names in this order.
    static func parameters(_ text: Substring, _ names: [String]) -> [Int]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == names.count else { return nil }
        var numbers: [Int] = []
        for (part, name) in zip(parts, names) {
            guard part.hasPrefix(name + "="), let number = number(part.dropFirst(name.utf8.count + 1)) else {
                return nil
            }
            numbers.append(number)
        }
        return numbers
    }

    /// Base 64 as the PHC string format has it, without padding; `.` for `+` as some libraries write it.
    static func unpadded(_ text: Substring) -> [UInt8]? {
        var digits = text.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "+") : $0 }
        guard !digits.contains(UInt8(ascii: "=")) else { return nil }
        while digits.count % 4 != 0 { digits.append(UInt8(ascii: "=")) }
        return Base64.decode(digits)
    }

    static func unpadded(_ bytes: [UInt8]) -> String {
        String(Base64.encode(bytes).prefix { $0 != "=" })
    }
}
