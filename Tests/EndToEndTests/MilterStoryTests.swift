import Foundation
import Testing

/// Sluice as the filter of a real Postfix that sends by itself: what is clean stays with Postfix, what is doubtful is kept
/// by Sluice, and a stolen account is refused at Postfix's door.
@Suite(.serialized)
struct MilterStoryTests {
    private static let password = "correct-horse-battery"

    private func submit(
        _ postfix: PostfixServer, _ account: String, to: String, _ letter: String
    ) async throws -> Int32 {
        let file = try Scratch("letter")
        defer { file.remove() }
        let data = try file.write("data", letter.replacingOccurrences(of: "\r\n", with: "\n"))
        return try await Command.run(
            "/usr/bin/swaks",
            [
                "--server", "127.0.0.1:\(postfix.port)", "--helo", "desk.example", "--from", account, "--to", to,
                "--data", "@\(data)", "--suppress-data", "--auth", "PLAIN", "--auth-user", account,
                "--auth-password", Self.password,
            ]
        ).status
    }

    @Test(.timeLimit(.minutes(10))) func postfixAsksBeforeItSends() async throws {
        let sink = try await RecordingSink.start()
        let port = try Loopback.freePort()
        let sluice = try SluiceProcess(
            sink: sink.port,
            """
            notices:
              operator: [abuse@provider.example]
            customers:
              - id: harbour
                contact: [postmaster@harbour.example]
                domains: [harbour.example]
            milter:
              address: 127.0.0.1:\(port)
              customer: harbour
            """)
        try await sluice.start()
        let (anna, emma) = ("anna@harbour.example", "emma@harbour.example")
        // Postfix brings its mail to the sink by itself.
        let postfix = try await PostfixServer(
            accounts: [(anna, Self.password), (emma, Self.password)], smartHost: sink.port,
            settings: "smtpd_milters = inet:127.0.0.1:\(port)\nmilter_default_action = tempfail\n")

        for number in 0..<6 {
            let account = number.isMultiple(of: 2) ? anna : emma
            let to = "friend\(number)@partner.example"
            #expect(try await submit(postfix, account, to: to, Letters.ordinary(number, from: account, to: to)) == 0)
        }
        let ordinary = try await sink.await(6)
        #expect(ordinary.allSatisfy { $0.text.contains("X-Sluice-Reference: ") })
        #expect(ordinary.allSatisfy { $0.text.contains("by mail.customer.example (Postfix)") })

        var taken = 0
        for spam in 0..<20 {
            let to = "victim\(spam)@target-\(spam % 7).example"
            if try await submit(postfix, emma, to: to, Letters.spam(spam, from: emma, to: to)) == 0 { taken += 1 }
        }
        try await sluice.awaitLog("source stopped")
        #expect(
            try await submit(
                postfix, anna, to: "a@partner.example", Letters.ordinary(7, from: anna, to: "a@partner.example")) == 0)
        let stops = try await sluice.json("stop", "list")
        #expect(stops.compactMap { $0["source"] as? String } == ["account:harbour/\(emma)"])

        // What Postfix took from the thief is at the sink or held by Sluice, and not both: Postfix has forgotten the latter.
        let isNotice: @Sendable (RecordingSink.Message) -> Bool = { $0.text.contains("Subject: [case-") }
        let held = try await sluice.json("held", "list")
        let leaked = try await sink.await(7 + taken - held.count + 2).count {
            $0.sender == emma && $0.text.contains("Message-ID: <spam-")
        }
        #expect(leaked == taken - held.count)
        #expect(leaked <= 3, "\(leaked) of \(taken)\n\(sluice.log.suffix(4000))")
        #expect(taken < 20, "the stopped account is refused at Postfix's door\n\(postfix.log.suffix(3000))")
        #expect(postfix.log.contains("milter-reject") && postfix.log.contains("milter-discard"))
        #expect(try await postfix.queued() == 0)
        #expect(sink.messages.count(where: isNotice) >= 2)

        // Released, it goes by Sluice's own route.
        let first = try #require(held.first?["id"] as? String)
        let before = sink.messages.count
        #expect(try await sluice.command("held", "release", first).status == 0)
        #expect(try await sink.await(before + 1).last?.sender == emma)

        // Without the filter Postfix says "later", and nothing is lost.
        #expect(try await sluice.stop() == 0, "\(sluice.output)\n\(sluice.log.suffix(2000))")
        #expect(
            try await submit(
                postfix, anna, to: "b@partner.example", Letters.ordinary(8, from: anna, to: "b@partner.example")) != 0)
        await postfix.stop()
        await sink.stop()
        sluice.remove()
    }
}
