import ArgumentParser
import ContentAnalysis

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "What this is.")
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        if json { return try JSONOutput.print(["version": Version.text]) }
        Terminal.line("sluice \(Version.text)")
    }
}
