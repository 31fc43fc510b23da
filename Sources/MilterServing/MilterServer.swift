package import MailTypes
import NIOConcurrencyHelpers
package import NIOCore
import NIOPosix
package import SMTPProtocol

/// How the filter is reached, and its bounds.
package struct MilterSettings: Sendable {
    package var address: IPAddress
    package var port: UInt16
    /// Mail servers that may ask; others are hung up on.
    package var networks: [IPNetwork]
    /// Completes addresses without a domain.
    package var hostName: String
    /// Of these count: recipients and size of a message.
    package var limits: IntakeLimits
    /// Connections at the same time: a mail server opens one for each of its clients.
    package var connections: Int

    package init(
        address: IPAddress, port: UInt16, networks: [IPNetwork], hostName: String, limits: IntakeLimits,
        connections: Int
    ) {
        self.address = address
        self.port = port
        self.networks = networks
        self.hostName = hostName
        self.limits = limits
        self.connections = connections
    }
}

/// The filter that mail servers ask by the milter protocol (version 2 to 6): Postfix and Sendmail.
///
/// `start` binds; `stop` lets messages under way end. Lives on the event loops of `group`, which the caller owns.
package final class MilterServer: Sendable {
    /// A mail server keeps its connection as long as its client's session, of which it has its own limits.
    private static let idle = TimeAmount.minutes(30)

    private struct State: Sendable {
        var listening: (any Channel)?
        var connections: [ObjectIdentifier: any Channel] = [:]
        var opened: UInt64 = 0
        var isStopping = false
    }

    private let settings: MilterSettings
    private let policy: any MilterPolicy
    private let group: any EventLoopGroup
    private let state = NIOLockedValueBox(State())

    package init(_ settings: MilterSettings, policy: any MilterPolicy, group: any EventLoopGroup) {
        self.settings = settings
        self.policy = policy
        self.group = group
    }

    /// Binds. The real port.
    @discardableResult
    package func start() async throws -> UInt16 {
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelInitializer { channel in self.initialise(channel) }
            .bind(host: settings.address.description, port: Int(settings.port)).get()
        state.withLockedValue { $0.listening = channel }
        return UInt16(truncatingIfNeeded: channel.localAddress?.port ?? 0)
    }

    private func initialise(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            guard let address = channel.remoteAddress?.ipAddress.flatMap({ IPAddress($0) }),
                settings.networks.contains(where: { $0.contains(address) }), let number = add(channel)
            else { throw ChannelError.inappropriateOperationForState }
            channel.closeFuture.whenComplete { [state] _ in
                state.withLockedValue { _ = $0.connections.removeValue(forKey: ObjectIdentifier(channel)) }
            }
            try channel.pipeline.syncOperations.addHandlers([
                IdleStateHandler(readTimeout: Self.idle), MilterHandler(settings, policy: policy, number: number),
            ])
        }
    }

    private func add(_ channel: any Channel) -> UInt64? {
        state.withLockedValue { state in
            guard !state.isStopping, state.connections.count < settings.connections else { return nil }
            state.opened += 1
            state.connections[ObjectIdentifier(channel)] = channel
            return state.opened
        }
    }

    /// Takes no more connections, lets messages under way end, and closes what is left after `grace`.
    package func stop(grace: Duration) async {
        let (listening, open) = state.withLockedValue { state in
            defer {
                state.isStopping = true
                state.listening = nil
            }
            return (state.listening, Array(state.connections.values))
        }
        try? await listening?.close()
        for channel in open {
            channel.pipeline.fireUserInboundEventTriggered(MilterStopEvent())
            let timer = channel.eventLoop.scheduleTask(in: TimeAmount(grace)) { channel.close(promise: nil) }
            channel.closeFuture.whenComplete { _ in timer.cancel() }
        }
        for channel in open { try? await channel.closeFuture.get() }
    }
}
