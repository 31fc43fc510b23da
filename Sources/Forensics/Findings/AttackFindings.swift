import LogFormats
import MailTypes

/// Attempts to get in: whoever guessed passwords, by address and by account, and whoever guessed recipients.
struct AttackFindings {
    private let builder: FindingsBuilder
    /// Findings of one kind that are told one by one; the rest is told as one sum.
    private static let limit = 25

    init(_ builder: FindingsBuilder) { self.builder = builder }

    func build() -> [Finding] { guessingAddresses() + guessedAccounts() + storms() }

    private func guessingAddresses() -> [Finding] {
        var found: [Finding] = []
        let table = builder.analysis.addresses
        for number in 0..<UInt32(table.records.count) where table.records.pointer(number).pointee.totalFailures >= 3 {
            let record = table.records[number]
            let tried = max(1, record.failedAccounts.estimate)
            let failures = record.totalFailures
            if failures < 5, record.okAccounts > 0 { continue }
            let attacker = builder.isAttacker(number)
            // Somebody who also logs in here is a user who mistypes or a device with an old password.
            let isOwn = record.okAccounts > 0 && !attacker && !builder.accomplices.contains(number)
            if isOwn, failures < 50 || builder.isShared(number) || tried <= Int(record.okAccounts) + 1 { continue }
            let address = table.address(number)
            let spraying = tried >= 5 && failures <= tried * 20
            let seconds = Double(max(1, record.lastFailure &- record.firstFailure))
            let slow = seconds / Double(failures) > 60
            var score = min(5, logarithm2(Double(failures)) - 2)
            if tried >= 10, failures >= 20 { score += 1.5 }
            if slow, tried == 1 { score = min(score, 1) }
            if builder.options.isKnown(address) { score = min(score, 1) }
            var finding = Finding(
                kind: spraying ? .spraying : .bruteForce, confidence: Finding.confidence(score), score: score,
                subject: address.description, start: record.firstFailure, end: record.lastFailure,
                summary:
                    "tried \(failures) logins on \(record.failedAccounts.isEmpty ? "unnamed accounts" : record.failedAccounts.text + " accounts") (\(services(record.failedServices)))"
            )
            finding.numbers = [
                ("failures", failures), ("accounts", tried), ("accounts-entered", Int(record.okAccounts)),
            ]
            finding.addresses = [
                Finding.AddressUse(
                    address: address, first: record.firstSeen, last: record.lastSeen, logins: Int(record.successes),
                    failures: failures, messages: 0, recipients: 0, place: builder.places?.place(address)?.text)
            ]
            finding.evidence = record.failureRef == .none ? [] : [Finding.Evidence(record.failureRef)]
            if slow, tried == 1 {
                finding.benign = "a device that keeps an old password, or a monitor with a wrong one"
            }
            finding.advice = Advice.lines(finding.kind, finding.subject)
            found.append(finding)
        }
        return top(found, "addresses guessed passwords too")
    }

    private func guessedAccounts() -> [Finding] {
        var found: [Finding] = []
        let table = builder.analysis.accounts
        for number in 0..<UInt32(table.records.count) {
            let record = table.records[number]
            let sources = record.failingAddresses.estimate
            guard sources >= 8, record.totalFailures >= 16 else { continue }
            if let view = builder.view(number) {
                let own = view.uses.reduce(0) { $0 + Int($1.record.failuresAfter) + Int($1.record.failuresBefore) }
                if own * 2 >= record.totalFailures { continue }
            }
            let score = min(5, Double(sources) / 10 + logarithm2(Double(record.totalFailures)) - 4)
            var finding = Finding(
                kind: .distributedGuessing, confidence: Finding.confidence(score), score: score,
                subject: table.name(number),
                start: record.firstFailure, end: record.lastFailure,
                summary:
                    "was guessed \(record.totalFailures) times from \(record.failingAddresses.text) addresses (\(services(record.failedServices)))"
            )
            finding.numbers = [("failures", record.totalFailures), ("addresses", sources)]
            finding.evidence = record.failureRef == .none ? [] : [Finding.Evidence(record.failureRef)]
            finding.benign = record.detail == noRecord ? "the name may not exist here: then nothing was in danger" : nil
            finding.advice = Advice.lines(.distributedGuessing, finding.subject)
            found.append(finding)
        }
        return top(found, "accounts were guessed from many addresses too")
    }

    private func storms() -> [Finding] {
        var found: [Finding] = []
        let table = builder.analysis.addresses
        for number in 0..<UInt32(table.records.count)
        where table.records.pointer(number).pointee.unknownRecipients >= 30 {
            let record = table.records[number]
            let score = min(4, logarithm2(Double(record.unknownRecipients)) - 4)
            var finding = Finding(
                kind: .recipientStorm, confidence: Finding.confidence(score), score: score,
                subject: table.address(number).description, start: record.firstSeen, end: record.lastSeen,
                summary: "asked for \(record.unknownRecipients) recipients that do not exist")
            finding.numbers = [("unknown-recipients", Int(record.unknownRecipients))]
            finding.benign = "a mailing list with old addresses, or a server that forwards to left users"
            finding.advice = Advice.lines(.recipientStorm, finding.subject)
            found.append(finding)
        }
        let door = builder.analysis.totals.unknownAtDoor
        let average = door.total / max(1, door.hours)
        if found.isEmpty, door.peak >= 100, door.peak >= 5 * average {
            var finding = Finding(
                kind: .recipientStorm, confidence: .medium, score: 1.5, subject: "all clients",
                start: door.peakHour * 3600,
                end: door.peakHour * 3600 + 3599,
                summary:
                    "\(door.peak) unknown recipients in one hour from \(door.addresses.text) addresses, \(average) in others"
            )
            finding.numbers = [("unknown-recipients", door.peak)]
            finding.evidence = [Finding.Evidence(door.ref)]
            finding.advice = Advice.lines(.recipientStorm, "")
            found.append(finding)
        }
        return top(found, "addresses asked for unknown recipients too")
    }

    /// The gravest, and one finding for all others.
    private func top(_ found: [Finding], _ rest: String) -> [Finding] {
        let sorted = found.sorted { ($1.score, $0.subject) < ($0.score, $1.subject) }
        guard sorted.count > AttackFindings.limit else { return sorted }
        let others = sorted.dropFirst(AttackFindings.limit)
        guard let first = others.first else { return sorted }
        var sum = Finding(
            kind: first.kind, confidence: .medium, score: 1, subject: "\(others.count) more",
            start: others.map(\.start).min() ?? 0, end: others.map(\.end).max() ?? 0, summary: "\(others.count) \(rest)"
        )
        sum.numbers = [("count", others.count)]
        sum.advice = first.advice
        return Array(sorted.prefix(AttackFindings.limit)) + [sum]
    }

    private func services(_ bits: UInt8) -> String {
        let names = LoginService.allCases.filter { bits & (1 << $0.rawValue) != 0 }.map(\.name)
        return names.isEmpty ? "unknown service" : names.joined(separator: ", ")
    }
}
