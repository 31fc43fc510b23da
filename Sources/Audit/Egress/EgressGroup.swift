import FirewallModel
import Foundation
import MailTypes
package import Posture

/// `sluice check egress`: ways by which mail leaves past the mail server.
package struct EgressGroup: AuditGroup {
    package let group = CheckGroup.egress
    /// A host whose port 25 one connection is tried to.
    private let sink: String?

    package init(sink: String? = nil) { self.sink = sink }

    package var sources: [FactSource] {
        FirewallFacts.sources + [ListeningPorts.source] + SSHForwarding.sources() + PHPMail.sources()
    }

    package func findings(_ request: AuditRequest) async throws -> [Finding] {
        let facts = request.facts
        let sockets = ListeningPorts.read(facts)
        let ways = try await FactGatherer.onThread { Result { () throws(FirewallError) in try OutgoingWays(facts) } }
            .get()
        request.progress(0.2)
        var findings: [Finding] = []
        let isMailServer = sockets.map { $0.contains { $0.port == 25 && !$0.address.isLoopback } }
        var connected: Bool?
        if let sink, request.origin == .host {
            connected = await FactGatherer.onThread { TCPConnection.opens(sink, port: 25) }
        }
        findings += SendingChecks.findings(
            ways, isMailServer: isMailServer,
            hasWebServer: sockets?.contains { [80, 443, 8080].contains($0.port) } ?? true, connected: connected,
            target: request.target)
        if request.origin == .host, let sockets {
            findings.append(
                await ProxyChecks.finding(sockets, target: request.target) { request.progress(0.2 + 0.7 * $0) }
            )
        } else {
            let missing =
                request.origin == .host
                ? "what listens here (/proc/net/tcp)" : "a look at the host itself: run it there"
            findings.append(Finding(.openProxy, target: request.target, .unknown(missing)))
        }
        findings.append(SSHForwarding.finding(facts, target: request.target))
        findings.append(ShellPorts.finding(sockets, target: request.target))
        findings.append(PHPMail.finding(facts, target: request.target))
        return findings
    }
}

/// Who on this host can open port 25 on the internet, by the rules.
struct OutgoingWays: Sendable {
    var sets: [RuleSet] = []
    var reach: FirewallReach?

    init(_ facts: CollectedFacts) throws(FirewallError) {
        let files = FirewallFacts.files(facts)
        guard !files.isEmpty else { return }
        sets = try RuleSetReader.read(files)
        reach = try RuleSetReader.reach(sets, FirewallQuestion(port: 25, direction: .local))
    }

    /// Rules that depend on the user who sends.
    var userRules: [String] {
        (reach?.undecided ?? []).filter { item in
            let text = (item.reason + " " + item.origin.text).lowercased()
            return text.contains("owner") || text.contains("skuid") || text.contains("skgid") || text.contains("user")
        }.map { "\(sets.first?.place(of: $0.origin) ?? "?"): \($0.origin.text)" }
    }

    var grounds: [String] {
        (reach?.grounds ?? []).prefix(10).map {
            "\(sets.first?.place(of: $0.origin) ?? "?") [\($0.chain)] \($0.origin.text)"
        }
    }
}

/// EGR-01 and EGR-02.
enum SendingChecks {
    static func findings(
        _ ways: OutgoingWays, isMailServer: Bool?, hasWebServer: Bool, connected: Bool?, target: String
    ) -> [Finding] {
        let here = isMailServer.map {
            $0 ? "a mail server listens on port 25 here" : "no mail server listens on port 25 here"
        }
        guard let isMailServer, let here else {
            return [Finding(.directSending, target: target, .unknown("what listens here (/proc/net/tcp)"))]
        }
        let tried = connected.map {
            $0
                ? "a connection to port 25 of the sink was opened"
                : "no connection to port 25 of the sink could be opened"
        }
        let evidence = [here, tried].compactMap { $0 } + ways.grounds
        if isMailServer {
            return [
                Finding(.directSending, target: target, .pass, evidence: [here]), users(ways, hasWebServer, target),
            ]
        }
        if connected == true { return [Finding(.directSending, target: target, .fail(.high), evidence: evidence)] }
        guard let reach = ways.reach else {
            return [
                Finding(
                    .directSending, target: target, .unknown("the outgoing rules (is this root?)"), evidence: evidence)
            ]
        }
        if !reach.lower.isEmpty { return [Finding(.directSending, target: target, .fail(.medium), evidence: evidence)] }
        if reach.upper.isEmpty {
            return [Finding(.directSending, target: target, .pass, evidence: [here, "no rule lets port 25 out"])]
        }
        let missing = "\(reach.undecided.count) matches that the rules alone do not decide"
        return [Finding(.directSending, target: target, .unknown(missing), evidence: evidence + ways.userRules)]
    }

    private static func users(_ ways: OutgoingWays, _ hasWebServer: Bool, _ target: String) -> Finding {
        guard let reach = ways.reach else {
            return Finding(.senderUsers, target: target, .unknown("the outgoing rules (is this root?)"))
        }
        if !reach.lower.isEmpty {
            return Finding(
                .senderUsers, target: target, .fail(hasWebServer ? .medium : .low),
                evidence: ["every user may open port 25, the web server's too"] + ways.grounds)
        }
        if reach.upper.isEmpty {
            return Finding(.senderUsers, target: target, .pass, evidence: ["no rule lets port 25 out"])
        }
        let rules = ways.userRules
        guard !rules.isEmpty else {
            let missing = "\(reach.undecided.count) matches that the rules alone do not decide"
            return Finding(.senderUsers, target: target, .unknown(missing), evidence: ways.grounds)
        }
        return Finding(.senderUsers, target: target, .pass, evidence: rules)
    }
}
