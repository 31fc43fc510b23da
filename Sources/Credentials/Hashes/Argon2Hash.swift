import CArgon2

/// `$argon2id$v=19$m=65536,t=3,p=1$salt$hash` (RFC 9106), by libargon2.
struct Argon2Hash: Hashable, Sendable {
    let isID: Bool
    let memoryKiB: Int
    private let text: String

    /// Twice what RFC 9106 §4 recommends where memory is scarce, four times over: two checks at once take 512 MiB.
    private static let maximumMemoryKiB = 262_144
    private static let maximumPasses = 64
    /// libargon2 starts a thread for each.
    private static let maximumLanes = 16

    init(_ text: String) throws(CredentialError) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, ["argon2id", "argon2i"].contains(parts[1]),
            ["v=19", "v=16"].contains(parts[2]), let numbers = PasswordHash.parameters(parts[3], ["m", "t", "p"]),
            let salt = PasswordHash.unpadded(parts[4]), let hash = PasswordHash.unpadded(parts[5]),
            (8...64).contains(salt.count), (16...64).contains(hash.count)
        else {
            if parts.count > 1, parts[1] == "argon2d" {
                throw CredentialError(.unsupported, "argon2d leaks through timing; use argon2id")
            }
            throw PasswordHash.malformed
        }
        let (memory, passes, lanes) = (numbers[0], numbers[1], numbers[2])
        guard passes >= 1, lanes >= 1, memory >= 8 * lanes else { throw PasswordHash.malformed }
        guard memory <= Self.maximumMemoryKiB, passes <= Self.maximumPasses, lanes <= Self.maximumLanes else {
            throw CredentialError(
                .tooCostly, "argon2 with more than m=262144 (256 MiB), t=64 or p=16 takes too long to check")
        }
        isID = parts[1] == "argon2id"
        memoryKiB = memory
        self.text = text
    }

    func check(_ password: [UInt8]) -> PasswordHash.Check {
        let code = argon2_verify(text, password, password.count, isID ? Argon2_id : Argon2_i)
        if code == ARGON2_OK.rawValue { return .matches }
        return code == ARGON2_VERIFY_MISMATCH.rawValue ? .differs : .failed
    }

    /// 19 MiB, 2 passes, 1 lane: OWASP's recommendation for servers, some 20 ms.
    static func make(_ password: [UInt8], salt: [UInt8]) throws(CredentialError) -> Argon2Hash {
        let (passes, memory, lanes, length) = (2, 19_456, 1, 32)
        var encoded = [CChar](repeating: 0, count: 256)
        let code = argon2id_hash_encoded(
            UInt32(passes), UInt32(memory), UInt32(lanes), password, password.count, salt, salt.count, length, &encoded,
            encoded.count)
        guard code == ARGON2_OK.rawValue else {
            throw CredentialError(
                .failed, "argon2: \(argon2_error_message(code).map { String(cString: $0) } ?? "failed")")
        }
        let text = String(decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return try Argon2Hash(text)
    }

    var stored: String { text }
}
