import CCrypt
import Credentials
import Crypto
import Foundation
import MailTypes
import SMTPProtocol

/// A stored password of any scheme that mail servers have, checked against guesses.
///
/// Slow schemes are `PasswordHash`'s; here are the weak ones, which are findings by themselves.
package struct StoredPassword: Sendable {
    private enum Form: Sendable {
        case hash(PasswordHash)
        /// What libcrypt makes again from itself: MD5, DES, SHA-1, NT.
        case crypt(String)
        case plain([UInt8])
        case digest(Digest, [UInt8], salt: [UInt8])
        case apache(salt: [UInt8], text: String)
        case old(OldScheme)
    }

    private enum Digest: Sendable {
        case md5, sha1, sha256, sha512

        var length: Int {
            switch self {
            case .md5: 16
            case .sha1: 20
            case .sha256: 32
            case .sha512: 64
            }
        }

        func hash(_ bytes: [UInt8]) -> [UInt8] {
            switch self {
            case .md5: Array(Insecure.MD5.hash(data: bytes))
            case .sha1: Array(Insecure.SHA1.hash(data: bytes))
            case .sha256: Array(SHA256.hash(data: bytes))
            case .sha512: Array(SHA512.hash(data: bytes))
            }
        }
    }

    private let form: Form
    /// `sha512-crypt`, `ssha`: for rates and findings.
    package let scheme: String
    /// Guessed by the million a second, or no guessing needed.
    package let isWeak: Bool
    private let account: String

    /// Reads a stored text. `nil`: not known here, with nothing said about the password.
    ///
    /// - Parameter account: whose it is; some schemes have the name in the hash.
    package init?(_ stored: String, account: String = "") {
        guard stored.utf8.count <= 1024, !stored.isEmpty else { return nil }
        self.account = account
        if let hash = try? PasswordHash(stored) {
            form = .hash(hash)
            scheme = hash.method
            isWeak = false
            return
        }
        isWeak = true
        guard stored.hasPrefix("{"), let end = stored.firstIndex(of: "}") else {
            guard let bare = Self.bare(stored) else { return nil }
            (form, scheme) = bare
            return
        }
        let name = stored[stored.index(after: stored.startIndex)..<end].uppercased()
        let rest = String(stored[stored.index(after: end)...])
        guard let found = Self.named(name, rest) else { return nil }
        form = found
        scheme = name.lowercased()
    }

    private static func bare(_ text: String) -> (Form, String)? {
        if text.hasPrefix("$apr1$") { return apache(text).map { ($0, "apr1") } }
        for (beginning, name) in [("$1$", "md5-crypt"), ("$md5", "sunmd5"), ("$sha1$", "sha1-crypt"), ("$3$", "nt")]
        where text.hasPrefix(beginning) { return (.crypt(text), name) }
        let isAlphabet = text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || $0 == 0x2e || $0 == 0x2f }
        if text.utf8.count == 13, isAlphabet { return (.crypt(text), "des") }
        if text.utf8.count == 32, let bytes = hex(text) { return (.digest(.md5, bytes, salt: []), "plain-md5") }
        return nil
    }

    private static func named(_ name: String, _ text: String) -> Form? {
        // {SSHA.hex} and the like.
        let parts = name.split(separator: ".")
        let bytes: [UInt8]?
        switch parts.count > 1 ? String(parts[1]) : "" {
        case "HEX": bytes = hex(text)
        case "B64", "BASE64", "": bytes = Data(base64Encoded: text).map { Array($0) }
        default: return nil
        }
        func digest(_ digest: Digest, salted: Bool, _ bytes: [UInt8]?) -> Form? {
            guard let bytes, salted ? bytes.count > digest.length : bytes.count == digest.length else { return nil }
            return .digest(digest, Array(bytes[..<digest.length]), salt: Array(bytes[digest.length...]))
        }
        switch parts.first.map(String.init) ?? "" {
        case "PLAIN", "CLEAR", "CLEARTEXT": return .plain(Array(text.utf8))
        case "PLAIN-TRUNC":
            // `8-Password…`: only so many characters count.
            let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, let length = Int(parts[0]), length > 0 {
                return .plain(Array(parts[1].utf8.prefix(length)))
            }
            return .plain(Array(text.utf8))
        case "MD5", "PLAIN-MD5":
            if text.hasPrefix("$1$") { return .crypt(text) }
            return digest(.md5, salted: false, hex(text) ?? bytes)
        case "LDAP-MD5": return digest(.md5, salted: false, bytes)
        case "SMD5": return digest(.md5, salted: true, bytes)
        case "SHA", "SHA1": return digest(.sha1, salted: false, bytes)
        case "SSHA": return digest(.sha1, salted: true, bytes)
        case "SHA256": return digest(.sha256, salted: false, bytes)
        case "SSHA256": return digest(.sha256, salted: true, bytes)
        case "SHA512": return digest(.sha512, salted: false, bytes)
        case "SSHA512": return digest(.sha512, salted: true, bytes)
        case "NTLM": return hex(text).map { _ in .crypt("$3$$" + text.lowercased()) }
        case "MD5-CRYPT", "DES-CRYPT", "CRYPT": return bare(text)?.0
        case "SHA256-CRYPT", "SHA512-CRYPT", "BLF-CRYPT": return (try? PasswordHash(text)).map { .hash($0) }
        default: return OldScheme(name, text).map { .old($0) }
        }
    }

    private static func hex(_ text: String) -> [UInt8]? {
        text.isEmpty ? nil : Hexadecimal.bytes(text)
    }

    private static func apache(_ text: String) -> Form? {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 4, (1...8).contains(parts[2].utf8.count), parts[3].utf8.count == 22 else { return nil }
        return .apache(salt: Array(parts[2].utf8), text: String(parts[3]))
    }

    /// The password itself, where it is stored as it is. Never to be shown.
    var plain: [UInt8]? { if case .plain(let password) = form { password } else { nil } }

    /// `nil`: it could not be tried, as for want of memory.
    package func matches(_ guess: String) -> Bool? {
        let bytes = Array(guess.utf8)
        switch form {
        case .hash(let hash):
            switch hash.check(bytes) {
            case .matches: return true
            case .differs: return false
            case .failed: return nil
            }
        case .plain(let password): return password == bytes
        case .digest(let digest, let value, let salt): return digest.hash(bytes + salt) == value
        case .apache(let salt, let text): return ApacheMD5.hash(bytes, salt: salt) == text
        case .crypt(let stored): return Self.crypt(bytes, stored)
        case .old(let scheme): return scheme.matches(bytes, account: account)
        }
    }

    private static func crypt(_ guess: [UInt8], _ stored: String) -> Bool? {
        guard !guess.contains(0), guess.count < 512 else { return false }
        var data: UnsafeMutableRawPointer?
        var size: Int32 = 0
        defer {
            if let data { memset(data, 0, Int(size)) }
            free(data)
        }
        let phrase = guess.map { CChar(bitPattern: $0) } + [0]
        guard let output = crypt_ra(phrase, stored, &data, &size) else { return nil }
        let made = String(cString: output)
        return made.hasPrefix("*") ? nil : made == stored
    }
}

/// Apache's MD5 (`htpasswd -m`): that of FreeBSD with another beginning.
enum ApacheMD5 {
    private static let digits = Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    static func hash(_ password: [UInt8], salt: [UInt8]) -> String {
        func md5(_ bytes: [UInt8]) -> [UInt8] { Array(Insecure.MD5.hash(data: bytes)) }
        let inner = md5(password + salt + password)
        var text = password + Array("$apr1$".utf8) + salt
        var left = password.count
        while left > 0 {
            text += inner.prefix(left)
            left -= 16
        }
        var bits = password.count
        while bits > 0 {
            text.append(bits & 1 == 1 ? 0 : password.first ?? 0)
            bits >>= 1
        }
        var value = md5(text)
        for round in 0..<1000 {
            var next = round & 1 == 1 ? password : value
            if round % 3 != 0 { next += salt }
            if round % 7 != 0 { next += password }
            next += round & 1 == 1 ? value : password
            value = md5(next)
        }
        var result: [UInt8] = []
        for (a, b, c) in [(0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5)] {
            var group = UInt32(value[a]) << 16 | UInt32(value[b]) << 8 | UInt32(value[c])
            for _ in 0..<4 {
                result.append(digits[Int(group & 63)])
                group >>= 6
            }
        }
        var last = UInt32(value[11])
        for _ in 0..<2 {
            result.append(digits[Int(last & 63)])
            last >>= 6
        }
        return String(decoding: result, as: UTF8.self)
    }
}
