import ArgumentParser
import Console
import Credentials
import Foundation
import Gateway
import Logging
import MailTypes
import ServiceLifecycle
import SluiceConfiguration
import UnixSignals

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Runs the gateway.",
        discussion: """
            SIGHUP reads the configuration again without dropping a connection; a bad file leaves the old one in use.
            SIGTERM and SIGINT end it: messages under way are finished first.
            """)
    @OptionGroup var config: ConfigurationOption

    /// Binds the ports and becomes the configured user on the first thread, before there is another; then serves.
    func run() throws {
        let configuration = try config.load()
        do throws(GatewayError) {
            let logging = configuration.logging
            let output = try LogOutput(format: logging.format == .json ? .json : .text, path: logging.file)
            Privileges.raiseFileLimit()
            let sockets = try ListeningSockets.open(configuration.listeners)
            // The HTTP server binds by itself, later; that the port is taken is told now, in words.
            close(try ListeningSockets.bind(configuration.http.address))
            try Privileges.prepareDirectory(configuration.stateDirectory, user: configuration.user)
            try Privileges.drop(user: configuration.user, group: configuration.group)
            output.start()
            let serving = Serving(configuration: configuration, file: config.file, sockets: sockets, output: output)
            Task {
                let status = await serving.run()
                output.close()
                Foundation.exit(status)
            }
            dispatchMain()
        } catch {
            throw CommandFailure.cannot(error.message)
        }
    }
}

/// What `serve` does once it is who it is to be.
private struct Serving: Sendable {
    let configuration: Configuration
    let file: String?
    let sockets: ListeningSockets
    let output: LogOutput

    /// Until it is told to end; gives the exit status.
    func run() async -> Int32 {
        let level = Logger.Level(rawValue: configuration.logging.level.rawValue) ?? .info
        let logger = Logger(label: "sluice") { OutputLogHandler(label: $0, level: level, output: output) }
        do {
            try await serve(logger)
            return 0
        } catch {
            logger.critical("cannot go on", metadata: ["error": "\(error)"])
            if configuration.logging.file != nil { Terminal.error("\(error)") }
            return 1
        }
    }

    private func serve(_ logger: Logger) async throws {
        let gateway = try Gateway(configuration, sockets: sockets, logger: logger)
        let http = configuration.http.address
        var quiet = logger
        quiet.logLevel = max(.warning, logger.logLevel)
        let console = try gateway.console(configuration)
        let own = configuration.http.consoleAddress
        let certificate = gateway.httpCertificate
        var services: [any Service] = [
            HealthServer(
                host: http.address.description, port: Int(http.port), sources: gateway.health,
                console: own == nil ? console : nil, tls: own == nil ? certificate : nil, logger: quiet,
                onRunning: Self.told("http", http, logger)),
            LocalServer(directory: configuration.stateDirectory, console: console, logger: quiet),
            GatewayService(gateway: gateway),
            ReloadService(gateway: gateway, file: file, output: output, logger: logger),
        ]
        if let own {
            services.append(
                ConsoleServer(
                    host: own.address.description, port: Int(own.port), console: console, tls: certificate,
                    logger: quiet,
                    onRunning: Self.told("console", own, logger)))
        }
        // Ended in the opposite order: health tells of the stop until the last.
        var group = ServiceGroupConfiguration(
            services: services.map {
                .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            }, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        group.maximumGracefulShutdownDuration = .seconds(55)
        try await ServiceGroup(configuration: group).run()
    }

    /// Says in the log where it listens.
    private static func told(_ name: String, _ address: SluiceConfiguration.SocketAddress, _ logger: Logger)
        -> @Sendable (Int?) -> Void
    {
        { port in
            logger.notice("listening", metadata: ["listener": "\(name)", "address": "\(address.address):\(port ?? 0)"])
        }
    }
}

/// The gateway as a service: runs until the group is asked to end.
private struct GatewayService: Service {
    let gateway: Gateway

    func run() async throws {
        do {
            try await gateway.start()
        } catch {
            await gateway.stop()
            throw error
        }
        try? await gracefulShutdown()
        await gateway.stop()
    }
}

/// Reads the configuration again at each SIGHUP, and opens the log file anew for whoever rotates it.
private struct ReloadService: Service {
    let gateway: Gateway
    let file: String?
    let output: LogOutput
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do throws(GatewayError) { try output.reopen() } catch {
                logger.error("the log was not opened anew", metadata: ["error": "\(error)"])
            }
            reload()
        }
    }

    private func reload() {
        guard let file else { return logger.notice("nothing to reload: no configuration file") }
        let reading = Configuration.load(file, checkCredential: PasswordHash.problem)
        for problem in reading.problems {
            logger.log(
                level: problem.severity == .error ? .error : .warning, "configuration",
                metadata: ["problem": "\(problem.description)"])
        }
        guard let configuration = reading.configuration else {
            return logger.error("the old configuration stays in use", metadata: ["file": "\(file)"])
        }
        do {
            try gateway.reload(configuration)
        } catch {
            logger.error(
                "the old configuration stays in use", metadata: ["file": "\(file)", "error": "\(error)"])
        }
    }
}
