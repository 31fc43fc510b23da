import Crypto
package import SMTPProtocol

extension ScramFunctions {
    /// SHA-256 and its HMAC by swift-crypto.
    package static let crypto = ScramFunctions(
        hmac: { key, message in
            Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
        },
        hash: { message in Array(SHA256.hash(data: message)) })
}
