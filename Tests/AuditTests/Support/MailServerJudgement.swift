import Audit
import MailTypes
import NIOPosix
import Posture
import Testing

/// What a configuration and a probe from outside say about one running server.
struct MailServerJudgement {
    var configuration: [Finding]
    var probe: [Finding]
    var facts: RelayFacts

    /// Probes `port` of loopback as the world would port 25, and reads `facts`.
    static func of(
        _ facts: MTAFacts, host: String = "127.0.0.1", port: Int, outside: Int = 25,
        login: (name: String, password: String)? = nil
    ) async throws -> MailServerJudgement {
        var settings = RelayProbeSettings(
            host: host, port: port, ownDomain: DomainName("own.test"),
            recipient: try #require(EmailAddress("victim@elsewhere.test")),
            sender: try #require(EmailAddress("stranger@foreign.test")), helo: "probe.foreign.test",
            nonce: "no-such-box")
        settings.pace = .zero
        settings.publicPort = outside
        settings.timeout = .seconds(120)
        settings.maximumConnections = 60
        if let login {
            settings.logins = [.init(account: login.name, password: login.password)]
            settings.allowsClearLogin = true
        }
        let seen = await RelayProbe.run(settings, on: MultiThreadedEventLoopGroup.singleton)
        var facts = facts
        facts.published = [port: outside]
        return MailServerJudgement(
            configuration: MTAChecks.findings(facts), probe: RelayChecks.findings(seen), facts: seen)
    }

    func failed(_ findings: [Finding]) -> Set<String> {
        Set(findings.filter { $0.result.word == "fail" }.map(\.check.description))
    }

    var failedConfiguration: Set<String> { failed(configuration) }
    var failedProbe: Set<String> { failed(probe) }

    var agreement: Finding {
        MTAAgreement.finding(configuration: configuration, probe: probe, target: "127.0.0.1")
    }

    /// For a failed expectation.
    var shown: String {
        (configuration + probe + [agreement]).filter { $0.result.word != "pass" }.map {
            "\($0.check) \($0.result): \($0.evidence.prefix(4))"
        }.joined(separator: "\n") + "\n\(facts.problems)"
    }
}
