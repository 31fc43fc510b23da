package import MailTypes

/// One incident is one case: what turned out to be one is merged, what turned out to be two is split. Neither is a way around
/// a required check: both keep all that was asked.
extension IncidentCase {
    /// Takes over everything of another case of the same customer; that one is then `merged`. False, and nothing changes, if
    /// either has ended, or if it is this very case, or another customer's.
    package mutating func absorb(_ other: inout IncidentCase, at time: Timestamp) -> Bool {
        guard other.id != id, other.customer == customer, !state.isFinal, !other.state.isFinal else { return false }
        for source in other.sources where sources.count < Self.sourceLimit && !sources.contains(source) {
            sources.append(source)
        }
        stopped.formUnion(other.stopped)
        counts.add(other.counts)
        first = min(first, other.first)
        last = max(last, other.last)
        note(other.evidence)
        for sample in other.samples
        where samples.count < Self.sampleLimit && !samples.contains(where: { $0.id == sample.id }) {
            samples.append(sample)
        }
        recovery.kinds.formUnion(other.recovery.kinds)
        // What the other proved is proven about other sources: it is asked again here.
        _ = recovery.require(
            other.recovery.checks.map { RequiredCheck($0.name, needs: $0.needs, maximumAge: $0.maximumAge) })
        for index in recovery.checks.indices where other.recovery[recovery.checks[index].name] != nil {
            recovery.checks[index].state = CheckState()
            recovery.checks[index].waiver = nil
        }
        recovery.earlier = max(recovery.earlier, other.recovery.earlier)
        if let match = other.recovery.lastMatch { matched(match) }
        for campaign in other.recovery.campaigns.reversed() { _ = recovery.remember(campaign) }
        if stopped.isEmpty {
            settle(at: time)
        } else {
            recovery.probation = nil
            recovery.asked = nil
            // The customer was not told of this whole.
            if state != .reopened { state = .contained }
        }
        other.recovery.mergedInto = id
        other.recovery.probation = nil
        other.stopped = []
        other.state = .merged
        other.ended = time
        return true
    }

    /// Moves sources, with their stops, into a case of their own, of which as much is asked. `nil`, and nothing changes, if the
    /// case has ended, if none of them is in it, or if none would be left.
    package mutating func split(_ moved: [SourceID], to id: CaseID, at time: Timestamp) -> IncidentCase? {
        let found = sources.filter(moved.contains)
        guard !state.isFinal, let source = found.first, found.count < sources.count else { return nil }
        var new = IncidentCase(id: id, source: source, at: time, evidence: evidence)
        new.sources = found
        new.first = first
        new.stopped = stopped.intersection(found)
        new.recovery = recovery
        new.recovery.probation = nil
        new.recovery.asked = nil
        sources.removeAll(where: found.contains)
        stopped.subtract(found)
        new.state = new.stopped.isEmpty ? .open : .contained
        new.settle(at: time)
        if stopped.isEmpty { settle(at: time) }
        return new
    }

    /// Without stops a case that was confirmed is on probation, one that was not is open.
    mutating func settle(at time: Timestamp) {
        guard stopped.isEmpty, !state.isFinal else { return }
        if recovery.checks.isEmpty {
            state = .open
        } else {
            if recovery.probation == nil {
                recovery.probation = Probation(recovery.plan, at: time)
                recovery.reinstated = time
            }
            recovery.asked = nil
            state = .probation
        }
    }
}
