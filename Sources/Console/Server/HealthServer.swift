import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// The gateway's HTTP side: `/healthz` (the process lives), `/readyz` (it accepts mail), `/metrics`.
///
/// Nothing here changes anything and nothing names a customer, so it needs no login; it still binds to loopback unless
/// the configuration says otherwise.
package struct HealthServer: Service {
    /// What the endpoints tell, asked at each request; both must be quick.
    package struct Sources: Sendable {
        /// Why the gateway does not accept mail now, or `nil` when it does.
        package var unreadiness: @Sendable () -> String?
        package var metrics: @Sendable () -> [MetricFamily]

        package init(
            unreadiness: @escaping @Sendable () -> String?, metrics: @escaping @Sendable () -> [MetricFamily]
        ) {
            self.unreadiness = unreadiness
            self.metrics = metrics
        }
    }

    private let host: String
    private let port: Int
    private let sources: Sources
    private let console: ConsoleRoutes?
    private let tls: HTTPCertificate?
    private let logger: Logger
    private let onRunning: @Sendable (Int?) -> Void

    /// - Parameters:
    ///   - host: the address to bind.
    ///   - port: 0 lets the system choose; `onRunning` is told which.
    ///   - console: API and pages, where they are on the same listener.
    package init(
        host: String, port: Int, sources: Sources, console: ConsoleRoutes? = nil, tls: HTTPCertificate? = nil,
        logger: Logger,
        onRunning: @escaping @Sendable (Int?) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.sources = sources
        self.console = console
        self.tls = tls
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Serves until the service group shuts down gracefully.
    package func run() async throws {
        let router = HTTPApplication.router()
        Self.register(sources, on: router)
        console?.register(on: router, isEncrypted: tls != nil)
        try await HTTPApplication.run(
            router, at: .hostname(host, port: port), tls: tls, logger: logger, onRunning: onRunning)
        await console?.threads.shutdown()
    }

    private static func register(_ sources: Sources, on router: Router<ConsoleContext>) {
        router.get("/healthz") { _, _ in text("ok\n") }
        router.get("/readyz") { _, _ in
            if let reason = sources.unreadiness() { return text(reason + "\n", status: .serviceUnavailable) }
            return text("ready\n")
        }
        router.get("/metrics") { _, _ in
            text(MetricFamily.exposition(sources.metrics()), type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    private static func text(
        _ body: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}
