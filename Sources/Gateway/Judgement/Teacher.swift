import ContentAnalysis
package import Inspection
package import Journal
package import Logging
package import MailTypes
import MessageFormat
package import Spool

/// Makes lessons of what people and cases decide about held mail, and gives them to the running gateway.
///
/// ```
/// let teacher = Teacher(stateDirectory: state, logger: logger)
/// teacher.note(ids, in: spool, isSpam: false, teacher: .operator, at: now)   // before they are released or deleted
/// teacher.teach(model, inspector)                                            // the gateway, every few seconds
/// ```
/// Everything blocks.
package struct Teacher: Sendable {
    /// Of one message, what is read; the model looks at no more.
    private static let byteLimit = 512 << 10
    /// Lessons of one act: 10,000 copies of one text teach no more than some of them.
    private static let actLimit = 200

    package let book: LessonBook
    private let logger: Logger

    package init(stateDirectory: String, logger: Logger) {
        book = LessonBook(stateDirectory: stateDirectory)
        self.logger = logger
    }

    /// Notes what these held messages are; to be called while the spool still has them. What cannot be noted is not learnt,
    /// and nothing else happens.
    ///
    /// - Returns: how many were noted.
    @discardableResult
    package func note(
        _ ids: [SubmissionID], in spool: Spool, isSpam: Bool, teacher: Lesson.Teacher, at time: Timestamp
    ) -> Int {
        var noted = 0
        for id in ids.prefix(Self.actLimit) {
            do {
                guard let message = try spool.message(id), let identity = message.identity, case .held = message.state
                else { continue }
                var bytes: [UInt8] = []
                for index in 0..<message.chunkCount where bytes.count < Self.byteLimit {
                    guard let chunk = try spool.chunk(id, index: index) else { break }
                    bytes += chunk
                }
                let features = ContentFeatures(ContentSample(MessageReader.read(Self.withoutOwnFields(bytes))))
                let lesson = Lesson(
                    id: id, time: time, identity: identity, campaign: message.campaign, isSpam: isSpam,
                    teacher: teacher, features: features)
                try book.add(lesson.encoded, of: id)
                noted += 1
            } catch {
                logger.warning("lesson not kept", metadata: ["id": "\(id)", "error": "\(error)"])
            }
        }
        return noted
    }

    /// The message as inspection saw it: what the gateway put on top is no part of it, or it would learn its own hand.
    static func withoutOwnFields(_ bytes: [UInt8]) -> [UInt8] {
        let mark = Array((SubmissionSeal.fieldName + ": ").utf8)
        var rest = bytes.prefix(8192)
        while let end = rest.firstIndex(of: 0x0a) {
            let line = rest[..<end]
            guard line.count > 1 else { break }
            let next = rest.index(after: end)
            if line.starts(with: mark) { return Array(bytes[next...]) }
            rest = rest[next...]
        }
        return bytes
    }

    /// Takes the new lessons into the model, and tells detection. For the gateway.
    package func teach(_ model: LearningModel, _ inspector: Inspector) {
        do {
            let lessons = try book.take().compactMap { Lesson(decoding: $0) }
            guard !lessons.isEmpty else { return }
            model.learn(lessons)
            for feedback in lessons.compactMap(\.feedback) { inspector.observe(feedback) }
            logger.info("lessons learnt", metadata: ["count": "\(lessons.count)"])
        } catch {
            logger.warning("lessons not read", metadata: ["error": "\(error)"])
        }
    }

    /// All lessons that were taken before, for a start and for a newly trained model.
    package func remembered() -> [Lesson] {
        do { return try book.learnt().compactMap { Lesson(decoding: $0) } } catch {
            logger.warning("lessons not read", metadata: ["error": "\(error)"])
            return []
        }
    }
}
