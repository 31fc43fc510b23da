import Credentials
import MailTypes
import NIOCore
import SMTPProtocol
import SMTPServing
import SluiceConfiguration

/// Logins of the intake, checked by `Credentials` on threads of its own.
final class LoginService: Authenticating {
    private let verifier: PasswordVerifier

    /// - Parameter decoySecret: the same after each restart, so that unknown users do not stand out.
    init(_ configuration: Configuration, decoySecret: [UInt8]) throws(GatewayError) {
        verifier = PasswordVerifier(try Self.store(configuration), decoySecret: decoySecret, now: Clock.now)
    }

    /// Other accounts from now on.
    func use(_ configuration: Configuration) throws(GatewayError) { verifier.replace(try Self.store(configuration)) }

    /// Ends the threads. Blocks for as long as one check takes.
    func close() { verifier.stop() }

    private static func store(_ configuration: Configuration) throws(GatewayError) -> CredentialStore {
        var accounts: [CredentialStore.Account] = []
        for customer in configuration.customers {
            for account in customer.accounts {
                do {
                    accounts.append(
                        .init(
                            name: account.name, customer: customer.id,
                            hash: try PasswordHash(String(decoding: account.credential.bytes, as: UTF8.self))))
                } catch {
                    throw GatewayError(
                        .configuration,
                        "customer \(customer.id), account \(SafeText.printable(account.name.description)): \(error)")
                }
            }
        }
        return CredentialStore(accounts)
    }

    var offersSCRAM: Bool { verifier.servesSCRAM }

    func verify(
        user: String, password: [UInt8], peer: PeerInfo, on loop: any EventLoop
    ) -> EventLoopFuture<AuthenticationResult> {
        let promise = loop.makePromise(of: AuthenticationResult.self)
        verifier.verify(user: user, password: password, from: peer.address) { answer in
            switch answer {
            case .accepted(let customer, let account): promise.succeed(.accepted(customer, account))
            case .rejected: promise.succeed(.rejected)
            case .unavailable: promise.succeed(.unavailable)
            }
        }
        return promise.futureResult
    }

    func scramCredential(user: String, peer: PeerInfo, on loop: any EventLoop) -> EventLoopFuture<ScramLookup> {
        let lookup: ScramLookup =
            switch verifier.scramCredential(user: user, from: peer.address) {
            case .found(let credential, let customer, let account): .found(credential, customer, account)
            case .unknown(let credential): .unknown(credential)
            case .unavailable: .unavailable
            }
        return loop.makeSucceededFuture(lookup)
    }

    func scramFinished(user: String, peer: PeerInfo, succeeded: Bool) {
        verifier.scramFinished(user: user, from: peer.address, succeeded: succeeded)
    }
}
