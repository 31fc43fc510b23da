import Testing

/// The harness itself: a real Postfix with real logins relays to the sink and names the account.
@Suite(.serialized)
struct HarnessTests {
    @Test(.timeLimit(.minutes(10))) func postfixRelaysForItsAccountsOnly() async throws {
        let sink = try await RecordingSink.start()
        let postfix = try await PostfixServer(
            accounts: [("alice", "correct-horse"), ("bob", "battery-staple")], smartHost: sink.port)
        let arguments = [
            "--server", "127.0.0.1:\(postfix.port)", "--helo", "desk.customer.example", "--from",
            "alice@customer.example", "--to",
            "friend@elsewhere.example", "--suppress-data", "--header", "Subject: hello",
        ]
        let login = ["--auth", "PLAIN", "--auth-user", "alice", "--auth-password"]
        let good = try await Command.run("/usr/bin/swaks", arguments + login + ["correct-horse"])
        #expect(good.status == 0, "\(good.output)\n\(postfix.log)")
        let wrong = try await Command.run("/usr/bin/swaks", arguments + login + ["wrong"])
        #expect(wrong.status != 0)
        let stranger = try await Command.run("/usr/bin/swaks", arguments)
        #expect(stranger.status != 0)
        let messages = try await sink.await(1)
        #expect(messages.count == 1, "\(postfix.log)")
        #expect(messages.first?.text.contains("(Authenticated sender: alice)") == true)
        #expect(try await postfix.queued() == 0)
        await postfix.stop()
        await sink.stop()
    }
}
