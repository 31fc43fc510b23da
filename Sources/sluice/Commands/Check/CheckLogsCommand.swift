import ArgumentParser

/// `sluice check logs`: what the logs show, as checks.
struct CheckLogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Looks in the logs for stolen accounts, spamming scripts, spikes and refusals.",
        discussion: "`sluice logs` tells the whole story of what is found here.")

    @OptionGroup var options: CheckOptions
    @OptionGroup var source: CheckSource
    @OptionGroup var output: CheckOutput

    func run() async throws {
        let group = try await LogsGroup(options, fromFiles: source.fromFiles != nil)
        try await CheckRun(source: source, output: output).run([group])
    }
}
