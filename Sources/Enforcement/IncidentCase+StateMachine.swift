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
        /// A submission like those of the incident was seen.
        case campaign(CampaignID)
        /// So did another, of no campaign that is known.
        case matched
        /// Operator and customer have been told of the stops so far.
        case noticed
        /// What kind of incident it is, and what that asks; adds to what is asked already.
        case classified(Set<IncidentKind>, [RequiredCheck], ProbationPlan, earlier: Int)
        /// Somebody on the customer's side has begun.
        case acknowledged
        /// Somebody says, or we saw, how a required check stands.
        case stated(RequiredCheck.Name, Assurance, CheckState.Statement)
        /// An operator takes a check upon themselves.
        case waived(RequiredCheck.Name, RequiredCheck.Waiver)
        /// Somebody asks for reinstatement.
        case asked
        /// The sources are to send again, on probation. An operator may do it before the checks hold; they are asked on.
        case reinstated(isOperator: Bool)
        /// A person opens it again.
        case reopened(reason: String)
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
        /// On probation from now on; these stops are to be lifted, narrowest first.
        case reinstated(from: State, lift: [SourceID])
        /// The case has ended; these stops are still in force and are to be lifted, narrowest first.
        case ended(from: State, to: State, lift: [SourceID])
        /// Not done: these checks are neither passed nor waived.
        case missing([RequiredCheck.Name])
    }

    /// Takes an event. A source of another customer is never taken (`none`).
    package mutating func event(_ event: Event, at time: Timestamp) -> Action {
        if case .reopened(let reason) = event { return reopen(reason, time) }
        guard !state.isFinal else { return .none }
        switch event {
        case .suspected(let source, let evidence):
            guard join(source) else { return .none }
            matched(time)
            return touched(time, evidence)
        case .stopped(let source, let evidence): return stop(source, evidence, time)
        case .lifted(let source):
            guard stopped.remove(source) != nil else { return .none }
            last = max(last, time)
            guard stopped.isEmpty else { return .recorded }
            let old = state
            settle(at: time)
            return old == state ? .recorded : .moved(from: old, to: state)
        case .delivered(let count):
            if state == .probation { recovery.probation?.sent(count) }
            return counted(Counts(delivered: max(0, count)), time)
        case .held(let count):
            if count > 0 { matched(time) }
            return counted(Counts(held: max(0, count)), time)
        case .refused(let count): return counted(Counts(refused: max(0, count)), time)
        case .sampled(let sample):
            guard samples.count < Self.sampleLimit, !samples.contains(where: { $0.id == sample.id }) else {
                return .none
            }
            samples.append(sample)
            return touched(time, [])
        case .campaign(let campaign):
            matched(time)
            _ = recovery.remember(campaign)
            return .recorded
        case .matched:
            matched(time)
            return .recorded
        case .noticed:
            return state == .contained || (state == .reopened && !stopped.isEmpty) ? move(to: .notified) : .none
        case .classified(let kinds, let checks, let plan, let earlier):
            return classify(kinds, checks, plan, earlier, time)
        case .acknowledged: return begin(time)
        case .stated(let name, let assurance, let statement): return take(name, assurance, statement, time)
        case .waived(let name, let waiver):
            guard let index = recovery.checks.firstIndex(where: { $0.name == name }) else { return .none }
            recovery.checks[index].waiver = waiver
            return .recorded
        case .asked:
            guard state != .open, state != .probation else { return .none }
            recovery.acknowledged = recovery.acknowledged ?? time
            recovery.asked = time
            return move(to: .verifying)
        case .reinstated(let isOperator): return reinstate(isOperator, time)
        case .closed:
            let left = unsettled(at: time)
            return left.isEmpty ? end(as: .closed, at: time) : .missing(left.map(\.name))
        case .falseAlarm: return end(as: .falseAlarm, at: time)
        case .reopened: return .none
        case .tick: return tick(time)
        }
    }

    // MARK: - Parts

    mutating func matched(_ time: Timestamp) { recovery.lastMatch = max(recovery.lastMatch ?? time, time) }

    private mutating func stop(_ source: SourceID, _ evidence: [String], _ time: Timestamp) -> Action {
        guard join(source) else { return .none }
        let isNew = stopped.insert(source).inserted
        matched(time)
        _ = touched(time, evidence)
        switch state {
        case .probation:
            recovery.relapse()
            return move(to: .reopened)
        // A stop in doubt that is confirmed is no news for somebody who works on it; another source is.
        case .remediating, .verifying: return isNew ? move(to: .contained) : .recorded
        case .reopened: return .recorded
        case .open, .contained, .notified, .closed, .falseAlarm, .merged: return move(to: .contained)
        }
    }

    private mutating func classify(
        _ kinds: Set<IncidentKind>, _ checks: [RequiredCheck], _ plan: ProbationPlan, _ earlier: Int, _ time: Timestamp
    ) -> Action {
        let before = recovery
        recovery.kinds.formUnion(kinds)
        if recovery.kinds.count > 1 { recovery.kinds.remove(.unknown) }
        if recovery.checks.isEmpty { recovery.plan = plan }
        _ = recovery.require(checks)
        recovery.earlier = max(recovery.earlier, earlier)
        guard recovery != before else { return .none }
        // Lifted before it was known what it was: what is asked is asked on.
        guard state == .open, stopped.isEmpty, before.checks.isEmpty, !recovery.checks.isEmpty else { return .recorded }
        settle(at: time)
        return .moved(from: .open, to: state)
    }

    private mutating func begin(_ time: Timestamp) -> Action {
        let isFirst = recovery.acknowledged == nil
        if isFirst { recovery.acknowledged = time }
        switch state {
        case .contained, .notified: return move(to: .remediating)
        case .reopened where !stopped.isEmpty: return move(to: .remediating)
        default: return isFirst ? .recorded : .none
        }
    }

    private mutating func take(
        _ name: RequiredCheck.Name, _ assurance: Assurance, _ statement: CheckState.Statement, _ time: Timestamp
    ) -> Action {
        guard let index = recovery.checks.firstIndex(where: { $0.name == name }) else { return .none }
        recovery.checks[index].state.add(statement, as: assurance)
        // What the gateway sees by itself shows nobody's work; a failure that counts sends it back to those who work on it.
        if state == .verifying, statement.result == .fail, recovery.checks[index].waiver == nil {
            recovery.asked = nil
            return move(to: .remediating)
        }
        guard assurance != .verified else { return .recorded }
        let action = begin(time)
        return action == .none ? .recorded : action
    }

    private mutating func reinstate(_ isOperator: Bool, _ time: Timestamp) -> Action {
        guard state != .open, state != .probation else { return .none }
        let left = missing(at: time)
        guard isOperator || left.isEmpty else { return .missing(left.map(\.name)) }
        let (old, lift) = (state, ordered(stopped))
        stopped = []
        last = max(last, time)
        settle(at: time)
        return .reinstated(from: old, lift: lift)
    }

    private mutating func reopen(_ reason: String, _ time: Timestamp) -> Action {
        guard state == .closed || state == .falseAlarm || state == .probation else { return .none }
        ended = nil
        recovery.relapse()
        _ = touched(time, [reason])
        return move(to: .reopened)
    }

    private mutating func tick(_ time: Timestamp) -> Action {
        guard stopped.isEmpty else { return .none }
        if state == .probation {
            let goesOn = recovery.probation?.look(at: time) ?? false
            if recovery.probation?.isOver ?? true, unsettled(at: time).isEmpty { return end(as: .closed, at: time) }
            return goesOn ? .recorded : .none
        }
        guard time - last >= Self.quietPeriod, unsettled(at: time).isEmpty else { return .none }
        return end(as: .closed, at: time)
    }

    /// Adds the source where there is room; a case that is full takes it without a name of its own.
    private mutating func join(_ source: SourceID) -> Bool {
        guard source.customer == customer else { return false }
        if sources.count < Self.sourceLimit, !sources.contains(source) { sources.append(source) }
        if case .campaign(let campaign, _) = source { _ = recovery.remember(campaign) }
        return true
    }

    private mutating func touched(_ time: Timestamp, _ evidence: [String]) -> Action {
        first = min(first, time)
        last = max(last, time)
        note(evidence)
        return .recorded
    }

    /// Counts saturate: a count from outside cannot make the case trap.
    private mutating func counted(_ more: Counts, _ time: Timestamp) -> Action {
        guard more != Counts() else { return .none }
        counts.add(more)
        return touched(time, [])
    }

    private mutating func move(to new: State) -> Action {
        guard new != state else { return .recorded }
        defer { state = new }
        return .moved(from: state, to: new)
    }

    private mutating func end(as new: State, at time: Timestamp) -> Action {
        let (old, lift) = (state, ordered(stopped))
        state = new
        ended = time
        last = max(last, time)
        stopped = []
        recovery.asked = nil
        recovery.probation = nil
        return .ended(from: old, to: new, lift: lift)
    }

    private func ordered(_ sources: Set<SourceID>) -> [SourceID] {
        sources.sorted { ($0.scope, $0.key) < ($1.scope, $1.key) }
    }
}
