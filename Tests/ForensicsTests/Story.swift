import Forensics
import Foundation
import MailTypes
import Testing

/// Writes the logs of a story into a folder of its own and analyses them.
final class Story {
    /// 2026-11-01T00:00:00Z, and when the story is examined.
    static let start: Int64 = 1_793_491_200
    static let now = start + 40 * 86_400

    let folder: String
    private var lines: [(at: Int64, file: String, text: String)] = []
    private var number = 0

    init() throws {
        folder = NSTemporaryDirectory() + "sluice-story-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Seconds since 1970 of a day of November (from 1) and a time.
    static func at(_ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Int = 0) -> Int64 {
        start + Int64((day - 1) * 86_400 + hour * 3600 + minute * 60 + second)
    }

    func line(_ at: Int64, _ text: String, file: String = "mail.log") {
        lines.append((at, file, "\(Story.stamp(at)) \(text)"))
    }
    func raw(_ at: Int64, _ text: String, file: String) { lines.append((at, file, text)) }

    static func stamp(_ at: Int64) -> String {
        let time = CivilTime(Timestamp(seconds: at))
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ n: Int, _ pad: String = "0") -> String { n < 10 ? "\(pad)\(n)" : "\(n)" }
        return
            "\(months[time.month - 1]) \(two(time.day, " ")) \(two(time.hour)):\(two(time.minute)):\(two(time.second))"
    }

    // MARK: what happens

    func imap(_ at: Int64, _ account: String, _ address: String) {
        line(
            at,
            "mx dovecot: imap-login: Login: user=<\(account)>, method=PLAIN, rip=\(address), lip=192.0.2.1, mpid=1, TLS, session=<x>"
        )
    }

    func failure(_ at: Int64, _ account: String, _ address: String) {
        line(
            at,
            "mx dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<\(account)>, method=PLAIN, rip=\(address), lip=192.0.2.1, session=<x>"
        )
    }

    enum Result { case sent, unknown, spam, deferred }

    /// A message by login (or from a script) and what became of it at each recipient.
    func message(
        _ at: Int64, _ account: String, _ address: String, _ results: [Result] = [.sent], script: String? = nil
    ) {
        number += 1
        let id = "4A\(String(number + 1_000_000, radix: 36).uppercased())X"
        if let script {
            line(at, "mx postfix/pickup[1]: \(id): uid=33 from=<www-data>")
            line(
                at,
                "mx postfix/cleanup[1]: \(id): warning: header X-PHP-Originating-Script: \(script) from local; from=<www-data@mx>"
            )
        } else {
            line(
                at,
                "mx postfix/smtpd[1]: \(id): client=unknown[\(address)], sasl_method=PLAIN, sasl_username=\(account)")
        }
        line(at, "mx postfix/qmgr[1]: \(id): from=<\(account)>, size=900, nrcpt=\(results.count) (queue active)")
        for (index, result) in results.enumerated() {
            let to =
                "to=<r\(number)-\(index)@far.example>, relay=mx.far.example[198.51.100.\(1 + number % 200)]:25, delay=1, delays=0/0/0/1"
            switch result {
            case .sent: line(at + 1, "mx postfix/smtp[1]: \(id): \(to), dsn=2.0.0, status=sent (250 2.0.0 Ok)")
            case .unknown:
                line(
                    at + 1,
                    "mx postfix/smtp[1]: \(id): \(to), dsn=5.1.1, status=bounced (host mx said: 550 5.1.1 User unknown (in reply to RCPT TO command))"
                )
            case .spam:
                line(
                    at + 1,
                    "mx postfix/smtp[1]: \(id): \(to), dsn=5.7.1, status=bounced (host mx said: 554 5.7.1 Message rejected as spam (in reply to end of DATA command))"
                )
            case .deferred:
                line(
                    at + 1,
                    "mx postfix/smtp[1]: \(id): \(to), dsn=4.7.0, status=deferred (host mx said: 421 4.7.0 try again later (in reply to MAIL FROM command))"
                )
            }
        }
        line(at + 2, "mx postfix/qmgr[1]: \(id): removed")
    }

    /// An ordinary month: mail read and a few messages every day.
    func ordinary(_ account: String, _ address: String, days: ClosedRange<Int> = 1...20, daily: Int = 4) {
        for day in days {
            for hour in 0..<daily {
                imap(Story.at(day, 8 + hour, 3), account, address)
                message(Story.at(day, 8 + hour, 10, day), account, address)
            }
        }
    }

    /// Spam at an even pace, an eighth of it to recipients that do not exist.
    func spam(_ from: Int64, _ account: String, _ address: String, count: Int, every: Int64 = 10, script: String? = nil)
    {
        for index in 0..<count {
            message(
                from + Int64(index) * every, account, address,
                [.sent, .sent, index % 2 == 0 ? .unknown : .sent, index % 8 == 0 ? .spam : .sent], script: script)
        }
    }

    // MARK: the examination

    func write() throws {
        for (file, group) in Dictionary(grouping: lines.enumerated(), by: { $0.element.file }) {
            let sorted = group.sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            let text = sorted.map { $0.element.text + "\n" }.joined()
            try text.write(toFile: folder + "/" + file, atomically: false, encoding: .utf8)
            let date = Date(timeIntervalSince1970: Double(Story.now))
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: folder + "/" + file)
        }
    }

    func report(_ options: AnalysisOptions = AnalysisOptions()) throws -> LogReport {
        try write()
        return try Story.report([folder], options)
    }

    static func report(_ paths: [String], _ options: AnalysisOptions = AnalysisOptions()) throws -> LogReport {
        let files = try LogFile.find(paths, now: now)
        let set = LogSet(files, timeZone: TimeZone(identifier: "UTC"), now: now)
        return LogAnalyser(set: set, now: now, seed: 42).run(options: options)
    }
}

extension LogReport {
    func finding(_ subject: String, _ kind: Finding.Kind? = nil) -> Finding? {
        findings.first { $0.subject == subject && (kind == nil || $0.kind == kind) }
    }

    /// Accounts said with high confidence to be in strange hands.
    var stolen: [String] {
        let kinds: Set<Finding.Kind> = [
            .compromisedAccount, .successAfterFailures, .manyNetworks, .spammingScript, .sendingSpike,
        ]
        return findings.filter { kinds.contains($0.kind) && $0.confidence == .high }.map(\.subject).sorted()
    }
}
