/// How a connection is encrypted: for trace lines and logs.
package struct TransportSecurity: Hashable, Sendable {
    /// `TLSv1.3`.
    package var version: String
    /// The cipher suite, where the TLS library tells it.
    package var cipher: String?

    package init(version: String, cipher: String? = nil) {
        self.version = version
        self.cipher = cipher
    }
}
