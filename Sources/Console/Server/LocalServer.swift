import Foundation
import Hummingbird
import HummingbirdCore
package import Logging
import MailTypes
import ServiceLifecycle

/// The API on a socket in the state directory, for commands of this machine. Who can reach it can change the databases that lie
/// beside it, so it asks for no token: it only wants to know who it is, for the audit log (`Sluice-Operator`).
package struct LocalServer: Service {
    /// Beside the databases.
    package static func path(in directory: String) -> String { directory + "/api.sock" }

    /// The longest path that a socket can have (`sun_path`, unix(7)).
    package static let longestPath = 107

    private let path: String
    private let console: ConsoleRoutes
    private let logger: Logger
    private let onRunning: @Sendable () -> Void

    package init(
        directory: String, console: ConsoleRoutes, logger: Logger, onRunning: @escaping @Sendable () -> Void = {}
    ) {
        path = Self.path(in: directory)
        self.console = console
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Serves until the service group shuts down gracefully.
    package func run() async throws {
        guard path.utf8.count <= Self.longestPath else {
            logger.warning(
                "no socket for commands: the path is too long; they work on the databases",
                metadata: ["path": "\(SafeText.printable(path))"])
            return try await gracefulShutdown()
        }
        let router = HTTPApplication.router()
        console.registerLocal(on: router)
        let path = path
        let onRunning = onRunning
        try await HTTPApplication.run(router, at: .unixDomainSocket(path: path), logger: logger) { _ in
            chmod(path, 0o600)
            onRunning()
        }
        unlink(path)
    }
}
