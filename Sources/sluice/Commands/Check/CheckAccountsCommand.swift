import ArgumentParser
import Audit
import Foundation
import MailTypes
import NIOPosix
import Posture

/// `sluice check accounts`: accounts that nobody answers for, and passwords that can be guessed; offline, from exports.
struct CheckAccountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts",
        abstract: "Looks in exports for guest, test and unused accounts, and tries guesses against stored passwords.",
        discussion: """
            Reads passwd, shadow, Dovecot's passwd-file, htpasswd, LDIF, CSV with a header, and Get-LocalUser as JSON; \
            UTF-8 or UTF-16. Give passwd and shadow together. Nothing is sent anywhere, and no password is ever shown.
            """)

    @Argument(help: "Files, each as PATH or FORMAT=PATH (passwd, shadow, dovecot, htpasswd, ldif, csv, json).")
    var files: [String]

    @Flag(help: "Look at the accounts only, not at their passwords.")
    var skipPasswords = false

    @Option(help: "A word that passwords may be made of, as the company's name; may be given several times.")
    var word: [String] = []

    @Option(help: "A file of guesses, one a line.")
    var wordlist: String?

    @Option(help: "Seconds for the guessing, of all accounts together.")
    var seconds = 600

    @OptionGroup var output: CheckOutput

    func run() async throws {
        var lists: [(name: String, format: AccountReader.Format, accounts: [Account])] = []
        for file in files {
            let (path, format, bytes) = try open(file)
            do throws(PostureError) {
                lists.append((path, format, try AccountReader.read(bytes, format)))
            } catch {
                throw CommandFailure.input("\(SafeText.printable(path)): \(error)")
            }
        }
        if let passwd = lists.firstIndex(where: { $0.format == .passwd }),
            let shadow = lists.firstIndex(where: { $0.format == .shadow })
        {
            lists[passwd].accounts = AccountReader.merged(
                passwd: lists[passwd].accounts, shadow: lists[shadow].accounts)
            lists.remove(at: shadow)
        }
        var findings: [Finding] = []
        for list in lists {
            findings += AccountChecks.findings(list.accounts, target: list.name)
            if !skipPasswords { findings += try await guess(list.accounts, list.name) }
        }
        try output.tell(findings)
    }

    private func open(_ argument: String) throws -> (path: String, format: AccountReader.Format, bytes: [UInt8]) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        if parts.count == 2, let format = AccountReader.Format(rawValue: parts[0]) {
            return (parts[1], format, try CheckFile.bytes(parts[1]))
        }
        let bytes = try CheckFile.bytes(argument)
        guard let format = AccountReader.guess(bytes) else {
            throw CommandFailure.input(
                "\(SafeText.printable(argument)): say what it is, as passwd=\(SafeText.printable(argument))")
        }
        return (argument, format, bytes)
    }

    private func guess(_ accounts: [Account], _ name: String) async throws -> [Finding] {
        let year = Calendar(identifier: .gregorian).component(.year, from: Date())
        let lines = try wordlist.map { try CheckFile.text($0).split(separator: "\n").map(String.init) } ?? []
        let deadline = ContinuousClock.now + .seconds(seconds)
        let audit = PasswordAudit(guesses: GuessList(words: word, wordlist: lines, year: year)) {
            ContinuousClock.now > deadline
        }
        let pool = NIOThreadPool(numberOfThreads: max(1, ProcessInfo.processInfo.activeProcessorCount))
        pool.start()
        let results = try await audit.run(accounts, on: pool)
        try await pool.shutdownGracefully()
        return PasswordAudit.findings(results, target: name)
    }
}
