import MailTypes
import NIOConcurrencyHelpers

/// Answers that come in, until all are there or time is up.
final class Gathering: Sendable {
    private struct State {
        var report = URLListReport()
        /// Answers that are still to come, by list.
        var open: [Int]
        var isClosed = false
    }

    private let lists: [String]
    private let state: NIOLockedValueBox<State>

    init(lists: [String], domains: Int) {
        self.lists = lists
        state = NIOLockedValueBox(State(open: lists.map { _ in domains }))
    }

    /// The report, when this was the last answer.
    func add(_ answer: ListAnswer, _ domain: DomainName, _ list: Int) -> URLListReport? {
        state.withLockedValue { state in
            guard !state.isClosed else { return nil }
            state.open[list] -= 1
            let name = lists[list]
            switch answer {
            case .listed(let meanings):
                state.report.listings.append(.init(domain: domain, list: name, meanings: meanings))
                state.report.answered += 1
            case .notListed: state.report.answered += 1
            case .unknown(let reason), .refused(let reason):
                state.report.unanswered += 1
                if state.report.problems[name] == nil { state.report.problems[name] = reason }
            }
            state.isClosed = state.open.allSatisfy { $0 == 0 }
            return state.isClosed ? Self.ordered(state.report) : nil
        }
    }

    /// Ends it; `nil` if it has ended.
    func close(_ reason: String) -> URLListReport? {
        state.withLockedValue { state in
            guard !state.isClosed else { return nil }
            state.isClosed = true
            for (list, open) in state.open.enumerated() where open > 0 {
                state.report.unanswered += open
                if state.report.problems[lists[list]] == nil { state.report.problems[lists[list]] = reason }
            }
            return Self.ordered(state.report)
        }
    }

    /// The same answers give the same report, in whatever order they came.
    private static func ordered(_ report: URLListReport) -> URLListReport {
        var report = report
        report.listings.sort { ($0.domain, $0.list) < ($1.domain, $1.list) }
        return report
    }
}
