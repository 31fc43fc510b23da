import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// What all our HTTP listeners have in common: bounds on connections, header and time.
enum HTTPApplication {
    /// Connections at a time; more wait.
    private static let connections = 512
    /// A connection on which nothing comes is closed; also one that sends its request a byte at a time.
    private static let idle = TimeAmount.seconds(60)

    static func run(
        _ router: Router<ConsoleContext>, host: String, port: Int, logger: Logger,
        onRunning: @escaping @Sendable (Int?) -> Void
    ) async throws {
        let application = Application(
            router: router,
            server: .http1(
                configuration: .init(
                    idleTimeout: idle,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 8192, maxHeaderListSize: 32_768, maxHeaderFieldCount: 100))),
            configuration: .init(
                address: .hostname(host, port: port), serverName: "sluice",
                availableConnectionsDelegate: MaximumAvailableConnections(connections)),
            onServerRunning: { channel in onRunning(channel.localAddress?.port) }, logger: logger)
        try await application.run()
    }

    static func router() -> Router<ConsoleContext> {
        Router(context: ConsoleContext.self, options: .autoGenerateHeadEndpoints)
    }
}
