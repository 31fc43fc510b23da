import ArgumentParser
import Audit
import MailTypes

/// `sluice check exchange`: what connectors, domains and mailboxes let through.
struct CheckExchangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange",
        abstract: "Reads exports of Exchange and of IIS SMTP (MetaBase.xml) for relays, logins, forwards and limits.",
        discussion: """
            Exports are Export-Clixml, ConvertTo-Json, or the text of Format-List (with $FormatEnumerationLimit = -1); UTF-8 or \
            UTF-16. packaging/collect-exchange.ps1 writes them all into one folder for --from-files.
            """)

    @Argument(help: "Exports. None: those in --from-files.", completion: .file())
    var files: [String] = []

    @OptionGroup var options: CheckOptions
    @OptionGroup var source: CheckSource
    @OptionGroup var output: CheckOutput

    func run() async throws {
        guard !files.isEmpty || source.fromFiles != nil else {
            throw CommandFailure.input("give exports, or --from-files FOLDER")
        }
        var given: [ExchangeExport] = []
        for path in files {
            let bytes = try CheckFile.bytes(path)
            do throws(AuditError) {
                given.append(try ExchangeReader.read(SafeText.printable(path), bytes))
            } catch {
                throw CommandFailure.input(error.message)
            }
        }
        try await CheckRun(source: source, output: output).run([try await CheckGroups.exchange(given, options)])
    }
}
