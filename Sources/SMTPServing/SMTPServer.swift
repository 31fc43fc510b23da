package import MailTypes
import NIOConcurrencyHelpers
package import NIOCore
import NIOPosix
package import SMTPProtocol

/// The SMTP intake: all listeners, their sessions, their common limits.
///
/// `start` binds, `reload` gives new settings to what runs, `stop` lets messages finish and ends. Sessions live on the
/// event loops of `group`, which the caller owns.
package final class SMTPServer: Sendable {
    private enum State {
        case idle
        case starting
        case running(channels: [any Channel])
        case stopped
    }

    private let group: any EventLoopGroup
    private let ledger = ConnectionLedger()
    private let memory: MemoryBudget
    private let state = NIOLockedValueBox(State.idle)
    private let services: NIOLockedValueBox<[String: ListenerService]>
    private let listeners: [SMTPListener]
    private let loops = NIOLockedValueBox<[ObjectIdentifier: NIOLoopBound<LoopSessions>]>([:])
    private let boundListeners = NIOLockedValueBox<[BoundListener]>([])

    /// Connections that the kernel keeps while we are busy; `net.core.somaxconn` may cut it.
    private static let backlog: Int32 = 4096

    /// - Parameters:
    ///   - listeners: with names that differ.
    ///   - authenticator: `nil`: nobody can log in.
    ///   - group: of NIO's POSIX kind.
    package init(
        listeners: [SMTPListener], limits: IntakeLimits, policy: any SubmissionPolicy,
        authenticator: (any Authenticating)?, group: any EventLoopGroup
    ) {
        self.group = group
        self.listeners = listeners
        memory = MemoryBudget(limit: limits.memory)
        services = NIOLockedValueBox(Self.services(listeners, limits, policy, authenticator))
    }

    private static func services(
        _ listeners: [SMTPListener], _ limits: IntakeLimits, _ policy: any SubmissionPolicy,
        _ authenticator: (any Authenticating)?
    ) -> [String: ListenerService] {
        Dictionary(
            listeners.map {
                ($0.name, ListenerService($0, limits: limits, policy: policy, authenticator: authenticator))
            },
            uniquingKeysWith: { first, _ in first })
    }

    /// Where it listens, with the real ports; empty before `start`.
    package var bound: [BoundListener] { boundListeners.withLockedValue { $0 } }

    package var statistics: IntakeStatistics {
        let counts = ledger.counts
        return IntakeStatistics(
            connections: counts.open, opened: counts.opened, turnedAway: counts.turnedAway, memory: memory.used)
    }

    /// Connections of a customer that are open.
    package func connections(of customer: CustomerID) -> Int { ledger.count(customer) }

    // MARK: - Start

    /// Binds every address of every listener. All or none: if one cannot be bound, the others are closed again.
    @discardableResult
    package func start() async throws(SMTPServerError) -> [BoundListener] {
        let mayStart = state.withLockedValue { state in
            guard case .idle = state else { return false }
            state = .starting
            return true
        }
        guard mayStart else { throw SMTPServerError(.alreadyStarted, "the intake runs already, or has ended") }
        if let listener = listeners.first(where: { $0.kind == .submissions && $0.tls == nil }) {
            throw SMTPServerError(.tlsNeeded, "listener \(listener.name) needs a certificate: it speaks TLS at once")
        }
        var channels: [any Channel] = []
        do {
            for loop in group.makeIterator() { try await prepare(loop) }
            var bound: [BoundListener] = []
            for listener in listeners {
                for address in listener.addresses {
                    let channel = try await bind(listener, address)
                    channels.append(channel)
                    if let local = channel.localAddress, let ip = local.mailAddress, let port = local.port {
                        bound.append(
                            BoundListener(name: listener.name, address: ip, port: UInt16(truncatingIfNeeded: port)))
                    }
                }
            }
            let result = bound
            boundListeners.withLockedValue { $0 = result }
        } catch {
            for channel in channels { try? await channel.close() }
            state.withLockedValue { $0 = .stopped }
            throw error as? SMTPServerError ?? SMTPServerError(.bind, "the intake cannot start", cause: error)
        }
        let running = channels
        state.withLockedValue { $0 = .running(channels: running) }
        return bound
    }

    /// Makes the loop's list of sessions, and its clock.
    private func prepare(_ loop: any EventLoop) async throws {
        let (ledger, memory) = (ledger, memory)
        let bound = try await loop.submit {
            NIOLoopBound(LoopSessions(loop, ledger: ledger, memory: memory, now: .now()), eventLoop: loop)
        }.get()
        loops.withLockedValue { $0[ObjectIdentifier(loop)] = bound }
        loop.scheduleRepeatedTask(initialDelay: LoopSessions.tickInterval, delay: LoopSessions.tickInterval) { task in
            let sessions = bound.value
            if sessions.isStopping, sessions.count == 0 { task.cancel() }
            sessions.tick(.now())
        }
    }

    private func bind(_ listener: SMTPListener, _ address: SMTPListener.Address) async throws -> any Channel {
        let name = listener.name
        var bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: 16)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelInitializer { channel in self.initialise(channel, listener: name) }
        if case .ip(let ip, _) = address, !ip.isIPv4 {
            bootstrap = bootstrap.serverChannelOption(
                ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only), value: 1)
        }
        do {
            switch address {
            case .ip(let ip, let port):
                return try await bootstrap.bind(host: ip.description, port: Int(port)).get()
            case .descriptor(let descriptor): return try await bootstrap.withBoundSocket(descriptor).get()
            }
        } catch {
            let place =
                switch address {
                case .ip(let ip, let port): ip.isIPv4 ? "\(ip):\(port)" : "[\(ip)]:\(port)"
                case .descriptor(let descriptor): "descriptor \(descriptor)"
                }
            throw SMTPServerError(.bind, "listener \(name) cannot use \(place)", cause: error)
        }
    }

    private func initialise(_ channel: any Channel, listener name: String) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let loop = loops.withLockedValue { $0[ObjectIdentifier(channel.eventLoop)] }
            let service = services.withLockedValue { $0[name] }
            guard let loop, let service, let remote = channel.remoteAddress, let address = remote.mailAddress else {
                throw ChannelError.inappropriateOperationForState
            }
            let port = UInt16(truncatingIfNeeded: remote.port ?? 0)
            let handler = SMTPServerHandler(service, loop.value, address: address, port: port)
            try channel.pipeline.syncOperations.addHandler(handler)
        }
    }

    // MARK: - Reload

    /// Gives new settings to what runs, and drops no connection: sessions take them at their next command outside a
    /// message. A client that is no customer's any more is a stranger from then on; logins stay, and the policy is asked
    /// about them at each MAIL.
    ///
    /// Listeners are known by name. Their addresses stay as they are bound.
    /// - Returns: the names of listeners that were not there at the start, or whose addresses differ: they need a restart.
    @discardableResult
    package func reload(
        listeners: [SMTPListener], limits: IntakeLimits, policy: any SubmissionPolicy,
        authenticator: (any Authenticating)?
    ) -> [String] {
        let known = Dictionary(self.listeners.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let usable = listeners.filter { known[$0.name] != nil && ($0.kind != .submissions || $0.tls != nil) }
        let fresh = Self.services(usable, limits, policy, authenticator)
        memory.setLimit(limits.memory)
        services.withLockedValue { $0.merge(fresh) { _, new in new } }
        for bound in loops.withLockedValue({ Array($0.values) }) {
            bound.eventLoop.execute { bound.value.replace(fresh) }
        }
        return listeners.filter { $0.addresses != known[$0.name]?.addresses || fresh[$0.name] == nil }.map(\.name)
    }

    // MARK: - Stop

    /// Takes no more connections, says 421 to all that are between messages, lets the others finish theirs, and ends what
    /// is left after `grace`.
    package func stop(grace: Duration) async {
        let channels: [any Channel] = state.withLockedValue { state in
            defer { state = .stopped }
            if case .running(let channels) = state { return channels }
            return []
        }
        for channel in channels { try? await channel.close() }
        let bounds = loops.withLockedValue { Array($0.values) }
        let ends = bounds.map { bound in
            bound.eventLoop.flatSubmit {
                let sessions = bound.value
                let end = sessions.stop()
                let timer = sessions.eventLoop.scheduleTask(in: TimeAmount(grace)) { bound.value.endAll() }
                end.whenComplete { _ in timer.cancel() }
                return end
            }
        }
        for end in ends { try? await end.get() }
    }
}
