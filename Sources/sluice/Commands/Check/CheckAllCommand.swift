import ArgumentParser
import MailTypes
import Posture

/// `sluice check all`, and `sluice check` alone.
struct CheckAllCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all", abstract: "Looks at everything: each part as far as this host or the folder allows.")

    @Option(help: "Tell all about one check, such as RELAY-01; \"all\" lists them.")
    var explain: String?

    @OptionGroup var options: CheckOptions
    @OptionGroup var dns: DNSOptions
    @OptionGroup var lists: ListingOptions
    @OptionGroup var source: CheckSource
    @OptionGroup var output: CheckOutput

    func run() async throws {
        if let explain { return try Self.explain(explain) }
        let groups = try await CheckGroups.all(options, dns, lists, fromFiles: source.fromFiles != nil)
        try await CheckRun(source: source, output: output).run(groups, withSecrets: true, isWhole: true)
    }

    static func explain(_ name: String) throws {
        if name == "all" {
            for check in Check.all { Terminal.line("\(check.id)  \(check.title)") }
            return
        }
        guard let id = CheckID(name), let check = Check.find(id) else {
            throw CommandFailure.input("there is no check \(SafeText.printable(name)); --explain all lists them")
        }
        Terminal.line(check.explanation)
    }
}
