import Foundation
import Testing

/// The main job on real parts: three customers' Postfix servers send through Sluice to a sink; one account of one of them is
/// stolen.
@Suite(.serialized)
struct GatewayStoryTests {
    private static let password = "correct-horse-battery"

    private static func configuration(_ servers: [(id: String, address: String)]) -> String {
        "notices:\n  operator: [abuse@provider.example]\ncustomers:\n"
            + servers.map {
                """
                  - id: \($0.id)
                    name: The \($0.id) company
                    contact: [postmaster@\($0.id).example]
                    servers: [\($0.address)]
                    domains: [\($0.id).example]
                    identity-headers: [Received]

                """
            }.joined()
    }

    private func submit(_ postfix: PostfixServer, _ account: String, to: String, _ letter: String) async throws {
        let file = try Scratch("letter")
        defer { file.remove() }
        // swaks wants LF and stuffs dots itself.
        let data = try file.write("data", letter.replacingOccurrences(of: "\r\n", with: "\n"))
        try await Command.check(
            "/usr/bin/swaks",
            [
                "--server", "127.0.0.1:\(postfix.port)", "--helo", "desk.example", "--from", account, "--to", to,
                "--data", "@\(data)", "--suppress-data", "--auth", "PLAIN", "--auth-user", account,
                "--auth-password", Self.password,
            ])
    }

    @Test(.timeLimit(.minutes(10))) func stolenAccountIsStoppedAndNobodyElse() async throws {
        let sink = try await RecordingSink.start()
        let servers = [("harbour", "127.0.4.1"), ("orchard", "127.0.4.2"), ("quarry", "127.0.4.3")]
        let sluice = try SluiceProcess(sink: sink.port, Self.configuration(servers))
        try await sluice.start()
        var postfixes: [String: PostfixServer] = [:]
        for (id, address) in servers {
            let accounts = ["anna", "emma", "jonas"].map { ("\($0)@\(id).example", Self.password) }
            postfixes[id] = try await PostfixServer(accounts: accounts, smartHost: sluice.port, address: address)
        }
        let orchard = try #require(postfixes["orchard"])

        // Ordinary mail of everybody arrives.
        var number = 0
        var ordinary: Set<String> = []
        func letters(_ accounts: [String]) async throws {
            for (id, _) in servers {
                let postfix = try #require(postfixes[id])
                for account in accounts where id != "orchard" || account != "emma" {
                    number += 1
                    let (from, to) = ("\(account)@\(id).example", "friend\(number % 5)@partner-\(id).example")
                    ordinary.insert("letter-\(number)-\(from)")
                    try await submit(postfix, from, to: to, Letters.ordinary(number, from: from, to: to))
                }
            }
        }
        try await letters(["anna", "emma", "jonas"])
        _ = try await sink.await(ordinary.count)

        // The password of emma@orchard is stolen.
        let thief = "emma@orchard.example"
        for spam in 0..<20 {
            let to = "victim\(spam)@target-\(spam % 7).example"
            try await submit(orchard, thief, to: to, Letters.spam(spam, from: thief, to: to))
            if spam % 5 == 4 { try await letters(["anna", "jonas"]) }
        }
        try await sluice.awaitLog("source stopped")
        try await letters(["anna", "jonas"])

        // All ordinary mail, also that of the same server, arrives; of the spam, almost nothing does.
        let isDone: @Sendable (RecordingSink.Message) -> Bool = {
            $0.sender.isEmpty && $0.text.contains("Subject: [case-")
        }
        var messages: [RecordingSink.Message] = []
        for _ in 0..<2400 {
            messages = sink.messages
            let letters = messages.count { $0.text.contains("Message-ID: <letter-") }
            if letters == ordinary.count, messages.count(where: isDone) >= 2 { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let arrived = Set(
            messages.compactMap { message in
                message.text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Message-ID: <letter-") }.map {
                    String($0.dropFirst("Message-ID: <".count).dropLast())
                }
            })
        #expect(arrived == ordinary, "\(sluice.log.suffix(6000))")
        // Postfix's own bounces of refused spam quote it, and are no spam.
        let leaked = messages.count { $0.sender == thief && $0.text.contains("Message-ID: <spam-") }
        #expect(leaked <= 3, "\(leaked) spam messages got out\n\(sluice.log.suffix(6000))")

        // Exactly that account is stopped.
        let stops = try await sluice.json("stop", "list")
        #expect(stops.compactMap { $0["source"] as? String } == ["account:orchard/\(thief)"])

        // Nothing is lost: what was taken is delivered or held, what was not is still in Postfix or went back to its sender.
        let held = try await sluice.json("held", "list")
        #expect(held.allSatisfy { $0["account"] as? String == thief })
        let queued = try await orchard.queued()
        let spamOutcomes =
            leaked + held.count + queued + orchard.log.components(separatedBy: "status=bounced").count - 1
        #expect(
            spamOutcomes >= 20, "leaked \(leaked), held \(held.count), queued \(queued)\n\(orchard.log.suffix(3000))")

        // Operator and customer are told, once each, with evidence; the notices are readable.
        let notices = messages.filter { $0.sender.isEmpty && $0.text.contains("Subject: [case-") }
        #expect(Set(notices.flatMap(\.recipients)) == ["abuse@provider.example", "postmaster@orchard.example"])
        for notice in notices {
            #expect(notice.text.contains("Auto-Submitted: auto-generated"))
            #expect(notice.text.contains("emma@orchard.example"))
        }

        // A held message is looked at and released by a person: it goes out through the relay.
        let first = try #require(held.first?["id"] as? String)
        let shown = try await sluice.command("held", "show", first)
        #expect(shown.status == 0 && shown.output.contains("evidence"), "\(shown.output)")
        let before = sink.messages.count
        let released = try await sluice.command("held", "release", first)
        #expect(released.status == 0, "\(released.output)")
        _ = try await sink.await(before + 1)
        #expect(sink.messages.count > before)

        // Lifted, the account sends again.
        let lifted = try await sluice.command(
            "stop", "lift", "account:orchard/\(thief)", "--reason", "password changed")
        #expect(lifted.status == 0, "\(lifted.output)")
        try await sluice.awaitLog("source may send again")
        #expect(try await sluice.json("stop", "list").compactMap { $0["source"] }.isEmpty)

        for postfix in postfixes.values { await postfix.stop() }
        #expect(try await sluice.stop() == 0, "\(sluice.output)\n\(sluice.log.suffix(2000))")
        await sink.stop()
        sluice.remove()
    }
}
