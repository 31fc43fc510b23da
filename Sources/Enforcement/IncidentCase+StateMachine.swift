package import MailTypes

extension IncidentCase {
    /// What can happen to a case.
    package enum Event: Hashable, Sendable {
        /// New evidence against a source; nothing is stopped by it.
        case suspected(SourceID, evidence: [String])
        /// The source may not send from now on, or a stop in doubt was confirmed.
        case stopped(SourceID, evidence: [String])
        case lifted(SourceID)
        case delivered(Int)
        case held(Int)
        case refused(Int)
        case sampled(CaseSample)
        /// Operator and customer have been told of the stops so far.
        case noticed
        /// A person ends it: cleaned and verified.
        case closed
        /// A person ends it: it was no spam.
        case falseAlarm
        /// Time has passed.
        case tick
    }

    /// What the event did.
    package enum Action: Hashable, Sendable {
        /// The case has ended, or the event says nothing new.
        case none
        /// Something was counted or noted; the state is the same.
        case recorded
        case moved(from: State, to: State)
        /// The case has ended; these stops are still in force and are to be lifted, narrowest first.
        case ended(from: State, to: State, lift: [SourceID])
    }

    /// Takes an event. A source of another customer is never taken (`none`).
    package mutating func event(_ event: Event, at time: Timestamp) -> Action {
        guard !state.isFinal else { return .none }
        switch event {
        case .suspected(let source, let evidence):
            guard join(source) else { return .none }
            return touched(time, evidence)
        case .stopped(let source, let evidence):
            guard join(source) else { return .none }
            stopped.insert(source)
            _ = touched(time, evidence)
            return move(to: .contained)
        case .lifted(let source):
            guard stopped.remove(source) != nil else { return .none }
            last = max(last, time)
            return stopped.isEmpty ? move(to: .open) : .recorded
        case .delivered(let count): return counted(\.delivered, count, time)
        case .held(let count): return counted(\.held, count, time)
        case .refused(let count): return counted(\.refused, count, time)
        case .sampled(let sample):
            guard samples.count < Self.sampleLimit, !samples.contains(where: { $0.id == sample.id }) else {
                return .none
            }
            samples.append(sample)
            return touched(time, [])
        case .noticed: return state == .contained ? move(to: .notified) : .none
        case .closed: return end(as: .closed, at: time)
        case .falseAlarm: return end(as: .falseAlarm, at: time)
        case .tick:
            guard stopped.isEmpty, time - last >= Self.quietPeriod else { return .none }
            return end(as: .closed, at: time)
        }
    }

    /// Adds the source where there is room; a case that is full takes it without a name of its own.
    private mutating func join(_ source: SourceID) -> Bool {
        guard source.customer == customer else { return false }
        if sources.count < Self.sourceLimit, !sources.contains(source) { sources.append(source) }
        return true
    }

    private mutating func touched(_ time: Timestamp, _ evidence: [String]) -> Action {
        first = min(first, time)
        last = max(last, time)
        note(evidence)
        return .recorded
    }

    /// Counts saturate: a count from outside cannot make the case trap.
    private mutating func counted(_ path: WritableKeyPath<Counts, Int>, _ count: Int, _ time: Timestamp) -> Action {
        guard count > 0 else { return .none }
        let (sum, overflow) = counts[keyPath: path].addingReportingOverflow(count)
        counts[keyPath: path] = overflow ? Int.max : sum
        return touched(time, [])
    }

    private mutating func move(to new: State) -> Action {
        guard new != state else { return .recorded }
        defer { state = new }
        return .moved(from: state, to: new)
    }

    private mutating func end(as new: State, at time: Timestamp) -> Action {
        let old = state
        let lift = stopped.sorted { ($0.scope, $0.key) < ($1.scope, $1.key) }
        state = new
        ended = time
        last = max(last, time)
        stopped = []
        return .ended(from: old, to: new, lift: lift)
    }
}
