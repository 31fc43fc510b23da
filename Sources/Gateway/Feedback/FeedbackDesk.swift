import ContentAnalysis
package import Detection
package import Inspection
package import Journal
package import Logging
package import MailTypes
import MessageFormat
import NIOConcurrencyHelpers

/// Takes reports about mail that has left, finds the submission that each is about, and tells detection.
///
/// A report is only as good as its proof: the seal that the gateway put into the message's header (or gave as a tag of the
/// return address), which nobody else can make. Without one nothing is counted, whatever it says. Blocks: it reads the
/// journal.
package final class FeedbackDesk: Sendable {
    /// Reports that count for one submission: complaints; bounces as many as it may have recipients.
    private static let complaintsPerMessage = 3
    private static let bouncesPerMessage = 100
    /// Submissions whose reports are counted; beyond it the count begins anew.
    private static let remembered = 20_000

    package enum Outcome: Hashable, Sendable {
        /// It is no report.
        case notReport
        /// It names no message that was sent from here.
        case unproven
        /// It is about a message that is too long ago, or that was reported often enough.
        case spent
        /// Nobody complains: not-spam, an opt-out, a delay.
        case noted
        case counted(FeedbackEvent.Kind, SubmissionID)
        case refused(SubmissionID)
    }

    private let seal: SubmissionSeal
    private let hash: KeyedHash
    private let journal: JournalReader
    private let flush: @Sendable () -> Void
    private let lessons: LessonBook?
    private let tell: @Sendable (DetectionEvent) -> Void
    private let reports = NIOLockedValueBox<[SubmissionID: (complaints: Int, bounces: Int)]>([:])
    private let logger: Logger

    /// - Parameters:
    ///   - flush: puts on disk what the journal has yet to write.
    ///   - tell: takes what detection is to know.
    package init(
        hash: KeyedHash, journal: JournalReader, lessons: LessonBook?, logger: Logger,
        flush: @escaping @Sendable () -> Void = {}, tell: @escaping @Sendable (DetectionEvent) -> Void
    ) {
        seal = SubmissionSeal(hash)
        self.hash = hash
        self.journal = journal
        self.flush = flush
        self.lessons = lessons
        self.tell = tell
        self.logger = logger
    }

    /// - Parameter tags: of the addresses it came to, if they had some.
    package func take(_ message: [UInt8], tags: [String], at time: Timestamp) -> Outcome {
        guard
            let report = FeedbackReader.read(
                message, referenceField: ASCII.lowercased(SubmissionSeal.fieldName))
        else { return .notReport }
        let outcome = outcome(report, tags, at: time)
        logger.info(
            "report taken",
            metadata: [
                "outcome": "\(outcome)", "reporter": "\(report.reporter.map(\.description) ?? "unknown")",
            ])
        return outcome
    }

    private func outcome(_ report: FeedbackReport, _ tags: [String], at time: Timestamp) -> Outcome {
        // The topmost field is the gateway's; what stands below, the sender wrote.
        guard let id = (tags + report.references.prefix(1)).lazy.compactMap({ self.seal.open($0) }).first else {
            return .unproven
        }
        let event: SubmissionEvent?
        // A report may be faster than the disk.
        flush()
        do { event = try journal.submission(id) } catch {
            logger.error("journal not read", metadata: ["error": "\(error)"])
            return .spent
        }
        guard let event else { return .spent }
        switch report.kind {
        case .complaint(let complaint):
            guard complaint.isComplaint else { return .noted }
            guard count(id, complaints: 1, bounces: 0) else { return .spent }
            tell(.feedback(feedback(event, .complaint, report, at: time)))
            teach(report, event, at: time)
            return .counted(.complaint, id)
        case .delivery(let recipients): return delivery(recipients, event, report, at: time)
        }
    }

    private func delivery(
        _ recipients: [FeedbackReport.Recipient], _ event: SubmissionEvent, _ report: FeedbackReport,
        at time: Timestamp
    ) -> Outcome {
        var outcome = Outcome.noted
        for recipient in recipients where recipient.action == .failed {
            guard count(event.id, complaints: 0, bounces: 1) else { return outcome == .noted ? .spent : outcome }
            switch (recipient.status?.statusClass, recipient.status?.subject) {
            case (5, 1):
                tell(.feedback(feedback(event, .bounce, report, at: time)))
                outcome = .counted(.bounce, event.id)
            case (5, 7):
                tell(
                    .outcome(
                        OutcomeEvent(
                            id: event.id, time: time, identity: event.identity, campaign: event.campaign?.campaign,
                            result: .policyRefusal, receiver: report.reporter)))
                outcome = .refused(event.id)
            default: break
            }
        }
        return outcome
    }

    private func feedback(
        _ event: SubmissionEvent, _ kind: FeedbackEvent.Kind, _ report: FeedbackReport, at time: Timestamp
    ) -> FeedbackEvent {
        FeedbackEvent(
            id: event.id, time: time, identity: event.identity, campaign: event.campaign?.campaign, kind: kind,
            reporter: report.reporter)
    }

    /// The text that came back is learnt if it is the one that was sent: by its Message-ID, which the journal has.
    private func teach(_ report: FeedbackReport, _ event: SubmissionEvent, at time: Timestamp) {
        guard let lessons, let original = report.original, !report.messageID.isEmpty, event.thread.id != 0,
            hash.hash(report.messageID) == event.thread.id
        else { return }
        let features = ContentFeatures(ContentSample(MessageReader.read(original)))
        let lesson = Lesson(
            id: event.id, time: time, identity: event.identity, campaign: event.campaign?.campaign, isSpam: true,
            teacher: .complaint, features: features)
        do { try lessons.add(lesson.encoded, of: event.id) } catch {
            logger.warning("lesson not kept", metadata: ["error": "\(error)"])
        }
    }

    /// Counts a report; false if there were enough about that message.
    private func count(_ id: SubmissionID, complaints: Int, bounces: Int) -> Bool {
        reports.withLockedValue { reports in
            if reports[id] == nil, reports.count >= Self.remembered { reports = [:] }
            var (complained, bounced) = reports[id] ?? (0, 0)
            guard complained + complaints <= Self.complaintsPerMessage, bounced + bounces <= Self.bouncesPerMessage
            else { return false }
            complained += complaints
            bounced += bounces
            reports[id] = (complained, bounced)
            return true
        }
    }
}
