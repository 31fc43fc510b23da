import ArgumentParser
import Credentials
import SluiceConfiguration

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check the configuration, or print an example of all of it.",
        subcommands: [Check.self, Example.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads the configuration as `serve` would, and tells what is wrong, where, and how to mend it.",
            discussion: "Exit status 2 if there are errors; warnings alone are 0.")
        @Argument(
            help: "The configuration; the same as --config.", completion: .file(extensions: ["yaml", "yml"]))
        var file: String?
        @OptionGroup var config: ConfigurationOption
        @Flag(help: "As JSON.") var json = false

        private struct View: Encodable {
            var severity: String
            var file: String?
            var line: Int?
            var column: Int?
            var key: String
            var message: String
        }

        func validate() throws {
            if file != nil, config.path != nil { throw ValidationError("Name one file, by --config or without.") }
        }

        func run() throws {
            guard let file = file ?? config.file else {
                return json ? try JSONOutput.print([View]()) : Terminal.line("no file: the embedded default is in use")
            }
            let reading = Configuration.load(file, checkCredential: PasswordHash.problem)
            if json {
                try JSONOutput.print(
                    reading.problems.map {
                        View(
                            severity: $0.severity.rawValue, file: $0.file, line: $0.place?.line,
                            column: $0.place?.column, key: $0.keyPath, message: $0.message)
                    })
            } else {
                for problem in reading.problems { Terminal.line(problem.description) }
                if let configuration = reading.configuration {
                    Terminal.line(
                        "\(file) is good: \(configuration.listeners.count) listeners, "
                            + "\(configuration.customers.count) customers, \(configuration.routes.count) routes")
                }
            }
            if reading.configuration == nil { throw ExitCode(2) }
        }
    }

    struct Example: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints a configuration with every key, its default and what it does.")

        func run() { Terminal.line(Configuration.example) }
    }
}
