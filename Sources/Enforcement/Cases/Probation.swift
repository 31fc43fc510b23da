package import MailTypes

/// The ramp on which a source sends again after an incident.
package struct ProbationPlan: Hashable, Sendable {
    package struct Step: Hashable, Sendable {
        /// Messages an hour at most.
        package var perHour: Int
        /// Clean messages before the next step.
        package var clean: Int
        /// Watched time before the next step.
        package var atLeast: Duration

        package init(perHour: Int, clean: Int, atLeast: Duration) {
            self.perHour = max(1, perHour)
            self.clean = max(0, clean)
            self.atLeast = max(.seconds(60), atLeast)
        }
    }

    /// Steps of a plan at most.
    package static let stepLimit = 12
    /// A source that sends less than a step's `clean` goes on after so many times its `atLeast`.
    package static let patience = 4
    /// A relapse or an earlier incident makes the plan so many times as long, at most.
    package static let longest = 8
    /// However often that happens, a step asks for no more than this.
    static let longestStep = Duration.seconds(365 * 86_400)
    static let mostClean = 1_000_000

    package let steps: [Step]
    /// Log-odds from which on a message of the source counts as spam while it is on probation. Lower than for others.
    package var threshold: Double

    package init(
        steps: [Step] = [
            Step(perHour: 20, clean: 10, atLeast: .seconds(2 * 3600)),
            Step(perHour: 100, clean: 50, atLeast: .seconds(12 * 3600)),
            Step(perHour: 500, clean: 200, atLeast: .seconds(48 * 3600)),
        ], threshold: Double = 1.5
    ) {
        self.steps = Array(steps.prefix(Self.stepLimit))
        self.threshold = threshold
    }

    /// The plan for somebody with earlier incidents or relapses: the same limits, longer.
    package func stretched(by times: Int) -> ProbationPlan {
        let factor = min(max(1, times), Self.longest)
        return ProbationPlan(
            steps: steps.map {
                // Multiplied only where it stays below the bound: relapses follow each other without end.
                Step(
                    perHour: $0.perHour, clean: min(min($0.clean, Self.mostClean) * factor, Self.mostClean),
                    atLeast: min(min($0.atLeast, Self.longestStep) * factor, Self.longestStep))
            },
            threshold: threshold)
    }
}

/// Where on the ramp a source is. Pure: only time during which the gateway watched counts, in small pieces, so that neither an
/// outage nor a clock put forward ends it early, and a clock put back does not stop it.
package struct Probation: Hashable, Sendable {
    /// More between two looks was not watched.
    package static let longestLook = Duration.seconds(900)

    package let plan: ProbationPlan
    package let began: Timestamp
    /// Index of the current step.
    package private(set) var step: Int
    /// Clean messages in this step.
    package private(set) var clean: Int
    /// Watched time in this step.
    package private(set) var watched: Duration
    package private(set) var lastLook: Timestamp

    package init(_ plan: ProbationPlan, at time: Timestamp) {
        self.init(plan, began: time, step: 0, clean: 0, watched: .zero, lastLook: time)
    }

    /// As a store kept it.
    package init(
        _ plan: ProbationPlan, began: Timestamp, step: Int, clean: Int, watched: Duration, lastLook: Timestamp
    ) {
        self.plan = plan
        self.began = began
        self.step = max(0, step)
        self.clean = max(0, clean)
        self.watched = max(.zero, watched)
        self.lastLook = lastLook
    }

    /// The limits now; `nil` when all steps are behind.
    package var current: ProbationPlan.Step? { plan.steps.indices.contains(step) ? plan.steps[step] : nil }
    package var isOver: Bool { current == nil }

    /// Messages went out that nothing is said against.
    mutating func sent(_ count: Int) {
        guard count > 0 else { return }
        clean = clean > 1_000_000_000 ? clean : clean + min(count, 1_000_000)
    }

    /// Time has passed; goes at most one step on. Gives whether it did.
    mutating func look(at time: Timestamp) -> Bool {
        let passed = time - lastLook
        lastLook = time
        if passed > .zero { watched += min(passed, Self.longestLook) }
        guard let current else { return false }
        let isLongEnough = watched >= current.atLeast
        let isPatient = watched >= current.atLeast * ProbationPlan.patience
        guard isLongEnough, clean >= current.clean || isPatient else { return false }
        step += 1
        clean = 0
        watched = .zero
        return true
    }
}
