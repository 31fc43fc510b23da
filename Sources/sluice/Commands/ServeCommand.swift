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

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Runs the gateway.",
        discussion: """
            SIGHUP reads the configuration again without dropping a connection; a bad file leaves the old one in use.
            SIGTERM and SIGINT end it: messages under way are finished first.
            """)
    @OptionGroup var config: ConfigurationOption

    func run() async throws {
        let configuration = try config.load()
        let output: LogOutput
        do throws(GatewayError) {
            let logging = configuration.logging
            output = try LogOutput(format: logging.format == .json ? .json : .text, path: logging.file)
        } catch {
            throw CommandFailure.cannot(error.message)
        }
        let level = Logger.Level(rawValue: configuration.logging.level.rawValue) ?? .info
        let logger = Logger(label: "sluice") { OutputLogHandler(label: $0, level: level, output: output) }
        defer { output.close() }
        do {
            try await serve(configuration, logger, output)
        } catch let error as GatewayError {
            throw CommandFailure.cannot(error.message)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure.cannot("\(error)")
        }
    }

    private func serve(_ configuration: Configuration, _ logger: Logger, _ output: LogOutput) async throws {
        Privileges.raiseFileLimit()
        let sockets = try ListeningSockets.open(configuration.listeners)
        try Privileges.prepareDirectory(configuration.stateDirectory, user: configuration.user)
        try Privileges.drop(user: configuration.user, group: configuration.group)
        let gateway = try Gateway(configuration, sockets: sockets, logger: logger)
        let http = configuration.http.address
        var quiet = logger
        quiet.logLevel = max(.warning, logger.logLevel)
        let services: [any Service] = [
            HealthServer(
                host: http.address.description, port: Int(http.port), sources: gateway.health, logger: quiet,
                onRunning: { port in
                    logger.notice(
                        "listening", metadata: ["listener": "http", "address": "\(http.address):\(port ?? 0)"])
                }),
            GatewayService(gateway: gateway),
            ReloadService(gateway: gateway, file: config.file, output: output, logger: logger),
        ]
        // Ended in the opposite order: health tells of the stop until the last.
        var group = ServiceGroupConfiguration(
            services: services.map {
                .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            }, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        group.maximumGracefulShutdownDuration = .seconds(55)
        try await ServiceGroup(configuration: group).run()
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
