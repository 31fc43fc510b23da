import ArgumentParser
import ControlStore
import MailTypes
import SluiceConfiguration

struct CredentialTokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Makes a token for the API, and prints what is to be configured for it.",
        discussion: """
            The token is shown once and kept nowhere; whoever has it may use the API with its role. Put the lines below it into
            the configuration under http, and reload the gateway (SIGHUP).
            """)
    @Option(help: "Whose it is, for the audit log.") var name: String
    @Option(help: "read, act or admin.") var role: Configuration.APIToken.Role = .read
    @Flag(help: "As JSON.") var json = false

    func validate() throws {
        guard (1...64).contains(name.utf8.count), SafeText.ascii(name) == name, !name.contains("'") else {
            throw ValidationError("A name has 1 to 64 printable characters.")
        }
    }

    func run() throws {
        var generator = SystemRandomNumberGenerator()
        let token = CapabilityToken(using: &generator)
        let digest = Hexadecimal.text(token.digest)
        if json {
            return try JSONOutput.print([
                "token": token.text, "name": name, "role": role.rawValue, "digest": digest,
            ])
        }
        Terminal.line(token.text)
        Terminal.line("")
        Terminal.line("http:")
        Terminal.line("  tokens:")
        Terminal.line("    - name: '\(name)'")
        Terminal.line("      role: \(role.rawValue)")
        Terminal.line("      digest: \(digest)")
    }
}

extension Configuration.APIToken.Role: ExpressibleByArgument {}
