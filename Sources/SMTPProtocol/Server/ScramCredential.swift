/// What a server stores of a password for SCRAM-SHA-256 (RFC 5802 §3, RFC 7677): enough to check, not to log in.
package struct ScramCredential: Hashable, Sendable {
    package var salt: [UInt8]
    /// RFC 7677 §4 asks for at least 4096.
    package var iterations: Int
    /// SHA-256 of the client key; 32 bytes.
    package var storedKey: [UInt8]
    /// 32 bytes.
    package var serverKey: [UInt8]

    package init(salt: [UInt8], iterations: Int, storedKey: [UInt8], serverKey: [UInt8]) {
        self.salt = salt
        self.iterations = iterations
        self.storedKey = storedKey
        self.serverKey = serverKey
    }
}
