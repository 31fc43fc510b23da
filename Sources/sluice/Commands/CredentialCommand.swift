import ArgumentParser
import Credentials
import MailTypes

struct CredentialCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credential", abstract: "Stored passwords and tokens of the API, for the configuration.",
        subcommands: [Hash.self, CredentialTokenCommand.self])

    struct Hash: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads a password and prints what is to be stored.",
            discussion: """
                The password is read from the terminal without echo, or from the first line of standard input; never from
                the command line, which others can see. scram-sha-256 lets clients log in without showing it to us.
                """)
        @Option(help: "How it is stored.") var scheme: PasswordHash.Scheme = .scramSHA256
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            guard let password = Terminal.secret(prompt: "Password: "), !password.isEmpty else {
                throw CommandFailure.input("there is no password on standard input")
            }
            if Terminal.isInteractive {
                guard Terminal.secret(prompt: "Again: ") == password else {
                    throw CommandFailure.input("the two passwords differ")
                }
            }
            var random = SystemRandomNumberGenerator()
            let hash: PasswordHash
            do throws(CredentialError) {
                hash = try PasswordHash.make(password, scheme: scheme, using: &random)
            } catch {
                throw CommandFailure.input(error.message)
            }
            if json { return try JSONOutput.print(["scheme": scheme.rawValue, "credential": hash.text]) }
            Terminal.line(hash.text)
        }
    }
}

extension PasswordHash.Scheme: ExpressibleByArgument {}
