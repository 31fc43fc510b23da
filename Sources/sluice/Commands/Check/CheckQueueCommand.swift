import ArgumentParser

/// `sluice check queue`: whether spam waits in the queue.
struct CheckQueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Reads the mail server's whole queue and says whether spam waits in it.",
        discussion: "`sluice queue scan` shows the groups; `sluice queue prove` answers for a case.")

    @OptionGroup var options: QueueOptions
    @OptionGroup var source: CheckSource
    @OptionGroup var output: CheckOutput

    func run() async throws {
        let place = QueueGroup.Place(
            kind: try options.kind(), program: options.program, configuration: options.mailConfig)
        try await CheckRun(source: source, output: output).run([QueueGroup(place)])
    }
}
