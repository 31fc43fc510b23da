import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
package import NIOSSL

/// What all our HTTP listeners have in common: bounds on connections, header and time.
enum HTTPApplication {
    /// Connections at a time; more wait.
    private static let connections = 512
    /// A connection on which nothing comes is closed; also one that sends its request a byte at a time.
    private static let idle = TimeAmount.seconds(60)

    /// - Parameter tls: the certificate's context, asked for each connection; `nil`: plain HTTP.
    static func run(
        _ router: Router<ConsoleContext>, at address: BindAddress, tls: HTTPCertificate? = nil, logger: Logger,
        onRunning: @escaping @Sendable (Int?) -> Void
    ) async throws {
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: 8192, maxHeaderListSize: 32_768, maxHeaderFieldCount: 100)
        let application = Application(
            router: router,
            server: HTTPServerBuilder { responder in
                let plain = HTTP1Channel(
                    responder: responder, configuration: .init(idleTimeout: idle, httpDecoderConfiguration: decoder))
                guard let tls else { return plain }
                return EncryptedChannel(plain, certificate: tls)
            },
            configuration: .init(
                address: address, serverName: "sluice",
                availableConnectionsDelegate: MaximumAvailableConnections(connections)),
            onServerRunning: { channel in onRunning(channel.localAddress?.port) }, logger: logger)
        try await application.run()
    }

    static func router() -> Router<ConsoleContext> {
        Router(context: ConsoleContext.self, options: .autoGenerateHeadEndpoints)
    }
}

/// The certificate of an HTTP listener, as it is now: a renewed one is used from the next connection on.
package struct HTTPCertificate: Sendable {
    let context: @Sendable () -> NIOSSLContext

    package init(_ context: @escaping @Sendable () -> NIOSSLContext) { self.context = context }
}

/// TLS around a connection's HTTP.
private struct EncryptedChannel<Base: ServerChildChannel>: ServerChildChannel {
    private let base: Base
    private let certificate: HTTPCertificate

    init(_ base: Base, certificate: HTTPCertificate) {
        self.base = base
        self.certificate = certificate
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificate.context()))
        }.flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
