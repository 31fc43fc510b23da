package import Detection

/// The stop threshold that a budget of false stops allows, from traffic that is held to be clean.
///
/// First nobody is stopped, which shows how far each sender's sum goes; then the traffic is run again with the threshold
/// found, and with a higher one where more are stopped than allowed: campaigns and wider sources have sums of their own.
package struct StopCalibration: Sendable, Encodable {
    /// Runs after the first; the threshold doubles from the second on.
    private static let mostRuns = 6

    /// False stops allowed over these submissions.
    package private(set) var allowed: Int
    package private(set) var submissions: Int
    /// The threshold: above what all senders but the allowed ones ever reached.
    package private(set) var threshold: Double
    /// Stops that there were with it.
    package private(set) var stops = 0
    /// The highest sums that senders reached, from the top.
    package private(set) var highest: [Double]

    /// - Parameters:
    ///   - perMillion: false stops a million submissions.
    ///   - margin: above the sum that must not stop anybody.
    ///   - feed: gives all events, in order; called once a run.
    package init(
        _ policy: DetectionPolicy, falseStopsPerMillion perMillion: Double, margin: Double = 0.5,
        feed: ((DetectionEvent) -> Void) throws -> Void
    ) throws {
        var open = ReplayRun(policy: Self.open(policy))
        try feed { _ = open.take($0) }
        submissions = open.report.submissions
        allowed = Int(max(0, min(1e9, perMillion * Double(submissions) / 1e6)))
        let sums = open.highestSums
        threshold = (allowed < sums.count ? sums[allowed] : 0) + margin
        highest = Array(sums.prefix(20))
        for attempt in 0..<Self.mostRuns {
            if attempt > 1 { threshold *= 2 }
            if attempt == 1 { threshold = max(threshold, (sums.first ?? 0) + margin) }
            var checked = policy
            checked.stop = threshold
            checked.ceiling = max(policy.ceiling, threshold * 2)
            var run = ReplayRun(policy: checked)
            try feed { _ = run.take($0) }
            stops = run.report.stops.count
            if stops <= allowed { return }
        }
    }

    /// The policy with which to run: nobody is stopped, so that sums show how far they go.
    static func open(_ policy: DetectionPolicy) -> DetectionPolicy {
        var open = policy
        open.stop = .greatestFiniteMagnitude
        open.ceiling = 1000
        return open
    }
}
