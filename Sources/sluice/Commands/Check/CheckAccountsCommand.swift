import ArgumentParser
import Audit
import Foundation
import MailTypes
import NIOPosix
import Posture

/// Account exports given on the command line.
struct CheckAccountFiles: ParsableArguments {
    @Argument(
        help:
            "Files, each as PATH or FORMAT=PATH (passwd, shadow, dovecot, doveadm, htpasswd, samba, ldif, csv, json, list). None: this host's.",
        completion: .file())
    var files: [String] = []

    func read() throws -> [AccountExport] {
        try files.map { argument in
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            let format = parts.count == 2 ? AccountReader.Format(rawValue: parts[0]) : nil
            let path = format == nil ? argument : parts[1]
            do throws(AuditError) {
                return try AccountExport.read(SafeText.printable(path), try bytes(path), format)
            } catch {
                throw CommandFailure.input(error.message)
            }
        }
    }

    private func bytes(_ path: String) throws(AuditError) -> [UInt8] {
        do {
            return try CheckFile.bytes(path)
        } catch let failure as CommandFailure {
            throw AuditError(.input, failure.message)
        } catch {
            throw AuditError(.input, "\(path) cannot be read")
        }
    }
}

/// `sluice check accounts`: accounts that should not be there, and passwords that can be guessed.
struct CheckAccountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts",
        abstract: "Looks for guest, test and unused accounts, and tries guesses against stored passwords in exports.",
        discussion: """
            Reads passwd, shadow, Dovecot's passwd-file, doveadm's output, htpasswd, pdbedit -Lw, LDIF, CSV with a header, and \
            Get-LocalUser as JSON; UTF-8 or UTF-16. Give passwd and shadow together. Nothing is sent anywhere, and no password \
            is ever shown.
            """)

    @OptionGroup var files: CheckAccountFiles

    @Flag(help: "Look at the accounts only, not at their passwords.")
    var skipPasswords = false

    @OptionGroup var options: CheckOptions
    @OptionGroup var source: CheckSource
    @OptionGroup var output: CheckOutput

    func run() async throws {
        let given = try files.read()
        var groups: [any AuditGroup] = [AccountsGroup(given)]
        if !given.isEmpty, !skipPasswords { groups.append(try CheckGroups.passwords(given, options)) }
        try await CheckRun(source: source, output: output).run(groups, isWhole: false)
    }
}

/// `sluice check passwords`: which stored passwords can be guessed.
struct CheckPasswordsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passwords",
        abstract: "Tries guesses made for each account against the stored passwords of this host or of exports.",
        discussion: """
            Offline: nothing is sent anywhere. The password itself is never shown, written or kept. With --online, a few \
            guesses for each account are tried at this host's own submission port, slowly; think of lock-outs and fail2ban.
            """)

    @OptionGroup var files: CheckAccountFiles

    @Flag(help: "Also try logins on this host.")
    var online = false

    @Option(help: "With --online: an address of this host.")
    var onlineAddress = IPAddress.v4(0x7f00_0001)

    @Option(help: "With --online: the port; 465 is TLS from the start.")
    var onlinePort = 587

    @Option(help: "With --online: tries an account, 1 to 4.")
    var tries = 3

    @Option(help: "With --online: milliseconds before each try.")
    var pace = 2000

    @OptionGroup var options: CheckOptions
    @OptionGroup var source: CheckSource
    @OptionGroup var output: CheckOutput

    func validate() throws {
        guard (1...OnlineTrial.maximumTries).contains(tries) else { throw ValidationError("--tries is 1 to 4.") }
        guard (0...600_000).contains(pace) else { throw ValidationError("--pace is 0 to 600000.") }
        guard (1...65535).contains(onlinePort) else { throw ValidationError("--online-port is 1 to 65535.") }
    }

    func run() async throws {
        var group = try CheckGroups.passwords(try files.read(), options)
        if online {
            do throws(AuditError) {
                group.trial = try OnlineTrial(
                    onlineAddress, port: onlinePort, tries: tries, pause: .milliseconds(pace), guesses: group.guesses)
            } catch {
                throw CommandFailure.input(error.message)
            }
        }
        try await CheckRun(source: source, output: output).run([group], withSecrets: true)
    }
}
