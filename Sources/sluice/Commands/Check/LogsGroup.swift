import Audit
import FirewallModel
import Forensics
import Foundation
import MailTypes
import Posture

/// `sluice check logs`: what the log analysis finds, as checks.
struct LogsGroup: AuditGroup {
    let group = CheckGroup.logs
    private let paths: [String]
    private let provider: [IPNetwork]

    /// Where mail servers and logins write on Debian, Red Hat and the BSDs.
    private static let usual = [
        "/var/log/mail.log", "/var/log/mail.log.1", "/var/log/maillog", "/var/log/mail.info", "/var/log/auth.log",
        "/var/log/auth.log.1", "/var/log/secure", "/var/log/exim4", "/var/log/exim", "/var/log/mail",
        "/var/log/dovecot.log",
    ]

    /// Seconds that Spamhaus wants looked back.
    private static let window: UInt32 = 4 * 86_400

    init(_ options: CheckOptions, fromFiles: Bool) async throws {
        paths = options.log.isEmpty && !fromFiles ? Self.usual : options.log
        provider = try await CheckRanges.read(options.ranges)?.networks ?? []
    }

    func findings(_ request: AuditRequest) async throws -> [Posture.Finding] {
        let (paths, provider, target) = (paths, provider, request.target)
        let there = paths.filter { FileManager.default.fileExists(atPath: $0) }
        guard !there.isEmpty else {
            let missing =
                paths.isEmpty ? "the logs: give --log" : "the logs: none of the usual places has one; give --log"
            return Check.all(.logs).map { Posture.Finding($0.id, target: target, .unknown(missing)) }
        }
        return try await FactGatherer.onThread {
            Result {
                let now = Int64(Date().timeIntervalSince1970)
                let files = try LogFile.find(there, now: now)
                guard !files.isEmpty else { return Self.nothing(target) }
                var options = AnalysisOptions()
                options.provider = provider
                let analyser = LogAnalyser(
                    set: LogSet(files, timeZone: nil, now: now), now: now, seed: UInt64.random(in: 1 ... .max))
                let report = analyser.run(options: options) { state in
                    request.progress(state.total > 0 ? Double(state.bytes) / Double(state.total) : 0)
                    return true
                }
                return Self.findings(report, target: target)
            }
        }.get()
    }

    private static func nothing(_ target: String) -> [Posture.Finding] {
        Check.all(.logs).map { Posture.Finding($0.id, target: target, .unknown("the logs: no file is there")) }
    }

    private static let kinds: [(CheckID, [Forensics.Finding.Kind])] = [
        (.alienLogins, [.compromisedAccount, .successAfterFailures, .manyNetworks]),
        (.spammingSources, [.spammingScript, .spammingClient, .secondSender]),
        (.sendingSpikes, [.sendingSpike, .deferredQueue]), (.refusals, [.blocklisted, .refused]),
        (.foreignConnections, [.foreignAccept, .bruteForce, .spraying, .distributedGuessing, .recipientStorm]),
    ]

    static func findings(_ report: LogReport, target: String) -> [Posture.Finding] {
        let hasEvents = report.first < report.last
        let unread = report.errors.map { SafeText.printable($0.description, limit: 300) }
        var findings = kinds.map { id, kinds in
            let found = report.findings.filter { kinds.contains($0.kind) }
            let evidence = found.map { finding in
                let place = finding.evidence.first.map { " [\($0.file):\($0.line)]" } ?? ""
                return "\(finding.kind.rawValue), \(finding.confidence.rawValue) confidence: \(finding.summary)\(place)"
            }
            if let worst = found.map({ severity($0) }).max() {
                return Posture.Finding(id, target: target, .fail(worst), evidence: evidence)
            }
            guard unread.isEmpty, hasEvents else {
                return Posture.Finding(
                    id, target: target, .unknown(hasEvents ? "logs that cannot be read" : "any event in the logs"),
                    evidence: unread)
            }
            return Posture.Finding(id, target: target, .pass, evidence: ["\(report.totals.lines) lines"])
        }
        let days = Double(report.last - min(report.first, report.last)) / 86_400
        let span = "from \(time(report.first)) to \(time(report.last))"
        if !hasEvents {
            findings.append(
                Posture.Finding(.logWindow, target: target, .unknown("any event in the logs"), evidence: unread))
        } else if !unread.isEmpty || report.last - report.first < window {
            let short = "\(Int(days * 10) / 10) days, \(span)"
            findings.append(Posture.Finding(.logWindow, target: target, .fail(.low), evidence: [short] + unread))
        } else {
            findings.append(Posture.Finding(.logWindow, target: target, .pass, evidence: [span]))
        }
        return findings
    }

    private static func time(_ seconds: UInt32) -> String { Timestamp(seconds: Int64(seconds)).iso8601 }

    /// What has left weighs more than what was tried.
    private static func severity(_ finding: Forensics.Finding) -> Severity {
        let isAttack = [.bruteForce, .spraying, .distributedGuessing, .recipientStorm].contains(finding.kind)
        switch finding.confidence {
        case .high: return isAttack ? .medium : finding.kind == .compromisedAccount ? .critical : .high
        case .medium: return isAttack ? .low : .medium
        case .low: return .low
        }
    }
}
