package import ControlStore
package import Enforcement
import Logging
package import MailTypes
import NIOConcurrencyHelpers

/// What time and other processes bring.
extension Responder {
    /// Quiet cases are looked for once in so many ticks: every ten minutes.
    private static let quietTicks = 1200

    /// Writes counts, ends stops whose time is over, notices what the command line changed, releases held mail of sources
    /// that may send again, sends digests. Returns at once; a
    /// tick that comes while the one before still works is left out.
    package func tick(at time: Timestamp) {
        let ticks: Int? = state.withLockedValue { state in
            guard !state.isTicking else { return nil }
            state.isTicking = true
            state.ticks += 1
            return state.ticks
        }
        guard let ticks else { return }
        let accepted = submit { [self] in
            defer { state.withLockedValue { $0.isTicking = false } }
            work(at: time, closesQuiet: ticks % Self.quietTicks == 1, recovers: ticks % Self.recoveryTicks == 1)
        }
        if !accepted { state.withLockedValue { $0.isTicking = false } }
    }

    /// Takes up what a crash interrupted: notices on their way, held mail without its case. Returns at once.
    package func resume() {
        let time = callbacks.now()
        submit { [self] in guarded("notices not taken up") { try resumeNotices(at: time) } }
        submit { [self] in adoptHeld(after: nil) }
    }

    /// Reads the stops again from the database, whoever changed them.
    package func reload() {
        let time = callbacks.now()
        submit { [self] in guarded("stops not read") { try readStops(at: time) } }
    }

    /// Stops a source for a person: confirmed at once.
    package func stop(_ source: SourceID, reason: String, until: Timestamp?, author: String, at time: Timestamp)
        throws(ControlError) -> Stop
    {
        let outcome = try enforce(
            .init(source: source, reason: reason, certainty: .confirmed, until: until, author: .person(author)),
            at: time)
        submit { [self] in
            guarded("notice not sent") { try tell(.reached(.stopped), of: outcome.stop.caseID, source, at: time) }
        }
        return outcome.stop
    }

    /// Lifts the stop of exactly that source for a person; `nil` if there is none.
    package func lift(_ source: SourceID, reason: String, author: String, at time: Timestamp)
        throws(ControlError) -> Stop?
    {
        guard let stop = try reinstate(source, reason: reason, author: author, at: time) else { return nil }
        submit { [self] in
            guarded("notice not sent") { try tell(.reached(.lifted), of: stop.caseID, source, at: time) }
        }
        return stop
    }

    private func work(at time: Timestamp, closesQuiet: Bool, recovers: Bool) {
        writeCounts(at: time)
        writeDeliveries()
        guarded("stops not ended") {
            for stop in try expireStops(at: time) {
                try tell(.reached(.lifted), of: stop.caseID, stop.source, at: time)
            }
        }
        guarded("stops not read") {
            if try control.changedSinceLastLook() {
                try readStops(at: time)
                try readProbations(at: time)
            }
        }
        if recovers {
            guarded("cases not looked after") { try recover(at: time) }
            guarded("ends of cases not told") { try tellEndings(at: time) }
        }
        assignCases(at: time)
        carryOutOrders(at: time)
        guarded("digest not sent") { try sendDigests(at: time) }
        if closesQuiet {
            guarded("cases not closed") {
                for id in try control.closeQuietCases(at: time) {
                    state.withLockedValue { $0.ledger.forget(case: id) }
                }
            }
            state.withLockedValue { $0.ledger.expire(at: time) }
        }
        outbox.retry()
    }

    private func reinstate(_ source: SourceID, reason: String, author: String, at time: Timestamp)
        throws(ControlError) -> Stop?
    {
        acts.lock()
        defer { acts.unlock() }
        let stop = try control.lift(source, author: .person(author), reason: reason, at: time)
        if let stop { ended(stop) }
        return stop
    }

    private func expireStops(at time: Timestamp) throws(ControlError) -> [Stop] {
        acts.lock()
        defer { acts.unlock() }
        let over = try control.expireStops(at: time)
        for stop in over { ended(stop) }
        return over
    }

    /// Compares the stops in force with the database's, and carries out the difference.
    private func readStops(at time: Timestamp) throws {
        let (over, new) = try changedStops(at: time)
        for stop in over { try tell(.reached(.lifted), of: stop.caseID, stop.source, at: time) }
        for stop in new {
            try tell(
                .reached(stop.certainty == .confirmed ? .stopped : .doubted), of: stop.caseID, stop.source, at: time)
        }
    }

    /// As `readStops`, without telling: whoever changed them tells.
    func rereadStops(at time: Timestamp) throws {
        _ = try changedStops(at: time)
        try readProbations(at: time)
    }

    private func changedStops(at time: Timestamp) throws(ControlError) -> (over: [Stop], new: [Stop]) {
        acts.lock()
        defer { acts.unlock() }
        let stored = try control.register(at: time)
        let present = state.withLockedValue { $0.register }
        let over = present.all.filter { stored[$0.source] == nil }
        let new = stored.all.filter { present[$0.source] != $0 }
        for stop in over { ended(stop) }
        for stop in new { inForce(stop, at: time) }
        return (over, new)
    }

    func guarded(_ failure: String, _ work: () throws -> Void) {
        do { try work() } catch {
            logger.error("response failed", metadata: ["what": "\(failure)", "error": "\(error)"])
        }
    }
}
