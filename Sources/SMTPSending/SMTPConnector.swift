import MailTypes
import NIOConcurrencyHelpers
package import NIOCore
import NIOPosix
import NIOSSL
import SMTPProtocol
package import TLSContexts

/// Makes connections to mail servers.
package final class SMTPConnector: Sendable {
    private let contexts: NIOLockedValueBox<ClientTLSContexts>
    private let tally = NIOLockedValueBox(SendingCounters())

    package init(contexts: ClientTLSContexts) { self.contexts = NIOLockedValueBox(contexts) }

    /// Takes other contexts for connections made from now on.
    package func replaceContexts(_ contexts: ClientTLSContexts) { self.contexts.withLockedValue { $0 = contexts } }

    package var counters: SendingCounters { tally.withLockedValue { $0 } }

    /// Tries the target's hosts in order until one greets, takes EHLO, and satisfies TLS and the login. Fails with a
    /// `ConnectError`. `loop` must be of NIO's POSIX kind; the connection lives on it.
    package func connect(_ target: ConnectionTarget, on loop: any EventLoop) -> EventLoopFuture<SMTPConnection> {
        let end = NIODeadline.now() + target.timeouts.overall
        return loop.flatSubmit { self.attempt(0, target, target.tls, failures: [], until: end, loop) }
    }

    private func attempt(
        _ index: Int, _ target: ConnectionTarget, _ tls: ConnectionTarget.TLSLevel,
        failures: [ConnectError.Failure], until end: NIODeadline, _ loop: any EventLoop
    ) -> EventLoopFuture<SMTPConnection> {
        guard index < target.hosts.count, failures.isEmpty || NIODeadline.now() < end else {
            return loop.makeFailedFuture(ConnectError(failures: failures))
        }
        let host = target.hosts[index]
        return open(host, target, tls, loop).flatMapError { error in
            let failure = error as? ClientFailure ?? ClientFailure(.lost, SafeText.printable("\(error)"))
            let failures = failures + [ConnectError.Failure(host: host, failure: failure)]
            if failure.code == .tlsFailed, tls == .may, !host.implicitTLS {
                // Opportunistic: what would have gone out in plain text to a server without STARTTLS still may (RFC 7435).
                self.tally.withLockedValue { $0.plainFallbacks += 1 }
                return self.attempt(index, target, .none, failures: failures, until: end, loop)
            }
            return self.attempt(index + 1, target, target.tls, failures: failures, until: end, loop)
        }
    }

    private func open(
        _ host: HostAddress, _ target: ConnectionTarget, _ level: ConnectionTarget.TLSLevel, _ loop: any EventLoop
    ) -> EventLoopFuture<SMTPConnection> {
        tally.withLockedValue { $0.attempts += 1 }
        let ready = loop.makePromise(of: ServerExtensions.self)
        let tls = tls(host, level)
        let handler = SMTPClientHandler(
            ClientSession.Settings(
                heloName: target.heloName.description, tls: level.requirement, implicitTLS: host.implicitTLS,
                credentials: target.credentials,
                allowsUnprotectedLogin: level == .none && target.tls == .none && host.address.isLoopback),
            timeouts: target.timeouts, tls: tls, counters: tally, ready: ready)
        let bound = NIOLoopBound(handler, eventLoop: loop)
        let closed = loop.makePromise(of: Void.self)
        let implicitTLS = host.implicitTLS ? tls : nil
        do {
            var bootstrap = ClientBootstrap(group: loop)
                .connectTimeout(target.timeouts.connect)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        channel.closeFuture.cascade(to: closed)
                        if let implicitTLS {
                            try channel.pipeline.syncOperations.addHandler(
                                NIOSSLClientHandler(
                                    context: implicitTLS.context, serverHostname: implicitTLS.serverName))
                        }
                        try channel.pipeline.syncOperations.addHandler(bound.value)
                    }
                }
            if let source = host.address.isIPv4 ? target.sourceIPv4 : target.sourceIPv6 {
                bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: source.description, port: 0))
            }
            let address = try SocketAddress(ipAddress: host.address.description, port: Int(host.port))
            bootstrap.connect(to: address).whenFailure { error in
                closed.succeed()
                ready.fail(Self.unreachable(error, target.timeouts.connect))
            }
        } catch {
            closed.succeed()
            ready.fail(ClientFailure(.unreachable, "The address cannot be used (\(error))"))
        }
        return ready.futureResult.map { extensions in
            let connection = SMTPConnection(
                host: host, handler: bound.value, extensions: extensions, closed: closed.futureResult, on: loop)
            self.tally.withLockedValue { counters in
                counters.connections += 1
                if connection.tls != nil { counters.protectedConnections += 1 }
            }
            return connection
        }
    }

    private func tls(_ host: HostAddress, _ level: ConnectionTarget.TLSLevel) -> SMTPClientHandler.TLS? {
        guard level != .none || host.implicitTLS else { return nil }
        let contexts = contexts.withLockedValue { $0 }
        return SMTPClientHandler.TLS(
            context: level == .verify ? contexts.verifying : contexts.opportunistic,
            serverName: host.name?.description)
    }

    private static func unreachable(_ error: any Error, _ limit: TimeAmount) -> ClientFailure {
        if case .connectTimeout? = error as? ChannelError {
            return ClientFailure(.unreachable, "No connection within \(limit.nanoseconds / 1_000_000_000) seconds")
        }
        return ClientFailure(.unreachable, "No connection (\(SafeText.printable("\(error)")))")
    }
}
