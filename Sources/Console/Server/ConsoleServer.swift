import HummingbirdCore
package import Logging
import ServiceLifecycle

/// API and pages on a listener of their own.
package struct ConsoleServer: Service {
    private let host: String
    private let port: Int
    private let console: ConsoleRoutes
    private let tls: HTTPCertificate?
    private let logger: Logger
    private let onRunning: @Sendable (Int?) -> Void

    /// - Parameters:
    ///   - port: 0 lets the system choose; `onRunning` is told which.
    package init(
        host: String, port: Int, console: ConsoleRoutes, tls: HTTPCertificate? = nil, logger: Logger,
        onRunning: @escaping @Sendable (Int?) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.console = console
        self.tls = tls
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Serves until the service group shuts down gracefully.
    package func run() async throws {
        let router = HTTPApplication.router()
        console.register(on: router, isEncrypted: tls != nil)
        try await HTTPApplication.run(
            router, at: .hostname(host, port: port), tls: tls, logger: logger, onRunning: onRunning)
        await console.threads.shutdown()
    }
}
