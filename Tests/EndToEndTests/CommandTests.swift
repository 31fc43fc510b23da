import Foundation
import Testing

/// The command as a new user meets it.
struct CommandTests {
    private func sluice(_ words: String..., input: String? = nil) async throws -> Command.Result {
        try await Command.run(try SluiceProcess.command, words, input: input)
    }

    @Test func everyCommandHasHelp() async throws {
        for words in [
            ["serve"], ["config"], ["config", "check"], ["config", "example"], ["customer"], ["customer", "list"],
            ["credential", "hash"], ["held"], ["held", "list"], ["held", "release"], ["held", "delete"], ["stop"],
            ["stop", "add"], ["stop", "lift"], ["spool"], ["spool", "status"], ["spool", "check"], ["score"], ["train"],
            ["eval"], ["version"],
        ] {
            let result = try await Command.run(try SluiceProcess.command, words + ["--help"])
            #expect(
                result.status == 0 && result.output.contains("USAGE: sluice \(words.joined(separator: " "))"),
                "\(words): \(result.output)")
        }
    }

    @Test func wrongUsageIsTwo() async throws {
        #expect(try await sluice("frobnicate").status == 2)
        #expect(try await sluice("held", "delete", "--all").status == 2)
        #expect(try await sluice("stop", "add", "nonsense", "--reason", "x").status == 2)
        #expect(try await sluice("config", "check", "--config", "/nonexistent.yaml").status == 2)
    }

    @Test func exampleIsAGoodConfiguration() async throws {
        let scratch = try Scratch("example")
        defer { scratch.remove() }
        let example = try await sluice("config", "example")
        #expect(example.status == 0)
        let path = try scratch.write("sluice.yaml", example.output, mode: 0o600)
        let check = try await sluice("config", "check", "--config", path)
        #expect(check.status == 0, "\(check.output)")
    }

    @Test func wrongKeysAreToldWithLineAndSuggestion() async throws {
        let scratch = try Scratch("wrong")
        defer { scratch.remove() }
        let path = try scratch.write(
            "sluice.yaml", "hostname: mail.example.org\nlisteners:\n  - adress: 127.0.0.1:2525\n")
        let check = try await sluice("config", "check", "--config", path)
        #expect(check.status == 2)
        #expect(check.output.contains("sluice.yaml:3:"), "\(check.output)")
        #expect(check.output.contains("did you mean"), "\(check.output)")
    }

    @Test func withoutAGatewayCommandsSaySo() async throws {
        let scratch = try Scratch("nothing")
        defer { scratch.remove() }
        let path = try scratch.write(
            "sluice.yaml", "state-directory: \(scratch.path)/var\ncustomers: [{id: a, servers: [127.0.0.1]}]\n")
        for words in [["spool", "status"], ["held", "list"], ["stop", "list"]] {
            let result = try await Command.run(try SluiceProcess.command, words + ["--config", path])
            #expect(result.status == 1, "\(words): \(result.output)")
            #expect(result.output.contains("there is no"), "\(result.output)")
        }
    }

    @Test func aTakenPortIsToldWithWhatToDo() async throws {
        let sink = try await RecordingSink.start()
        let scratch = try Scratch("taken")
        let path = try scratch.write(
            "sluice.yaml",
            "state-directory: \(scratch.path)/var\nlisteners: [{address: \"127.0.0.1:\(sink.port)\"}]\ncustomers: [{id: a, servers: [127.0.0.1]}]\n"
        )
        let result = try await sluice("serve", "--config", path)
        #expect(result.status == 1)
        #expect(result.output.contains("127.0.0.1:\(sink.port) cannot be bound"), "\(result.output)")
        await sink.stop()
        scratch.remove()
    }

    @Test func credentialsAreHashedFromStandardInput() async throws {
        for scheme in ["scram-sha-256", "argon2id", "scrypt", "yescrypt", "bcrypt", "sha512-crypt"] {
            let result = try await sluice("credential", "hash", "--scheme", scheme, input: "open sesame\n")
            #expect(result.status == 0 && !result.output.contains("sesame"), "\(scheme): \(result.output)")
        }
        #expect(try await sluice("credential", "hash", input: "").status == 2)
    }
}
