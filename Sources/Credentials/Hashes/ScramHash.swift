import Crypto
import CryptoExtras
package import SMTPProtocol

extension ScramFunctions {
    /// HMAC-SHA-256 and SHA-256, by swift-crypto.
    package static let sha256 = ScramFunctions(
        hmac: { key, message in
            Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
        }, hash: { Array(SHA256.hash(data: $0)) })
}

extension ScramCredential {
    /// RFC 7677 §4 asks for 4,096 at least; a million take half a second.
    private static let iterationBounds = 4096...1_000_000

    /// Reads `SCRAM-SHA-256$iterations:salt$stored:server` (the form of RFC 5803, as PostgreSQL has it), or Dovecot's
    /// `iterations,salt,stored,server`.
    init(stored text: String) throws(CredentialError) {
        let parts: [Substring]
        if text.hasPrefix("SCRAM-SHA-256$") {
            let halves = text.split(separator: "$", omittingEmptySubsequences: false)
            guard halves.count == 3 else { throw PasswordHash.malformed }
            parts = halves.dropFirst().flatMap { $0.split(separator: ":", omittingEmptySubsequences: false) }
        } else {
            parts = text.split(separator: ",", omittingEmptySubsequences: false)
        }
        guard parts.count == 4, let iterations = PasswordHash.number(parts[0]),
            let salt = Base64.decode(parts[1].utf8), let storedKey = Base64.decode(parts[2].utf8),
            let serverKey = Base64.decode(parts[3].utf8), (8...64).contains(salt.count), storedKey.count == 32,
            serverKey.count == 32
        else { throw PasswordHash.malformed }
        guard iterations >= Self.iterationBounds.lowerBound else {
            throw CredentialError(.tooWeak, "SCRAM with fewer than 4096 iterations (RFC 7677 §4)")
        }
        guard iterations <= Self.iterationBounds.upperBound else {
            throw CredentialError(.tooCostly, "SCRAM with more than a million iterations takes too long to check")
        }
        self.init(salt: salt, iterations: iterations, storedKey: storedKey, serverKey: serverKey)
    }

    /// What is stored for a password (RFC 5802 §3). The password is taken as it is: clients that prepare it by SASLprep
    /// (RFC 4013) agree for ASCII and for composed letters. `nil` if the library fails.
    init?(password: [UInt8], salt: [UInt8], iterations: Int) {
        guard
            let salted = try? KDF.Insecure.PBKDF2.deriveKey(
                from: password, salt: salt, using: .sha256, outputByteCount: 32, unsafeUncheckedRounds: iterations)
        else { return nil }
        func key(_ name: String) -> [UInt8] {
            Array(HMAC<SHA256>.authenticationCode(for: Array(name.utf8), using: salted))
        }
        self.init(
            salt: salt, iterations: iterations, storedKey: Array(SHA256.hash(data: key("Client Key"))),
            serverKey: key("Server Key"))
    }

    func check(_ password: [UInt8]) -> PasswordHash.Check {
        guard let derived = ScramCredential(password: password, salt: salt, iterations: iterations) else {
            return .failed
        }
        return PasswordHash.sameBytes(derived.storedKey, storedKey) ? .matches : .differs
    }

    var stored: String {
        "SCRAM-SHA-256$\(iterations):\(Base64.encode(salt))$\(Base64.encode(storedKey)):\(Base64.encode(serverKey))"
    }
}
