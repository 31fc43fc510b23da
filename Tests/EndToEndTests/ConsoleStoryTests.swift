import Foundation
import Testing

/// Commands, API and tokens of a running gateway, and what is left of them without one.
@Suite(.serialized)
struct ConsoleStoryTests {
    private static let configuration = "customers:\n  - id: acme\n    servers: [192.0.2.1]\n"

    private static func token(_ name: String, _ role: String) async throws -> (text: String, digest: String) {
        let made = try await Command.check(
            try SluiceProcess.command, ["credential", "token", "--name", name, "--role", role, "--json"])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(made.utf8)) as? [String: String])
        return (try #require(object["token"]), try #require(object["digest"]))
    }

    @Test(.timeLimit(.minutes(10))) func commandsAskTheGatewayAndItsDatabasesOnlyWithoutOne() async throws {
        let sluice = try SluiceProcess(sink: nil, Self.configuration)
        let (desk, old) = (try await Self.token("desk", "act"), try await Self.token("old", "read"))
        try sluice.write(
            Self.configuration, sink: nil, tokens: "  tokens: [{name: old, role: read, digest: \(old.digest)}]")
        try await sluice.start()

        // By the socket of this machine, without a token; heeded by the gateway, and recorded with a name.
        let stopped = try await sluice.command("stop", "add", "account:acme/joe", "--reason", "by hand", "--for", "2h")
        #expect(stopped.status == 0 && !stopped.output.contains("no gateway"), "\(stopped.output)")
        try await sluice.awaitLog("source stopped")
        let id = try #require(try await sluice.json("case", "list").first?["id"] as? String)
        for words in [
            ["note", id, "called the owner"], ["waive", id, "no-forwarding-rule", "--reason", "seen by telephone"],
            ["attest", id, "password-changed", "--detail", "this morning"], ["kind", id, "script"],
            ["show", id], ["evidence", id], ["verify", id], ["token", id], ["token", id, "--revoke"],
        ] {
            let result = try await Command.run(
                try SluiceProcess.command, ["case"] + words + ["--config", sluice.path])
            #expect(result.status == 0, "\(words): \(result.output)")
        }
        let shown = try #require(try await sluice.json("case", "show", id).first)
        #expect((shown["kinds"] as? [String])?.contains("script") == true)
        let missing = try await sluice.command("case", "close", id, "--reason", "enough")
        #expect(missing.status == 1 && missing.output.contains("still misses"), "\(missing.output)")
        let wrong = try await sluice.command("case", "attest", id, "nonsense", "--detail", "x")
        #expect(wrong.status == 2 && wrong.output.contains("no such check"), "\(wrong.output)")

        // By its address: with a token that is good, and not with another.
        let address = "http://127.0.0.1:\(sluice.http)"
        func remote(_ token: String, _ words: String...) async throws -> Command.Result {
            let file = try sluice.scratch.write("token", token + "\n", mode: 0o600)
            return try await Command.run(
                try SluiceProcess.command, words + ["--api", address, "--api-token-file", file])
        }
        #expect(try await remote(old.text, "case", "show", id).status == 0)
        #expect(try await remote(old.text, "case", "note", id, "x").output.contains("needs the role act"))
        #expect(try await remote(desk.text, "case", "list").status == 1)
        // A reload: a new token is good and an old one is not, at once and without a restart.
        try sluice.write(
            Self.configuration, sink: nil, tokens: "  tokens: [{name: desk, role: act, digest: \(desk.digest)}]")
        sluice.signal(SIGHUP)
        try await sluice.awaitLog("configuration reloaded")
        #expect(!sluice.log.contains("some changes need a restart"))
        #expect(try await remote(old.text, "case", "show", id).status == 1)
        let note = try await remote(desk.text, "case", "note", id, "from elsewhere")
        #expect(note.status == 0, "\(note.output)")
        let lifted = try await sluice.command("stop", "lift", "account:acme/joe", "--reason", "it was nothing")
        #expect(lifted.status == 0, "\(lifted.output)")
        try await sluice.awaitLog("source may send again")
        #expect(try await sluice.stop() == 0)

        // Without a gateway the same commands work on what it left, and say so.
        let alone = try await sluice.command("case", "note", id, "in the night")
        #expect(alone.status == 0 && alone.output.contains("no gateway runs here"), "\(alone.output)")
        let audit = try await sluice.command("audit", "list")
        for text in ["by hand", "seen by telephone", "person:desk", "from elsewhere", "in the night", "it was nothing"]
        {
            #expect(audit.output.contains(text), "\(text): \(audit.output)")
        }
        sluice.remove()
    }
}
