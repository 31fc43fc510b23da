import Glibc
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import SMTPProtocol

/// One SMTP connection that asks and never sends a message.
struct ProbeConnection {
    private let channel: any Channel
    private let handler: ProbeHandler
    private let timeout: Duration
    /// The address that was connected to.
    let address: IPAddress

    static func open(
        host: String, port: Int, source: IPAddress? = nil, isSecure: Bool, timeout: Duration,
        on group: any EventLoopGroup
    ) async throws(AuditError) -> ProbeConnection {
        let handler = ProbeHandler()
        do {
            var bootstrap = ClientBootstrap(group: group)
            if let source {
                bootstrap = try bootstrap.bind(to: NIOCore.SocketAddress(ipAddress: source.description, port: 0))
            }
            let channel =
                try await bootstrap
                .connectTimeout(TimeAmount(timeout))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler) }
                }
                .connect(host: host, port: port).get()
            guard let address = channel.remoteAddress?.ipAddress.flatMap({ IPAddress($0) }) else {
                throw AuditError(.connection, "the server's address is not known")
            }
            let connection = ProbeConnection(channel: channel, handler: handler, timeout: timeout, address: address)
            if isSecure { try await connection.handshake(host) }
            return connection
        } catch let error as AuditError {
            throw error
        } catch {
            let place = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
            throw AuditError(
                .connection, SafeText.printable("no connection to \(place): \(Self.reason(error, timeout))"))
        }
    }

    /// In words that people know.
    private static func reason(_ error: any Error, _ timeout: Duration) -> String {
        switch error {
        case let error as NIOConnectionError:
            guard let last = error.connectionErrors.last else { return "the name has no address" }
            return reason(last.error, timeout)
        case ChannelError.connectTimeout: return "no answer within \(timeout)"
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        default: return "\(error)"
        }
    }

    func greeting() async throws(AuditError) -> Reply { try await reply() }

    /// Sends a line without its end and gives the reply.
    func command(_ line: String) async throws(AuditError) -> Reply {
        guard !line.utf8.contains(where: { $0 == 0x0a || $0 == 0x0d || $0 == 0 }) else {
            throw AuditError(.input, "a command with a line end in it")
        }
        do {
            try await channel.writeAndFlush(channel.allocator.buffer(string: line + "\r\n")).get()
        } catch {
            throw AuditError(.connection, SafeText.printable("\(error)"))
        }
        return try await reply()
    }

    /// A message's lines after DATA, and the dot; gives the reply to it.
    func message(_ lines: [String]) async throws(AuditError) -> Reply {
        guard !lines.contains(where: { $0.utf8.contains { $0 == 0x0a || $0 == 0x0d || $0 == 0 } || $0.hasPrefix(".") })
        else { throw AuditError(.input, "a line with a line end in it") }
        do {
            let text = lines.joined(separator: "\r\n") + "\r\n.\r\n"
            try await channel.writeAndFlush(channel.allocator.buffer(string: text)).get()
        } catch {
            throw AuditError(.connection, SafeText.printable("\(error)"))
        }
        return try await reply()
    }

    private func reply() async throws(AuditError) -> Reply {
        do {
            return try await handler.next(on: channel.eventLoop, within: timeout).get()
        } catch let error as AuditError {
            throw error
        } catch {
            throw AuditError(.connection, SafeText.printable("\(error)"))
        }
    }

    /// Begins TLS. By default the certificate is not judged: an old or self-made one hides no relay.
    func handshake(_ host: String, verifies: Bool = false, maximum: TLSVersion? = nil) async throws(AuditError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = verifies ? .fullVerification : .none
        configuration.minimumTLSVersion = .tlsv1
        configuration.maximumTLSVersion = maximum
        let context: NIOSSLContext
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw AuditError(.tls, SafeText.printable("\(error)"))
        }
        let name = IPAddress(host) == nil ? host : nil
        try await begin { try NIOSSLClientHandler(context: context, serverHostname: name) }
    }

    /// Begins TLS and gives all certificates that the server shows, its own first; none is judged.
    func handshakeShowing(_ name: String) async throws(AuditError) -> [NIOSSLCertificate] {
        let shown = NIOLockedValueBox<[NIOSSLCertificate]>([])
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .noHostnameVerification
        let context: NIOSSLContext
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw AuditError(.tls, SafeText.printable("\(error)"))
        }
        try await begin {
            try NIOSSLClientHandler(
                context: context, serverHostname: name,
                customVerificationCallback: { certificates, promise in
                    shown.withLockedValue { $0 = certificates }
                    promise.succeed(.certificateVerified)
                })
        }
        return shown.withLockedValue { $0 }
    }

    private func begin(_ make: @escaping @Sendable () throws -> NIOSSLClientHandler) async throws(AuditError) {
        do {
            let done = channel.eventLoop.makePromise(of: Void.self)
            handler.beginHandshake(done)
            let timer = channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) { [handler, timeout] in
                handler.fail(AuditError(.timeout, "no TLS handshake within \(timeout)"))
            }
            try await channel.eventLoop.submit { [channel] in
                try channel.pipeline.syncOperations.addHandler(try make(), position: .first)
            }.get()
            try await done.futureResult.get()
            timer.cancel()
        } catch {
            throw AuditError(.tls, SafeText.printable("\(error)"))
        }
    }

    /// When the peer's certificate ends, in seconds since 1970; `nil`: it has none.
    func certificateEnd() async -> Int? {
        guard let certificate = try? await channel.nioSSL_peerCertificate().get() else { return nil }
        return Int(certificate.notValidAfter)
    }

    /// Says goodbye without waiting.
    func close() async {
        try? await channel.writeAndFlush(channel.allocator.buffer(string: "QUIT\r\n")).get()
        try? await channel.close().get()
    }
}
