import Crypto
import CryptoExtras
import MailTypes

/// `$scrypt$ln=16,r=8,p=1$salt$hash` (RFC 7914 in the PHC string format, as passlib writes it).
struct ScryptHash: Hashable, Sendable {
    private let logarithm: Int
    private let blocks: Int
    private let lanes: Int
    private let salt: [UInt8]
    private let hash: [UInt8]

    private static let maximumMemory = ByteCount.mib(256)

    var memory: ByteCount { ByteCount((128 * blocks) << logarithm) }

    init(_ text: String) throws(CredentialError) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let numbers = PasswordHash.parameters(parts[2], ["ln", "r", "p"]),
            let salt = PasswordHash.unpadded(parts[3]),
            let hash = PasswordHash.unpadded(parts[4]), (8...64).contains(salt.count), (16...64).contains(hash.count)
        else { throw PasswordHash.malformed }
        (logarithm, blocks, lanes) = (numbers[0], numbers[1], numbers[2])
        guard logarithm >= 1, blocks >= 1, lanes >= 1 else { throw PasswordHash.malformed }
        guard logarithm <= 24, blocks <= 1024, lanes <= 16, (128 * blocks) << logarithm <= Self.maximumMemory.bytes
        else {
            throw CredentialError(
                .tooCostly, "scrypt with more than 256 MiB (128 × r × 2^ln) or p above 16 takes too long to check")
        }
        self.salt = salt
        self.hash = hash
    }

    func check(_ password: [UInt8]) -> PasswordHash.Check {
        guard let derived = derive(password) else { return .failed }
        return PasswordHash.sameBytes(derived, hash) ? .matches : .differs
    }

    private func derive(_ password: [UInt8]) -> [UInt8]? {
        let key = try? KDF.Scrypt.deriveKey(
            from: password, salt: salt, outputByteCount: hash.count, rounds: 1 << logarithm, blockSize: blocks,
            parallelism: lanes, maxMemory: memory.bytes * 2 + (4 << 20))
        return key?.withUnsafeBytes { Array($0) }
    }
}
