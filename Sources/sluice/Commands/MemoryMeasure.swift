import Detection
import Foundation
import MailTypes

/// How much memory detection's state takes when so many accounts have all that is ever kept of one: many recipients, places,
/// programs, and suspicion.
struct MemoryMeasure: Encodable {
    var accounts: Int
    var sources: Int
    var bytes: Int
    var bytesAnAccount: Int
    var snapshotBytes: Int
    var judgementsPerSecond: Double

    init(accounts: Int) {
        var capacity = Detector.Capacity()
        capacity.accounts = accounts
        var detector = Detector(capacity: capacity)
        let before = Self.resident()
        let began = ContinuousClock.now
        var judged = 0
        for round in 0..<6 {
            for number in 0..<accounts {
                guard let event = Self.event(number, round) else { continue }
                if round % 2 == 1, let account = event.identity.account {
                    detector.observe(
                        LoginEvent(
                            time: event.time, customer: event.identity.customer, account: account,
                            address: .v4(0x0a00_0000 | UInt32(truncatingIfNeeded: number &* 7 &+ round &* 65_536)),
                            succeeded: true))
                }
                _ = detector.judge(event)
                judged += 1
            }
        }
        let seconds = (ContinuousClock.now - began).inSeconds
        self.accounts = accounts
        sources = detector.count
        bytes = Self.resident() - before
        bytesAnAccount = bytes / accounts
        judgementsPerSecond = (Double(judged) / max(seconds, 1e-3)).rounded()
        snapshotBytes = detector.snapshot().count
    }

    /// A hundred recipients a message, other ones each time; the last round is suspect.
    private static func event(_ number: Int, _ round: Int) -> SubmissionEvent? {
        guard let customer = CustomerID("c\(number / 100)"), let account = AccountName("user\(number)") else {
            return nil
        }
        let seed = UInt64(number * 6 + round) &* 0x9e37_79b9_7f4a_7c15
        let isLast = round == 5
        return SubmissionEvent(
            id: SubmissionID(rawValue: Int64(number * 6 + round)),
            time: Timestamp(seconds: 1_790_000_000 + Int64(round) * 86_400 + Int64(number % 80_000)),
            identity: SubmissionIdentity(
                customer: customer, server: .v4(0xc000_0000 | UInt32(number / 50)), account: account, evidence: .login),
            contentLogOdds: isLast ? 8 : -6, campaign: nil,
            recipients: (0..<100).map { seed &+ UInt64($0) &* 0x2545_f491_4f6c_dd1d }, sender: seed | 1,
            senderIsBound: true, helo: seed, size: .kib(4), senderDomain: UInt64(number),
            client: ClientTraits(
                program: UInt64(number), zone: Int16(round * 60), format: .plain, from: UInt64(number), fromName: seed),
            thread: ThreadTraits(id: seed &+ 1), links: [seed &+ 2])
    }

    private static func resident() -> Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let number = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return number * 1024
    }
}
