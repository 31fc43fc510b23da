import ArgumentParser
import Audit

/// `sluice check egress`: ways by which mail leaves past the mail server.
struct CheckEgressCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "egress",
        abstract: "Looks for open proxies, ssh tunnels, PHP senders, and who here may open port 25 on the internet.",
        discussion: """
            Each listening socket of this host that strangers reach is asked as a proxy; the destination is a socket of our \
            own. With --sink, one connection to port 25 of that host is opened and closed without a word.
            """)

    @OptionGroup var options: CheckOptions
    @OptionGroup var source: CheckSource
    @OptionGroup var output: CheckOutput

    func run() async throws {
        try await CheckRun(source: source, output: output).run([EgressGroup(sink: options.sink)])
    }
}
