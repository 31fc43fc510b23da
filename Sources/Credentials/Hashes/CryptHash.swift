import CCrypt
import Glibc
import MailTypes

/// A hash of crypt(3) that is slow enough: yescrypt, scrypt (`$7$`), bcrypt, SHA-crypt; by libxcrypt.
struct CryptHash: Hashable, Sendable {
    enum Method: Hashable, Sendable {
        case yescrypt, gostYescrypt, scrypt, bcrypt, sha256, sha512

        var name: String {
            switch self {
            case .yescrypt: "yescrypt"
            case .gostYescrypt: "gost-yescrypt"
            case .scrypt: "scrypt"
            case .bcrypt: "bcrypt"
            case .sha256: "sha256-crypt"
            case .sha512: "sha512-crypt"
            }
        }
    }

    let method: Method
    let memory: ByteCount
    let stored: String

    /// libxcrypt's `CRYPT_MAX_PASSPHRASE_SIZE`; longer ones match nothing.
    private static let maximumPassword = 512
    private static let maximumMemory = ByteCount.mib(256)
    /// Some three seconds; libxcrypt's default is 5,000.
    private static let maximumRounds = 2_000_000
    /// Each step doubles the time; 15 takes some two seconds.
    private static let maximumBcryptCost = 15

    init(_ text: String) throws(CredentialError) {
        method = try Self.method(text)
        memory = try Self.memory(text, method)
        let digest = text.split(separator: "$", omittingEmptySubsequences: false).last?.utf8.count
        let isWhole =
            switch method {
            case .bcrypt: text.utf8.count == 60
            case .sha512: digest == 86
            case .yescrypt, .gostYescrypt, .scrypt, .sha256: digest == 43
            }
        // libxcrypt calls SHA-256 a method for old hashes only; the weak ones are refused above.
        let isKnown = [CRYPT_SALT_OK, CRYPT_SALT_METHOD_LEGACY].contains(crypt_checksalt(text))
        guard isWhole, isKnown, text.utf8.count < 384 else { throw PasswordHash.malformed }
        stored = text
    }

    private static func method(_ text: String) throws(CredentialError) -> Method {
        let methods: [(String, Method)] = [
            ("$y$", .yescrypt), ("$gy$", .gostYescrypt), ("$7$", .scrypt), ("$2b$", .bcrypt), ("$2y$", .bcrypt),
            ("$2a$", .bcrypt), ("$6$", .sha512), ("$5$", .sha256),
        ]
        if let found = methods.first(where: { text.hasPrefix($0.0) }) { return found.1 }
        for (beginning, name) in [
            ("$1$", "MD5"), ("$apr1$", "Apache's MD5"), ("$md5", "Sun's MD5"), ("$sha1$", "SHA-1"),
            ("$3$", "NT"),
        ] where text.hasPrefix(beginning) {
            throw CredentialError(.tooWeak, "\(name) is guessed in no time; use argon2id, scrypt, yescrypt or bcrypt")
        }
        // DES: 13 characters; BSDi's: an underscore and 19. A password may look so, too: the advice is the same.
        let isAlphabet = text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || [0x2e, 0x2f, 0x5f].contains($0) }
        if isAlphabet, text.utf8.count == 13 || (text.hasPrefix("_") && text.utf8.count == 20) {
            throw CredentialError(.tooWeak, "DES crypt is guessed in no time; use argon2id, scrypt, yescrypt or bcrypt")
        }
        throw PasswordHash.malformed
    }

    /// The memory that the parameters ask for, after bounding them and the time.
    private static func memory(_ text: String, _ method: Method) throws(CredentialError) -> ByteCount {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count >= 4 else { throw PasswordHash.malformed }
        let parameters = parts[2]
        let digits = parameters.utf8.map(Self.digit)
        switch method {
        case .bcrypt:
            // Two digits, 04…31; libxcrypt checks the form.
            guard let cost = Int(parameters), cost <= maximumBcryptCost else {
                throw CredentialError(
                    .tooCostly, "bcrypt with a cost above \(maximumBcryptCost) takes too long to check")
            }
            return .kib(4)
        case .sha256, .sha512:
            guard parameters.hasPrefix("rounds=") else { return .kib(4) }
            guard let rounds = PasswordHash.number(parameters.dropFirst(7)), rounds <= maximumRounds else {
                throw CredentialError(.tooCostly, "more than \(maximumRounds) rounds take too long to check")
            }
            return .kib(4)
        case .yescrypt, .gostYescrypt:
            // Flavour, log2 N - 1, r - 1, each one digit; digits from 48 on begin longer numbers.
            guard digits.count == 3, let n = digits[1], let r = digits[2], n < 48, r < 48 else {
                throw CredentialError(.tooCostly, "yescrypt with unusual parameters")
            }
            return try bounded(logarithm: n + 1, blocks: r + 1)
        case .scrypt:
            // log2 N, then r and p of five digits, the lowest first.
            guard digits.count >= 11, let n = digits[0], let r = number(digits[1...5]), let p = number(digits[6...10]),
                r >= 1, (1...16).contains(p)
            else { throw PasswordHash.malformed }
            return try bounded(logarithm: n, blocks: r)
        }
    }

    private static func bounded(logarithm: Int, blocks: Int) throws(CredentialError) -> ByteCount {
        guard logarithm <= 24, blocks <= 1024, (128 * blocks) << logarithm <= maximumMemory.bytes else {
            throw CredentialError(.tooCostly, "it takes more than \(maximumMemory) to check")
        }
        return ByteCount((128 * blocks) << logarithm)
    }

    private static func number(_ digits: ArraySlice<Int?>) -> Int? {
        digits.reversed().reduce(Int?(0)) { sum, digit in sum.flatMap { sum in digit.map { sum << 6 | $0 } } }
    }

    /// crypt(3)'s alphabet: `./0-9A-Za-z`.
    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: ".")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "."))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A")) + 12
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 38
        default: nil
        }
    }

    func check(_ password: [UInt8]) -> PasswordHash.Check {
        guard password.count < Self.maximumPassword, !password.contains(0) else { return .differs }
        guard let computed = Self.compute(password, setting: stored) else { return .failed }
        return PasswordHash.sameBytes(computed, Array(stored.utf8)) ? .matches : .differs
    }

    /// A new hash by the method's beginning (`$y$`); cost 0 is libxcrypt's default.
    static func make(_ password: [UInt8], prefix: String, cost: UInt, salt: [UInt8]) throws(CredentialError)
        -> CryptHash
    {
        let random = salt.map { CChar(bitPattern: $0) }
        guard let made = crypt_gensalt_ra(prefix, cost, random, Int32(random.count)) else {
            throw CredentialError(.failed, "crypt makes no salt for \(prefix)")
        }
        let setting = String(cString: made)
        free(made)
        guard password.count < maximumPassword, !password.contains(0) else {
            throw CredentialError(.unsupported, "crypt takes passwords of at most 511 bytes without NUL")
        }
        guard let computed = compute(password, setting: setting) else { throw CredentialError(.failed, "crypt failed") }
        return try CryptHash(String(decoding: computed, as: UTF8.self))
    }

    /// `nil` if the library fails: no memory, since the setting was checked.
    private static func compute(_ password: [UInt8], setting: String) -> [UInt8]? {
        var data: UnsafeMutableRawPointer?
        var size: Int32 = 0
        defer {
            // It held the password.
            if let data { explicit_bzero(data, Int(size)) }
            free(data)
        }
        let phrase = password.map { CChar(bitPattern: $0) } + [0]
        guard let output = crypt_ra(phrase, setting, &data, &size) else { return nil }
        let computed = Array(UnsafeBufferPointer(start: output, count: strlen(output))).map { UInt8(bitPattern: $0) }
        return computed.first == UInt8(ascii: "*") ? nil : computed
    }
}
