package import MTAControl

/// Holds, releases, archives and deletes chosen messages while the mail server runs.
///
/// Each message is looked at again right before: it must be the one that was chosen, by arrival, sender and content. Where an id
/// may be used again, deleting takes three steps: the message is held, so that the server leaves it alone; it is looked at once
/// more where it is held; then it is deleted from there and nowhere else. What became of it is looked up, not believed.
package struct QueueActs {
    private let queue: any MailQueue
    /// Called with every outcome, in batches, before the next batch begins.
    private let report: ([MessageOutcome]) throws -> Void

    /// Messages of one batch: what an interrupted run leaves undecided. Each batch lists the queue up to three times.
    private let batch: Int
    /// A message that is being delivered is tried again this often.
    private static let rounds = 3

    package init(_ queue: any MailQueue, batch: Int = 3000, report: @escaping ([MessageOutcome]) throws -> Void) {
        self.queue = queue
        self.batch = batch
        self.report = report
    }

    private enum Look {
        case fits(QueuedMessage)
        case outcome(MessageOutcome)
    }

    private func look(_ target: ActTarget, _ listing: QueueListing) -> Look {
        guard let entry = listing.entries[target.id] else { return .outcome(.init(target.id, .left)) }
        switch queue.read(entry) {
        case .message(let message):
            guard MessageIdentity(message) == target.identity else {
                return .outcome(.init(target.id, .other, "another message has this id now; it was not touched"))
            }
            return .fits(message)
        case .gone: return .outcome(.init(target.id, .busy, "moved while it was looked at"))
        case .arriving: return .outcome(.init(target.id, .other, "a message that is being received has this id"))
        case .unreadable(let reason): return .outcome(.init(target.id, .failed, reason))
        }
    }

    /// Runs `act` over batches; what is busy comes again at the end.
    private func inBatches(
        _ targets: [ActTarget], _ progress: (Double) -> Bool, _ act: ([ActTarget]) throws -> [MessageOutcome]
    ) throws {
        var waiting = targets
        var done = 0
        for round in 1...Self.rounds {
            var again: [ActTarget] = []
            for start in stride(from: 0, to: waiting.count, by: batch) {
                let some = Array(waiting[start..<min(start + batch, waiting.count)])
                var outcomes = try act(some)
                if round < Self.rounds {
                    let busy = Set(outcomes.filter { $0.result == .busy }.map(\.id))
                    again += some.filter { busy.contains($0.id) }
                    outcomes.removeAll { busy.contains($0.id) }
                }
                done += outcomes.count
                try report(outcomes)
                guard progress(Double(done) / Double(max(1, targets.count))) else {
                    throw CleanupError(.usage, "stopped; `sluice queue resume` goes on")
                }
            }
            waiting = again
            if waiting.isEmpty { return }
        }
    }

    package func hold(_ targets: [ActTarget], progress: (Double) -> Bool) throws {
        try inBatches(targets, progress) { batch in
            let (fitting, outcomes) = try sort(batch)
            let free = fitting.filter { !$0.isHeld }
            try queue.hold(free.map(\.id))
            let after = try queue.list()
            let asked = Set(free.map(\.id))
            return outcomes
                + (try fitting.map { message in
                    guard asked.contains(message.id) else { return .init(message.id, .already, "was held") }
                    return try heldNow(message, after)
                })
        }
    }

    package func release(_ targets: [ActTarget], progress: (Double) -> Bool) throws {
        try inBatches(targets, progress) { batch in
            let (fitting, outcomes) = try sort(batch)
            let held = fitting.filter { $0.isHeld }
            try queue.release(held.map(\.id))
            let after = try queue.list()
            let asked = Set(held.map(\.id))
            return outcomes
                + fitting.map { message in
                    guard asked.contains(message.id) else { return .init(message.id, .already, "was not held") }
                    guard let entry = after.entries[message.id], case .message(let now) = queue.read(entry), now.isHeld
                    else { return .init(message.id, .released) }
                    return .init(message.id, .failed, "is still held")
                }
        }
    }

    /// - Parameter writer: on the disk when this returns; `finish` is the caller's.
    package func archive(_ targets: [ActTarget], to writer: ArchiveWriter, progress: (Double) -> Bool) throws {
        try inBatches(targets, progress) { batch in
            let listing = try queue.list()
            var outcomes: [MessageOutcome] = []
            for target in batch {
                if writer.holds(target.id, target.identity) {
                    outcomes.append(.init(target.id, .already, "was in the archive"))
                    continue
                }
                switch look(target, listing) {
                case .outcome(let outcome): outcomes.append(outcome)
                case .fits(let message):
                    try writer.add(
                        message, identity: target.identity, group: target.group, subject: target.subject,
                        fingerprint: target.fingerprint)
                    outcomes.append(.init(target.id, .archived))
                }
            }
            try writer.flush()
            return outcomes
        }
    }

    package func delete(_ targets: [ActTarget], progress: (Double) -> Bool) throws {
        try inBatches(targets, progress) { batch in
            let (fitting, sorted) = try sort(batch)
            let targetOf = Dictionary(batch.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            var outcomes = sorted
            guard queue.mayReuseIDs else { return try outcomes + deletedAtOnce(fitting.map(\.id), targetOf) }
            let free = Set(fitting.filter { !$0.isHeld }.map(\.id))
            try queue.hold(free.sorted())
            let listing = try queue.list()
            var doomed: [QueueID] = []
            var wrongly: [QueueID] = []
            for message in fitting {
                guard let target = targetOf[message.id] else { continue }
                switch look(target, listing) {
                case .fits(let now) where now.isHeld: doomed.append(now.id)
                case .fits: outcomes.append(.init(target.id, .busy, "is being delivered; it was not touched"))
                case .outcome(let outcome):
                    if outcome.result == .other, free.contains(target.id) { wrongly.append(target.id) }
                    outcomes.append(outcome)
                }
            }
            if !wrongly.isEmpty { try queue.release(wrongly) }
            try queue.deleteHeld(doomed)
            let after = try queue.list()
            for id in doomed {
                guard let target = targetOf[id], after.entries[id] != nil else {
                    outcomes.append(.init(id, .deleted))
                    continue
                }
                if case .fits = look(target, after) {
                    outcomes.append(.init(id, .failed, "is still there, held"))
                } else {
                    outcomes.append(.init(id, .deleted))
                }
            }
            return outcomes
        }
    }

    /// Where an id never comes again, nothing can come between the look and the deletion: no need to hold first.
    private func deletedAtOnce(_ ids: [QueueID], _ targetOf: [QueueID: ActTarget]) throws -> [MessageOutcome] {
        try queue.deleteHeld(ids)
        let after = try queue.list()
        return ids.map { id in
            guard let target = targetOf[id], after.entries[id] != nil, case .fits = look(target, after) else {
                return .init(id, .deleted)
            }
            return .init(id, .busy, "is being delivered; it was not touched")
        }
    }

    private func sort(_ batch: [ActTarget]) throws -> ([QueuedMessage], [MessageOutcome]) {
        let listing = try queue.list()
        var fitting: [QueuedMessage] = []
        var outcomes: [MessageOutcome] = []
        for target in batch {
            switch look(target, listing) {
            case .fits(var message):
                message.content = []
                fitting.append(message)
            case .outcome(let outcome): outcomes.append(outcome)
            }
        }
        return (fitting, outcomes)
    }

    private func heldNow(_ message: QueuedMessage, _ listing: QueueListing) throws -> MessageOutcome {
        guard let entry = listing.entries[message.id] else { return .init(message.id, .left) }
        if queue.isHeld(entry) == true { return .init(message.id, .held) }
        if case .message(let now) = queue.read(entry), now.isHeld { return .init(message.id, .held) }
        return .init(message.id, .busy, "is being delivered, or waits to be taken in; it is not held")
    }
}
