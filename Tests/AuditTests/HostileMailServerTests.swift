import Audit
import MailTypes
import NIOPosix
import Posture
import Testing

/// Servers that hang up, say nothing, say nonsense or put everything off: nothing of that is a pass, and the probe ends.
@Suite(.serialized) struct HostileMailServerTests {
    struct Script: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var greeting = ScriptedSMTP.Answer.reply("220 mail.own.test ESMTP")
        var answer: @Sendable (String) -> ScriptedSMTP.Answer = { _ in .silence }
    }

    @Sendable static func polite(_ line: String) -> ScriptedSMTP.Answer {
        let verb = line.prefix(4).uppercased()
        return switch verb {
        case "EHLO", "HELO": .reply("250 mail.own.test")
        case "MAIL", "RSET": .reply("250 2.0.0 Ok")
        case "RCPT": .reply("554 5.7.1 Relay access denied")
        case "QUIT": .hangUp("221 2.0.0 Bye")
        default: .reply("502 5.5.1 no")
        }
    }

    static func with(_ verb: String, _ answer: ScriptedSMTP.Answer) -> @Sendable (String) -> ScriptedSMTP.Answer {
        { line in line.uppercased().hasPrefix(verb) ? answer : polite(line) }
    }

    static let scripts = [
        Script(testDescription: "hangs up at once", greeting: .hangUp("")),
        Script(testDescription: "421 at once", greeting: .hangUp("421 4.3.2 too busy")),
        Script(testDescription: "554 at once", greeting: .hangUp("554 5.7.1 no service for you")),
        Script(testDescription: "says nothing", greeting: .silence),
        Script(testDescription: "says nonsense", greeting: .reply("SSH-2.0-OpenSSH_9.2")),
        Script(testDescription: "an endless line", greeting: .reply(String(repeating: "2", count: 200_000))),
        Script(
            testDescription: "answers nobody asked for", greeting: .reply(String(repeating: "220 x\r\n", count: 100))),
        Script(testDescription: "421 at MAIL", answer: with("MAIL", .hangUp("421 4.7.0 too many errors"))),
        Script(testDescription: "421 at RCPT", answer: with("RCPT", .hangUp("421 4.7.0 too many errors"))),
        Script(testDescription: "hangs up at RCPT", answer: with("RCPT", .hangUp(""))),
        Script(testDescription: "puts everything off", answer: with("RCPT", .reply("451 4.7.1 greylisted"))),
        Script(testDescription: "no answer to RCPT", answer: with("RCPT", .silence)),
        Script(testDescription: "refuses the probe", answer: with("RCPT", .reply("554 5.7.1 blocked using list.test"))),
    ]

    private func probe(_ script: Script) async throws -> (facts: RelayFacts, connections: Int) {
        let server = try ScriptedSMTP(greeting: script.greeting, answer: script.answer)
        defer { server.stop() }
        var settings = try RelayProbeSettings.ofTest(server.port)
        settings.timeout = .milliseconds(200)
        settings.maximumConnections = 6
        let facts = await RelayProbe.run(settings, on: MultiThreadedEventLoopGroup.singleton)
        return (facts, server.connections)
    }

    @Test(arguments: scripts) func isNeverAPass(script: Script) async throws {
        let (facts, connections) = try await probe(script)
        let findings = RelayChecks.findings(facts)
        for id in [CheckID.strangerRelay, .ownSenderRelay, .nullSenderRelay, .routedRelay, .heloRelay] {
            let word = findings.first { $0.check == id }?.result.word
            #expect(word == "unknown", "\(id): \(findings)")
        }
        #expect(connections <= 6)
    }

    /// A name that does not exist is told as people know it.
    @Test func tellsWhyThereIsNoConnection() async throws {
        let settings = try RelayProbeSettings.ofTest(TestPostfix.freePort(), ownDomain: nil)
        let facts = await RelayProbe.run(settings, on: MultiThreadedEventLoopGroup.singleton)
        #expect(facts.problems == ["no connection to 127.0.0.1:\(settings.port): Connection refused"])
    }

    /// The same server, polite, is closed: what the others lack is not the probe's fault.
    @Test func aPoliteOneIsClosed() async throws {
        let server = try ScriptedSMTP(greeting: .reply("220 mail.own.test ESMTP"), answer: Self.polite)
        defer { server.stop() }
        var settings = try RelayProbeSettings.ofTest(server.port)
        settings.timeout = .seconds(120)
        settings.maximumConnections = 60
        let findings = RelayChecks.findings(await RelayProbe.run(settings, on: MultiThreadedEventLoopGroup.singleton))
        #expect(findings.first { $0.check == .strangerRelay }?.result == .pass, "\(findings)")
    }
}
