import MailTypes
import NIOCore
import SMTPProtocol

/// What the sessions of one listener work with. Immutable; replaced as a whole at a reload.
final class ListenerService: Sendable {
    let listener: SMTPListener
    let settings: ServerSettings
    let policy: any SubmissionPolicy
    /// `nil`: no AUTH is offered, whatever the listener says.
    let authenticator: (any Authenticating)?
    let timeouts: Timeouts

    /// The limits' times, as the event loop counts them.
    struct Timeouts: Sendable {
        let proxy, handshake, login, command, data, answer, message, grace: TimeAmount

        init(_ limits: IntakeLimits) {
            proxy = TimeAmount(limits.proxyTimeout)
            handshake = TimeAmount(limits.handshakeTimeout)
            login = TimeAmount(limits.loginTimeout)
            command = TimeAmount(limits.commandTimeout)
            data = TimeAmount(limits.dataTimeout)
            answer = TimeAmount(limits.answerTimeout)
            message = TimeAmount(limits.messageTimeout)
            grace = TimeAmount(limits.rateGrace)
        }
    }

    init(
        _ listener: SMTPListener, limits: IntakeLimits, policy: any SubmissionPolicy,
        authenticator: (any Authenticating)?
    ) {
        self.listener = listener
        self.policy = policy
        self.authenticator = authenticator
        settings = ServerSettings(
            hostName: listener.hostName, kind: listener.kind, offersTLS: listener.tls != nil,
            offersAuthentication: listener.offersAuthentication && authenticator != nil,
            offersSCRAM: authenticator?.offersSCRAM ?? false, limits: limits, scram: .crypto)
        timeouts = Timeouts(limits)
    }

    var limits: IntakeLimits { settings.limits }

    /// Whether a connection from here brings a PROXY header.
    func isProxy(_ address: IPAddress) -> Bool { listener.proxyNetworks.contains { $0.contains(address) } }
}
