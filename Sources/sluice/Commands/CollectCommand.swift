import ArgumentParser
import Audit
import Foundation
import MailTypes

/// `sluice collect`: what the checks want to see of a host, in one folder, to be looked at elsewhere.
struct CollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Writes what `sluice check --from-files` needs of this host into a new folder.",
        discussion: """
            Run it as root. Nothing is changed on the host. The folder is readable by its owner only; stored passwords are \
            left out unless --with-hashes, and then stand apart in the folder `hashes`. Documentation/collect.md lists all \
            files. Look at it before you give it away: mail servers' configurations may name passwords of databases.
            """)

    @Argument(help: "The folder to make; it must not be there yet.", completion: .directory)
    var folder: String

    @Flag(help: "Also shadow, Dovecot's passwd-files and Samba's hashes, for `sluice check passwords`.")
    var withHashes = false

    @Option(help: "A file to put in as it is, NAME=PATH, as firewall/cloud.json=sg.json (several times).")
    var add: [String] = []

    func run() async throws {
        var facts = CollectedFacts()
        for text in add {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, parts[0].contains("/") else {
                throw CommandFailure.input("--add \(SafeText.printable(text)): NAME=PATH, NAME as firewall/cloud.json")
            }
            facts[parts[0]] = .content(try CheckFile.bytes(parts[1]))
        }
        let line = CheckProgress("collecting", isShown: true)
        let gathered = await FactGatherer().gather(CheckGroups.sources, withSecrets: withHashes) { line.show($0) }
        line.end()
        facts.merge(gathered)
        facts.merge(await MTAGroup.tableFacts(facts))
        do throws(AuditError) {
            try FactFolder.write(SecretLines.without(facts), to: folder)
        } catch {
            throw CommandFailure.cannot(SafeText.printable(error.message, limit: 300))
        }
        let all = facts.entries.values
        let count = all.count { if case .content = $0 { true } else { false } }
        Terminal.line(
            "\(count) files in \(SafeText.printable(folder)); \(all.count - count) were not there (listed in `missing`)"
        )
        if withHashes {
            Terminal.line("The folder `hashes` holds stored passwords: send it only encrypted, delete it afterwards.")
        }
    }
}
