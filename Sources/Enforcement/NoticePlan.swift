package import MailTypes

/// What is to be told about one case, to whom and when: at most one notice for a stage and audience, then digests.
///
/// Pure: the plan marks a notice as sent when it hands it out, and whoever sends records it in the same breath, so that a
/// crash leads to no second one. A stage that a graver one has overtaken is not told any more.
package struct NoticePlan: Hashable, Sendable {
    /// Least time between digests, and between a notice and the digest after it.
    package static let digestInterval = Duration.seconds(86_400)

    package enum Stage: String, Hashable, Sendable, CaseIterable, Comparable {
        /// Suspect mail is held; new mail is accepted.
        case held
        /// In doubt: new mail is refused for the time being (451).
        case doubted
        /// The source may not send (550).
        case stopped
        /// The stop was lifted, or the case is on probation.
        case lifted
        /// It came back on probation, and is stopped again. Told each time.
        case relapsed
        /// The case is over.
        case closed

        private var order: Int {
            switch self {
            case .held: 0
            case .doubted: 1
            case .stopped: 2
            case .lifted: 3
            case .relapsed: 4
            case .closed: 5
            }
        }

        package static func < (a: Stage, b: Stage) -> Bool { a.order < b.order }
    }

    package enum Audience: String, Hashable, Sendable, CaseIterable, Comparable {
        case customer, `operator`

        package static func < (a: Audience, b: Audience) -> Bool { a.rawValue < b.rawValue }
    }

    package enum Event: Hashable, Sendable {
        case reached(Stage)
        /// More mail was held or refused, or another source joined.
        case activity
        case tick
    }

    package enum Action: Hashable, Sendable {
        case notice(Stage, Audience)
        /// What happened since the last notice or digest, in one message.
        case digest(Audience)
    }

    /// What was told to one audience.
    package struct Told: Hashable, Sendable {
        package var stages: Set<Stage> = []
        package var last: Timestamp?
        /// Something happened since.
        package var hasNews = false

        package init(stages: Set<Stage> = [], last: Timestamp? = nil, hasNews: Bool = false) {
            self.stages = stages
            self.last = last
            self.hasNews = hasNews
        }

        /// Whether the stage was told, or a graver one was. A lifting is no graver stage: a stop that comes after it is told.
        func hasHeard(_ stage: Stage) -> Bool {
            switch stage {
            case .lifted, .closed: stages.contains(stage)
            case .relapsed: false
            case .held, .doubted, .stopped: stages.contains { $0 <= .stopped && $0 >= stage }
            }
        }
    }

    package private(set) var told: [Audience: Told]

    package init(told: [Audience: Told] = [:]) { self.told = told }

    /// What to send now. In the order of the audiences: the customer, who can act, first.
    package mutating func event(_ event: Event, at time: Timestamp) -> [Action] {
        Audience.allCases.sorted().compactMap { audience in
            var entry = told[audience, default: Told()]
            defer { told[audience] = entry }
            switch event {
            case .reached(let stage):
                guard !entry.hasHeard(stage) else {
                    entry.hasNews = true
                    return nil
                }
                entry.stages.insert(stage)
                // What follows a relapse is told again.
                if stage == .relapsed { entry.stages.subtract([.lifted, .closed]) }
                entry.last = time
                entry.hasNews = false
                return .notice(stage, audience)
            case .activity:
                entry.hasNews = entry.last != nil
                return nil
            case .tick:
                guard entry.hasNews, let last = entry.last, time - last >= Self.digestInterval else { return nil }
                entry.last = time
                entry.hasNews = false
                return .digest(audience)
            }
        }
    }
}
