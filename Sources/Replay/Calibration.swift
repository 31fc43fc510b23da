package import Detection

/// The stop threshold that a budget of false stops allows, from traffic that is held to be clean.
package struct StopCalibration: Sendable, Encodable {
    /// False stops allowed over these submissions.
    package var allowed: Int
    package var submissions: Int
    /// The threshold: above what all senders but the allowed ones ever reached.
    package var threshold: Double
    /// The highest sums that senders reached, from the top.
    package var highest: [Double]

    /// - Parameters:
    ///   - run: of a policy whose stop threshold was out of reach, over clean traffic.
    ///   - perMillion: false stops a million submissions.
    package init(_ run: ReplayRun, falseStopsPerMillion perMillion: Double, margin: Double = 0.5) {
        submissions = run.report.submissions
        allowed = Int(max(0, min(1e9, perMillion * Double(submissions) / 1e6)))
        let sums = run.highestSums
        threshold = (allowed < sums.count ? sums[allowed] : 0) + margin
        highest = Array(sums.prefix(20))
    }

    /// The policy with which to run: nobody is stopped, so that sums show how far they go.
    package static func open(_ policy: DetectionPolicy) -> DetectionPolicy {
        var open = policy
        open.stop = .greatestFiniteMagnitude
        open.ceiling = 1000
        return open
    }
}
