import MailTypes
import NIOConcurrencyHelpers
package import NIOCore
package import SMTPProtocol
package import SMTPSending
package import TLSContexts

/// Connections to next hops by SMTP.
package final class SMTPOutbound: OutboundConnector {
    private let connector: SMTPConnector
    private let logins: NIOLockedValueBox<[String: ClientCredentials]>
    private let timeouts: SendingTimeouts

    /// `logins`: those that routes name.
    package init(
        tls: ClientTLSContexts, logins: [String: ClientCredentials] = [:],
        timeouts: SendingTimeouts = SendingTimeouts()
    ) {
        connector = SMTPConnector(contexts: tls)
        self.logins = NIOLockedValueBox(logins)
        self.timeouts = timeouts
    }

    /// For connections made from now on: trust roots and logins of a new configuration.
    package func reload(tls: ClientTLSContexts, logins: [String: ClientCredentials]) {
        connector.replaceContexts(tls)
        self.logins.withLockedValue { $0 = logins }
    }

    package var counters: SendingCounters { connector.counters }

    package func connect(_ target: OutboundTarget, on loop: any EventLoop) -> EventLoopFuture<any OutboundConnection> {
        var login: ClientCredentials?
        if let name = target.credentials {
            login = logins.withLockedValue { $0[name] }
            // Without its login the mail would be refused for good, or taken as a stranger's.
            guard login != nil else {
                return loop.makeFailedFuture(OutboundError("the login \(name) of the route is not configured"))
            }
        }
        let hosts = target.hosts.filter { target.pool.canReach($0.address) }
        guard !hosts.isEmpty || target.hosts.isEmpty else {
            return loop.makeFailedFuture(OutboundError("the egress pool has no address of the hosts' family"))
        }
        let place = ConnectionTarget(
            hosts: hosts.map(HostAddress.init), tls: ConnectionTarget.TLSLevel(target.tls), credentials: login,
            sourceIPv4: target.pool.sourceIPv4, sourceIPv6: target.pool.sourceIPv6, heloName: target.pool.helo,
            timeouts: timeouts)
        return connector.connect(place, on: loop)
            .map { SMTPOutboundConnection($0, loop) as any OutboundConnection }
            .flatMapErrorThrowing { throw OutboundError($0) }
    }
}

/// One of them.
final class SMTPOutboundConnection: OutboundConnection {
    private let connection: SMTPConnection
    private let loop: any EventLoop
    let host: OutboundHost
    let remote: String

    init(_ connection: SMTPConnection, _ loop: any EventLoop) {
        self.connection = connection
        self.loop = loop
        host = OutboundHost(connection.host)
        remote = connection.remote
    }

    var tls: String? { connection.tls }
    var closed: EventLoopFuture<Void> { connection.closed }
    func quit() { connection.quit() }

    func send(_ message: OutboundMessage) -> EventLoopFuture<OutboundResult> {
        let content: OutgoingMessage.Content
        switch message.content {
        case .memory(let chunks): content = .bytes(chunks)
        case .stored(let count, let read):
            let end: EventLoopFuture<ByteBuffer?> = loop.makeSucceededFuture(nil)
            content = .stream { number in
                number < count ? read(number).map { ByteBuffer(bytes: $0) } : end
            }
        }
        return connection.send(OutgoingMessage(envelope: message.envelope, size: message.size, content: content))
            .map(OutboundResult.init)
    }
}

extension OutboundResult {
    init(_ result: DeliveryResult) {
        let state: DeliveryScheduler.ConnectionState =
            switch result.connection {
            case .usable: .usable
            case .ended: .ended
            case .troubled: .troubled
            case .neverStarted: .neverStarted
            }
        self.init(replies: result.replies, connection: state, passedOnNotify: result.passedOnNotify)
    }
}

extension OutboundError {
    init(_ error: any Error) {
        guard let error = error as? ConnectError else {
            self.init(SafeText.printable("\(error)"))
            return
        }
        self.init(SafeText.printable(error.description, limit: 1000), reply: error.decisive?.failure.reply)
    }
}

extension OutboundHost {
    init(_ host: HostAddress) {
        self.init(name: host.name, address: host.address, port: host.port, implicitTLS: host.implicitTLS)
    }
}

extension HostAddress {
    init(_ host: OutboundHost) {
        self.init(name: host.name, address: host.address, port: host.port, implicitTLS: host.implicitTLS)
    }
}

extension ConnectionTarget.TLSLevel {
    init(_ level: Route.TLSLevel) {
        switch level {
        case .none: self = .none
        case .may: self = .may
        case .encrypt: self = .encrypt
        case .verify: self = .verify
        }
    }
}
