import SMTPProtocol

extension PasswordHash {
    /// How a new stored password is made.
    package enum Scheme: String, Hashable, Sendable, CaseIterable {
        /// The only one that takes part in SCRAM logins, in which the password never crosses the wire.
        case scramSHA256 = "scram-sha-256"
        /// The hardest to guess from.
        case argon2id
        /// `$7$`, N = 2^14, r = 32: 64 MiB.
        case scrypt
        /// `$y$`, 16 MiB: Debian's own default.
        case yescrypt
        /// Cost 11.
        case bcrypt
        /// 100,000 rounds.
        case sha512Crypt = "sha512-crypt"
    }

    /// PBKDF2 rounds of a new SCRAM credential, some 20 ms: clients of phones have to do them, too.
    static let scramIterations = 65_536

    /// Makes a stored password. Blocks for tens of milliseconds.
    package static func make(
        _ password: [UInt8], scheme: Scheme, using random: inout some RandomNumberGenerator
    ) throws(CredentialError) -> PasswordHash {
        guard (1...1024).contains(password.count), !password.contains(0) else {
            throw CredentialError(.unsupported, "a password has 1 to 1024 bytes without NUL")
        }
        let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        switch scheme {
        case .scramSHA256:
            guard let made = ScramCredential(password: password, salt: salt, iterations: scramIterations) else {
                throw CredentialError(.failed, "PBKDF2 failed")
            }
            return PasswordHash(.scram(made), text: made.stored)
        case .argon2id:
            let made = try Argon2Hash.make(password, salt: salt)
            return PasswordHash(.argon2(made), text: made.stored)
        case .scrypt: return try crypt(password, "$7$", cost: 0, salt)
        case .yescrypt: return try crypt(password, "$y$", cost: 0, salt)
        case .bcrypt:
            guard password.count <= 72 else {
                throw CredentialError(.unsupported, "bcrypt looks at the first 72 bytes only; take another scheme")
            }
            return try crypt(password, "$2b$", cost: 11, salt)
        case .sha512Crypt: return try crypt(password, "$6$", cost: 100_000, salt)
        }
    }

    private static func crypt(
        _ password: [UInt8], _ prefix: String, cost: UInt, _ salt: [UInt8]
    ) throws(CredentialError) -> PasswordHash {
        let made = try CryptHash.make(password, prefix: prefix, cost: cost, salt: salt)
        return PasswordHash(.crypt(made), text: made.stored)
    }
}
