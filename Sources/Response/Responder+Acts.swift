import ControlStore
import Detection
import Enforcement
import Logging
import MailTypes
import NIOConcurrencyHelpers

/// What is done, on the responder's thread.
extension Responder {
    func openCase(_ source: SourceID, _ evidence: [String], at time: Timestamp) {
        attempt("case not opened", source) {
            let incident = try control.suspect(
                source, evidence: evidence, author: Stop.Author.detector.description, at: time)
            belongs(source, to: incident.id, at: time)
            writeCounts(at: time)
            try tell(.reached(.held), of: incident.id, source, at: time)
        }
    }

    func stop(_ source: SourceID, principal: SourceID, _ evidence: [String], isConfirmed: Bool, at time: Timestamp) {
        let settings = state.withLockedValue { $0.settings }
        attempt("stop not carried out", source) {
            let request = ControlDatabase.StopRequest(
                source: source, reason: Self.reason(source), certainty: isConfirmed ? .confirmed : .doubt,
                until: isConfirmed ? settings.stopDuration.map { time + $0 } : time + settings.doubtDuration,
                author: .detector, evidence: evidence)
            let outcome = try enforce(request, at: time)
            belongs(principal, to: outcome.stop.caseID, at: time)
            writeCounts(at: time)
            let isRelapse = outcome.incident.state == .reopened
            let stage: NoticePlan.Stage =
                isRelapse ? .relapsed : outcome.stop.certainty == .confirmed ? .stopped : .doubted
            try tell(.reached(stage), of: outcome.stop.caseID, source, at: time)
        }
    }

    func confirm(_ source: SourceID, at time: Timestamp) {
        let (settings, present) = state.withLockedValue { ($0.settings, $0.register[source]) }
        // Lifted in the meantime: then a person has decided.
        guard let present, present.isActive(at: time), present.certainty == .doubt else { return failed(source) }
        attempt("stop not confirmed", source) {
            let request = ControlDatabase.StopRequest(
                source: source, reason: present.reason, certainty: .confirmed,
                until: settings.stopDuration.map { time + $0 }, author: .detector,
                evidence: ["suspect messages kept coming while the source was stopped in doubt"])
            let outcome = try enforce(request, at: time)
            writeCounts(at: time)
            try tell(.reached(.stopped), of: outcome.stop.caseID, source, at: time)
        }
    }

    /// The sentence for the sender, without addresses.
    static func reason(_ source: SourceID) -> String {
        switch source.scope {
        case .campaign: "This text is not sent on: many near-copies of it look like spam"
        case .account: "This account is stopped: what it sends looks like spam"
        case .server: "This server is stopped: what it sends looks like spam"
        case .customer: "This customer's mail is stopped: much of it looks like spam"
        }
    }

    /// Writes a stop, and makes it effective.
    func enforce(_ request: ControlDatabase.StopRequest, at time: Timestamp) throws(ControlError)
        -> ControlDatabase.StopOutcome
    {
        acts.lock()
        defer { acts.unlock() }
        let outcome = try control.stop(request, at: time)
        inForce(outcome.stop, at: time)
        return outcome
    }

    /// Makes a stop effective for event loops.
    func inForce(_ stop: Stop, at time: Timestamp) {
        state.withLockedValue { state in
            // Replaced as a whole: the database has decided between the old and the new.
            _ = state.register.lift(stop.source)
            _ = state.register.add(stop, at: max(time, stop.since))
        }
        belongs(stop.source, to: stop.caseID, at: time)
        // A stop ends the case's probation.
        if state.withLockedValue({ !$0.probations.isEmpty }) {
            guarded("probation not read") { try readProbations(at: time) }
        }
        callbacks.stopped(stop)
        logger.notice(
            "source stopped",
            metadata: [
                "source": "\(SafeText.printable(stop.source.description))", "case": "\(stop.caseID)",
                "certainty": "\(stop.certainty.rawValue)", "author": "\(SafeText.printable(stop.author.description))",
            ])
    }

    /// Makes an end of a stop effective.
    func ended(_ stop: Stop) {
        state.withLockedValue { state in
            _ = state.register.lift(stop.source)
            state.ledger.forget(stop.source)
        }
        callbacks.lifted(stop.source)
        logger.notice(
            "source may send again",
            metadata: ["source": "\(SafeText.printable(stop.source.description))", "case": "\(stop.caseID)"])
    }

    func belongs(_ source: SourceID, to id: CaseID, at time: Timestamp) {
        state.withLockedValue { state in
            state.ledger.update(source, at: time) { entry in
                entry.caseID = id
                entry.isOpening = false
                entry.isStopping = false
                entry.isConfirming = false
            }
        }
    }

    /// Writes counts and samples since the last time into their cases. What cannot be written is lost: counts are for
    /// people, and the messages themselves are in the spool and the log.
    func writeCounts(at time: Timestamp) {
        for (id, events) in state.withLockedValue({ $0.ledger.takePending() }) {
            do {
                let (incident, _) = try control.apply(events, to: id, author: "daemon", at: time)
                if incident.state.isFinal {
                    state.withLockedValue { $0.ledger.forget(case: id) }
                } else {
                    try control.noteActivity(id, at: time)
                }
            } catch {
                logger.error("case not updated", metadata: ["case": "\(id)", "error": "\(error)"])
            }
        }
    }

    /// Does something with the database; what fails is logged, and can be asked for again.
    func attempt(_ failure: String, _ source: SourceID, _ work: () throws -> Void) {
        do { try work() } catch {
            failed(source)
            logger.error(
                "response failed",
                metadata: [
                    "what": "\(failure)", "source": "\(SafeText.printable(source.description))", "error": "\(error)",
                ])
        }
    }
}
