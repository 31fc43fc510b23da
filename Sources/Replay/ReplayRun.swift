package import Detection
import MailTypes

/// Runs events through a detector and keeps the account of it: what was decided, who was stopped, who was touched.
package struct ReplayRun: Sendable {
    package private(set) var report: ReplayReport
    private var detector: Detector
    private let policy: DetectionPolicy
    /// Times of delivered mail of each sender, the last ones.
    private var delivered: [SourceID: [Timestamp]] = [:]
    private var touched: [SourceID: Int] = [:]
    private var sums: [SourceID: Double] = [:]

    private static let mostTimes = 2000
    private static let mostSenders = 200_000

    package init(policy: DetectionPolicy, label: String = "") {
        self.policy = policy
        detector = Detector(policy: policy)
        report = ReplayReport(label: label)
    }

    /// Takes in the next event; a verdict for submissions.
    package mutating func take(_ event: DetectionEvent) -> Verdict? {
        report.note(event)
        guard case .submission(let submission) = event else { return detector.take(event) }
        report.released += detector.releases(at: submission.time).count
        guard let verdict = detector.take(event) else { return nil }
        note(submission, verdict)
        return verdict
    }

    /// The highest sum that each sender reached; for calibration.
    package var highestSums: [Double] { sums.values.sorted(by: >) }

    private mutating func note(_ event: SubmissionEvent, _ verdict: Verdict) {
        let sender =
            event.identity.account.map { SourceID.account($0, event.identity.customer) }
            ?? .server(event.identity.server, event.identity.customer)
        report.count(verdict.action, at: event.time, recipients: event.recipients.count)
        if let sum = detector.suspicion(of: sender)?.sum, sum > 0, sums[sender] ?? 0 < sum { sums[sender] = sum }
        switch verdict.action {
        case .deliver, .throttle:
            if delivered.count >= Self.mostSenders { delivered = [:] }
            delivered[sender, default: []].append(event.time)
            if delivered[sender, default: []].count > Self.mostTimes {
                delivered[sender]?.removeFirst(Self.mostTimes / 2)
            }
        case .hold, .refuse:
            touch(sender, event, verdict)
        }
        if let stop = verdict.stop ?? verdict.observed?.stop {
            let since = detector.suspicion(of: sender)?.since ?? event.time
            let out = delivered[sender]?.count { $0 >= since } ?? 0
            report.stops.append(
                ReplayReport.Stop(
                    source: stop.description, sender: sender.description, time: event.time.iso8601,
                    seconds: max(0, (event.time - since).inSeconds), delivered: out,
                    reasons: verdict.evidence.filter { $0.logOdds > 0 }.prefix(4).map(\.summary)))
        }
    }

    private mutating func touch(_ sender: SourceID, _ event: SubmissionEvent, _ verdict: Verdict) {
        if let index = touched[sender] {
            report.touched[index].messages += 1
            return
        }
        guard report.touched.count < 10_000 else { return }
        touched[sender] = report.touched.count
        report.touched.append(
            ReplayReport.Touched(
                source: sender.description, first: event.time.iso8601, messages: 1,
                reasons: verdict.evidence.filter { $0.logOdds > 0 }.prefix(3).map(\.summary)))
    }
}
