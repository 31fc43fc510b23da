import Detection
import Enforcement
import Inspection
package import Logging
import MailTypes
import Relay
import SMTPProtocol
import SMTPServing
import Spool

/// Tells what happens: one log line a message and phase, and the counts behind `/metrics`.
///
/// Fixed messages, data in metadata; what came from outside passes `SafeText`. Never content, never secrets.
package struct EventLog: Sendable {
    private let logger: Logger
    package let counters: GatewayCounters

    package init(logger: Logger, counters: GatewayCounters) {
        self.logger = logger
        self.counters = counters
    }

    // MARK: - Intake

    func intake(_ event: IntakeEvent, _ session: SessionInfo) {
        counters.count(event)
        switch event {
        case .opened: logger.debug("session opened", metadata: Self.session(session))
        case .encrypted: logger.debug("session encrypted", metadata: Self.session(session))
        case .authenticated: logger.info("login", metadata: Self.session(session))
        case .turnedAway(let reply):
            logger.info("session turned away", metadata: Self.session(session).with("reply", reply))
        case .authenticationFailed(let mechanism, let user):
            logger.notice(
                "login failed",
                metadata: Self.session(session).with("mechanism", mechanism).with("user", SafeText.printable(user)))
        case .refused(let reply):
            logger.info("command refused", metadata: Self.session(session).with("reply", reply))
        case .closed(let reason):
            logger.debug("session closed", metadata: Self.session(session).with("reason", reason.rawValue))
        }
    }

    /// A submission was judged and answered.
    func judged(
        _ assessment: Assessment, from sender: ReversePath, _ verdict: Verdict, _ reply: Reply, _ session: SessionInfo
    ) {
        counters.count(verdict.action, size: assessment.event.size)
        var data = Self.submission(assessment, sender, session).with("verdict", verdict.action.rawValue)
            .with("log-odds", Self.number(verdict.logOdds)).with("reply", reply)
        if let stop = verdict.stop { data = data.with("stop", SafeText.printable(stop.description)) }
        if let observed = verdict.observed { data = data.with("observed", observed.action.rawValue) }
        if verdict.action != .deliver || verdict.logOdds > 0 {
            data["evidence"] = .array(verdict.evidence.prefix(8).map { .string(SafeText.printable($0.summary)) })
        }
        if verdict.action == .deliver {
            logger.info("message taken", metadata: data)
        } else {
            logger.notice("message \(Self.word(verdict.action))", metadata: data)
        }
    }

    /// A submission came from a stopped source.
    func stopped(
        _ assessment: Assessment, from sender: ReversePath, _ stop: Stop, _ reply: Reply, _ session: SessionInfo
    ) {
        counters.countStopped()
        logger.notice(
            "message refused by stop",
            metadata: Self.submission(assessment, sender, session).with("case", stop.caseID)
                .with("stop", SafeText.printable(stop.source.description)).with("reply", reply))
    }

    /// A stopped source was turned away before it sent a text.
    func refused(_ stop: Stop, _ identity: SubmissionIdentity, _ session: SessionInfo) {
        counters.countStopped()
        logger.notice(
            "sender refused by stop",
            metadata: Self.session(session).with("case", stop.caseID)
                .with("stop", SafeText.printable(stop.source.description)))
    }

    /// The spool did not take a message that was judged.
    func notKept(_ id: SubmissionID, _ error: SpoolError, _ reply: Reply, _ session: SessionInfo) {
        counters.countSpoolTrouble()
        logger.error(
            "message not stored",
            metadata: Self.session(session).with("id", id).with("error", error.message).with("reply", reply))
    }

    // MARK: - Delivery

    func delivery(_ event: DeliveryEvent) {
        counters.count(event)
        switch event {
        case .attempt(let attempt): self.attempt(attempt)
        case .destinationPostponed(let key, let reason, _, let failures, let queued):
            logger.warning(
                "destination postponed",
                metadata: [
                    "destination": "\(SafeText.printable("\(key)"))", "reason": "\(SafeText.printable(reason))",
                    "failures": "\(failures)", "queued": "\(queued)",
                ])
        case .completed(let id): logger.debug("message completed", metadata: ["id": "\(id)"])
        case .reported(let id, let report, let kind):
            logger.info("sender told", metadata: ["id": "\(id)", "report": "\(report)", "kind": "\(kind.rawValue)"])
        case .reportDropped(let id, let reason):
            logger.notice("report dropped", metadata: ["id": "\(id)", "reason": "\(SafeText.printable(reason))"])
        case .heldExpired(let id, let fate):
            logger.notice("hold ended", metadata: ["id": "\(id)", "fate": "\(fate.rawValue)"])
        case .spoolTrouble(let text): logger.error("spool trouble", metadata: ["error": "\(SafeText.printable(text))"])
        }
    }

    private func attempt(_ attempt: DeliveryEvent.Attempt) {
        var data: Logger.Metadata = [
            "id": "\(attempt.message)", "recipient": "\(SafeText.printable(attempt.recipient.description))",
            "result": "\(attempt.result.rawValue)", "reply": "\(SafeText.printable(attempt.reply.description))",
        ]
        if let host = attempt.remoteHost { data["host"] = "\(SafeText.printable(host))" }
        if let tls = attempt.tls { data["tls"] = "\(tls)" }
        if attempt.attempts > 1 { data["attempts"] = "\(attempt.attempts)" }
        switch attempt.result {
        case .delivered: logger.info("delivered", metadata: data)
        case .deferred where !attempt.isFinal: logger.info("deferred", metadata: data)
        default: logger.notice(attempt.isFinal ? "not delivered" : "deferred", metadata: data)
        }
    }

    // MARK: - Pieces

    private static func session(_ session: SessionInfo) -> Logger.Metadata {
        var data = Logger.Metadata(minimumCapacity: 16)
        data["session"] = "\(session.connection)"
        data["client"] = "\(session.peer.address)"
        data["listener"] = "\(session.peer.listener)"
        if let identity = session.identity { add(identity, to: &data) }
        if let security = session.security { data["tls"] = "\(security.version)" }
        return data
    }

    private static func submission(
        _ assessment: Assessment, _ sender: ReversePath, _ session: SessionInfo
    ) -> Logger.Metadata {
        var data = Self.session(session)
        add(assessment.identity, to: &data)
        data["id"] = "\(assessment.id)"
        data["from"] = "\(SafeText.printable(sender.description))"
        data["recipients"] = "\(assessment.event.recipients.count)"
        data["size"] = "\(assessment.event.size.bytes)"
        if !assessment.digest.messageID.isEmpty {
            data["message-id"] = "\(SafeText.printable(bytes: assessment.digest.messageID))"
        }
        if let campaign = assessment.campaign { data["campaign"] = "\(campaign)" }
        return data
    }

    private static func add(_ identity: SubmissionIdentity, to data: inout Logger.Metadata) {
        data["customer"] = "\(identity.customer)"
        if let account = identity.account { data["account"] = "\(SafeText.printable(account.description))" }
    }

    private static func word(_ action: Verdict.Action) -> String {
        switch action {
        case .deliver: "taken"
        case .throttle: "throttled"
        case .hold: "held"
        case .refuse: "refused"
        }
    }

    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}

extension Logger.Metadata {
    /// With one more; takes the dictionary over, since a copy for each field would cost more than the line.
    fileprivate consuming func with(_ key: String, _ value: some CustomStringConvertible) -> Logger.Metadata {
        var result = self
        result[key] = .stringConvertible(value.description)
        return result
    }
}
