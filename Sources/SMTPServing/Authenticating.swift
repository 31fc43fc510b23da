package import MailTypes
package import NIOCore
package import SMTPProtocol

/// Checks logins. Implemented above; asked on event loops; the expensive hashing happens elsewhere, in a bounded queue.
package protocol Authenticating: Sendable {
    /// Whether every login can use SCRAM-SHA-256; asked when a listener takes its settings.
    var offersSCRAM: Bool { get }
    /// Checks a password (AUTH PLAIN and LOGIN). Completes on `loop`; fails never: `.unavailable` says so.
    func verify(
        user: String, password: [UInt8], peer: PeerInfo, on loop: any EventLoop
    ) -> EventLoopFuture<AuthenticationResult>
    /// What is stored for SCRAM-SHA-256. Unknown users get a credential that is stable for the name and that nothing fits.
    func scramCredential(user: String, peer: PeerInfo, on loop: any EventLoop) -> EventLoopFuture<ScramLookup>
    /// A SCRAM exchange came to its end, so that failures count toward the same limits as with passwords.
    func scramFinished(user: String, peer: PeerInfo, succeeded: Bool)
}

extension Authenticating {
    package var offersSCRAM: Bool { true }

    package func scramFinished(user: String, peer: PeerInfo, succeeded: Bool) {}
}

package enum AuthenticationResult: Hashable, Sendable {
    case accepted(CustomerID, AccountName)
    /// Wrong user or wrong password: nobody is told which.
    case rejected
    /// The check could not be made now (queue full, store unreadable, too many failures): 454.
    case unavailable
}

package enum ScramLookup: Hashable, Sendable {
    case found(ScramCredential, CustomerID, AccountName)
    case unknown(ScramCredential)
    case unavailable
}
