import MailTypes
package import NIOSSL

/// The contexts that outgoing connections use.
package struct ClientTLSContexts: Sendable {
    /// Encrypts whatever certificate the peer shows: without DANE or a policy, a mail server's name proves nothing anyway
    /// (RFC 7435), and refusing means plain text.
    package let opportunistic: NIOSSLContext
    /// Demands a chain to a trusted root. The name is checked by the handler, which gets it as `serverHostname`.
    package let verifying: NIOSSLContext

    /// `trustRoots`: a PEM file or directory; `nil`: those of the system. `certificate`: shown to peers that ask.
    package init(trustRoots: String? = nil, certificate: CertificateFiles? = nil) throws(TLSContextError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let trustRoots { configuration.trustRoots = .file(trustRoots) }
        if let certificate {
            let loaded = try certificate.load(now: .distantPast)
            configuration.certificateChain = loaded.chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(loaded.key)
        }
        configuration.certificateVerification = .fullVerification
        let verified = configuration
        configuration.certificateVerification = .none
        // Nothing is checked against them, and reading the system's takes time at every start.
        configuration.trustRoots = .certificates([])
        do {
            verifying = try NIOSSLContext(configuration: verified)
            opportunistic = try NIOSSLContext(configuration: configuration)
        } catch {
            let roots = trustRoots ?? "of the system"
            throw TLSContextError(
                .configuration, "No TLS client context could be made with the trust roots \(roots)", cause: error)
        }
    }
}
