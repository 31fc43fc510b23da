import Detection
import Enforcement
import Inspection
import MailTypes
import NIOCore
import Response
import SMTPProtocol
import SMTPServing
import Spool

/// Takes one submission's bytes: to inspection, and in chunks to the spool; then decides about it.
///
/// Small messages wait in memory and are committed in one piece; larger ones are staged as they come, so that no message is
/// ever whole in memory. Used on its session's event loop only.
final class SubmissionIntake: SubmissionReceiver {
    /// What is kept in memory before staging begins: more than most messages have.
    private static let memoryLimit = 4 * Spool.chunkLimit
    /// Chunks on their way to the disk, beyond which the client has to wait.
    private static let stagingLimit = 4

    /// What becomes of mail that may go.
    enum Road {
        /// It is kept, and the relay brings it to its receivers.
        case relay
        /// It stays with the mail server that asked.
        case leave
    }

    private let parts: GatewayPolicy.Parts
    private let road: Road
    private let settings: IntakeSettings
    private let facts: SubmissionFacts
    private let session: SessionInfo
    private let loop: any EventLoop
    private let inspection: InspectionSession

    /// Full chunks that are not staged, and the one that is filling.
    private var chunks: [[UInt8]] = []
    private var filling: [UInt8] = []
    private var size = 0
    /// Chunks handed to the spool before the commit.
    private var staged = 0
    private var staging = 0
    private var failure: SpoolError?
    private var waiting: EventLoopPromise<Void>?
    private var isOver = false
    /// The message is in the spool: whoever brought it may forget it.
    private(set) var isKept = false

    init(
        _ parts: GatewayPolicy.Parts, _ settings: IntakeSettings, _ facts: SubmissionFacts, _ session: SessionInfo,
        _ road: Road, on loop: any EventLoop
    ) {
        self.parts = parts
        self.road = road
        self.settings = settings
        self.facts = facts
        self.session = session
        self.loop = loop
        inspection = parts.inspector.begin(facts)
        // Not shown to inspection: it is ours.
        append(Array(session.received(facts.id, at: facts.time, envelope: facts.envelope).text.utf8))
        append(Array("\(reference.name): \(reference.value)\r\n".utf8))
    }

    /// The field by which reports about the message are known.
    var reference: (name: String, value: String) {
        (SubmissionSeal.fieldName, parts.inspector.seal.text(for: facts.id))
    }

    func receive(_ bytes: ByteBuffer) -> EventLoopFuture<Void>? {
        if let failure { return loop.makeFailedFuture(ReplyError(Self.reply(failure))) }
        inspection.feed(bytes)
        bytes.withUnsafeReadableBytes { append($0) }
        guard staging >= Self.stagingLimit else { return nil }
        let promise = loop.makePromise(of: Void.self)
        waiting = promise
        return promise.futureResult
    }

    private func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        size += bytes.count
        var rest = bytes[...]
        while !rest.isEmpty {
            if filling.isEmpty { filling.reserveCapacity(min(Spool.chunkLimit, max(rest.count, 8192))) }
            let part = rest.prefix(Spool.chunkLimit - filling.count)
            filling.append(contentsOf: UnsafeRawBufferPointer(rebasing: part))
            rest = rest.dropFirst(part.count)
            if filling.count == Spool.chunkLimit {
                chunks.append(filling)
                filling = []
            }
        }
        if staged > 0 || size > Self.memoryLimit { stage() }
    }

    /// Gives the full chunks to the spool.
    private func stage() {
        for chunk in chunks {
            staging += 1
            let loop = loop
            let bound = NIOLoopBound(self, eventLoop: loop)
            parts.spool.stage(facts.id, index: staged, chunk) { result in
                loop.execute { bound.value.stagedOne(result) }
            }
            staged += 1
        }
        chunks = []
    }

    private func stagedOne(_ result: Result<Void, SpoolError>) {
        staging -= 1
        if case .failure(let error) = result, failure == nil { failure = error }
        if let failure {
            takeWaiting()?.fail(ReplyError(Self.reply(failure)))
        } else if staging < Self.stagingLimit {
            takeWaiting()?.succeed()
        }
    }

    func abort() {
        guard !isOver else { return }
        isOver = true
        forget()
        takeWaiting()?.fail(ReplyError(Reply(.localError, EnhancedStatusCode(4, 4, 2), "The connection was lost")))
    }

    /// The promise is given out before it is completed: who waits goes on at once, and may have to wait again.
    private func takeWaiting() -> EventLoopPromise<Void>? {
        defer { waiting = nil }
        return waiting
    }

    private func forget() {
        chunks = []
        filling = []
        if staged > 0 { parts.spool.discard(facts.id) }
    }

    func finish() -> EventLoopFuture<Reply> {
        if let failure {
            forget()
            isOver = true
            return loop.makeSucceededFuture(Self.reply(failure))
        }
        let assessment = inspection.finish()
        let submission = JudgedSubmission(
            event: assessment.event, header: assessment.digest.header, text: assessment.digest.text)
        let stop = parts.responder.covering(assessment.identity, campaign: assessment.campaign, at: facts.time)
        if let stop, stop.coversEverything {
            return refuse(stop, assessment, submission, isSuspect: assessment.event.contentLogOdds >= settings.doubtful)
        }
        guard let lists = settings.linkLists, !assessment.linkDomains.isEmpty else {
            return decide(assessment, submission, listed: 0)
        }
        let bound = NIOLoopBound((self, assessment, submission), eventLoop: loop)
        return lists.ask(assessment.linkDomains, on: loop).flatMap { listed in
            let (intake, assessment, submission) = bound.value
            return intake.decide(assessment, submission, listed: listed)
        }
    }

    private func decide(
        _ assessment: Assessment, _ submission: JudgedSubmission, listed: Double
    ) -> EventLoopFuture<Reply> {
        // The client may be gone by now: what was not answered is not taken.
        guard !isOver else {
            return loop.makeSucceededFuture(Reply(.localError, EnhancedStatusCode(4, 4, 2), "The connection was lost"))
        }
        let stop = parts.responder.covering(assessment.identity, campaign: assessment.campaign, at: facts.time)
        var verdict = parts.inspector.judge(assessment, isStopped: stop != nil, listed: listed)
        if let stop, verdict.action == .refuse || verdict.action == .throttle {
            return refuse(stop, assessment, submission, isSuspect: verdict.logOdds >= settings.doubtful)
        }
        // Detection is ahead of the database by a moment: until the stop is there, what it refuses is held.
        if verdict.action == .refuse, !assessment.isForeignSender { verdict.action = .hold }
        switch parts.responder.answerOnProbation(verdict, of: submission) {
        case .go: break
        case .relapse(let held): verdict = held
        case .refuse(let reply):
            isOver = true
            forget()
            if reply.code.isTransient { parts.inspector.observe(returned: assessment, at: facts.time) }
            verdict.action = reply.code.isTransient ? .throttle : .refuse
            parts.events.judged(assessment, from: facts.envelope.sender, verdict, reply, session)
            return loop.makeSucceededFuture(reply)
        }
        let caseID = parts.responder.record(verdict, of: submission) ?? stop?.caseID
        switch verdict.action {
        case .throttle: return turnAway(verdict, assessment, .localError, 4)
        case .refuse: return turnAway(verdict, assessment, .mailboxUnavailable, 5)
        case .deliver where road == .leave: return leave(verdict, assessment)
        case .deliver, .hold: return keep(verdict, assessment, caseID)
        }
    }

    /// Leaves it to the mail server, whose answers from receivers are not seen here: it counts as delivered.
    private func leave(_ verdict: Verdict, _ assessment: Assessment) -> EventLoopFuture<Reply> {
        isOver = true
        forget()
        let reply = Reply(.ok, EnhancedStatusCode(2, 0, 0), "passed as \(assessment.id)")
        parts.events.judged(assessment, from: facts.envelope.sender, verdict, reply, session)
        for recipient in facts.envelope.recipients {
            let outcome = OutcomeEvent(
                id: assessment.id, time: facts.time, identity: assessment.identity, campaign: assessment.campaign,
                result: .delivered, receiver: recipient.address.domain.name)
            parts.inspector.observe(outcome)
            parts.responder.recordOutcome(outcome)
        }
        return loop.makeSucceededFuture(reply)
    }

    private func refuse(
        _ stop: Stop, _ assessment: Assessment, _ submission: JudgedSubmission, isSuspect: Bool
    ) -> EventLoopFuture<Reply> {
        isOver = true
        forget()
        parts.responder.recordRefusal(stop, of: submission, isSuspect: isSuspect)
        let reply = parts.responder.reply(to: stop)
        parts.events.stopped(assessment, from: facts.envelope.sender, stop, reply, session)
        return loop.makeSucceededFuture(reply)
    }

    private func turnAway(
        _ verdict: Verdict, _ assessment: Assessment, _ code: ReplyCode, _ statusClass: UInt8
    ) -> EventLoopFuture<Reply> {
        isOver = true
        forget()
        let reason = verdict.evidence.first.map { SafeText.ascii($0.summary, limit: 300) } ?? "policy"
        let reply = Reply(
            code, EnhancedStatusCode(statusClass, 7, 1), lines: ["Not taken: \(reason)", "Reference \(assessment.id)"])
        parts.events.judged(assessment, from: facts.envelope.sender, verdict, reply, session)
        return loop.makeSucceededFuture(reply)
    }

    private func keep(_ verdict: Verdict, _ assessment: Assessment, _ caseID: CaseID?) -> EventLoopFuture<Reply> {
        isOver = true
        if !filling.isEmpty { chunks.append(filling) }
        filling = []
        let isHeld = verdict.action == .hold
        let message = SpooledMessage(
            id: facts.id, kind: .submission, identity: assessment.identity, envelope: facts.envelope,
            size: ByteCount(size), chunkCount: staged + chunks.count, received: facts.time,
            state: isHeld ? .held(until: facts.time + settings.holdDeadline) : .queued,
            pool: isHeld || verdict.logOdds >= settings.doubtful ? .risky : .clean, action: verdict.action,
            logOdds: verdict.logOdds, campaign: assessment.campaign,
            reasons: isHeld || verdict.logOdds > 0 ? verdict.evidence.map(\.summary).joined(separator: "\n") : "",
            caseID: isHeld ? caseID : nil, expires: facts.time + settings.queueLifetime)
        let promise = loop.makePromise(of: Void.self)
        let (parts, session, chunks, first) = (parts, session, chunks, staged)
        self.chunks = []
        parts.spool.commit(message, chunks: chunks, firstIndex: first) { result in
            if case .success = result, !isHeld { parts.enqueue(message, first == 0 ? chunks : nil) }
            promise.completeWith(result.mapError { $0 })
        }
        // Told on the session's loop: the spool's one thread has better things to do.
        let bound = NIOLoopBound(self, eventLoop: loop)
        return promise.futureResult.map {
            bound.value.isKept = true
            let reply = Reply(.ok, EnhancedStatusCode(2, 0, 0), "taken as \(message.id)")
            parts.events.judged(assessment, from: message.envelope.sender, verdict, reply, session)
            return reply
        }.flatMapErrorThrowing { error in
            if first > 0 { parts.spool.discard(message.id) }
            let error = error as? SpoolError ?? SpoolError(.inputOutput, "\(error)")
            let reply = Self.reply(error)
            parts.inspector.observe(returned: assessment, at: message.received)
            parts.events.notKept(message.id, error, reply, session)
            return reply
        }
    }

    /// What the client is told when the spool refuses: it keeps its copy and tries again.
    static func reply(_ error: SpoolError) -> Reply {
        switch error.code {
        case .full: Reply(.insufficientStorage, EnhancedStatusCode(4, 3, 1), "No room for mail now; try again later")
        case .busy: Reply(.localError, EnhancedStatusCode(4, 3, 2), "Too much mail at once; try again later")
        case .inputOutput, .locked, .unusable, .conflict, .notFound:
            Reply(.localError, EnhancedStatusCode(4, 3, 0), "Mail cannot be stored now; try again later")
        }
    }
}
