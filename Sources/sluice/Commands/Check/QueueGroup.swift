import ArgumentParser
import Audit
import ContentAnalysis
import MTAControl
import MailTypes
import Posture
import QueueCleanup

/// `sluice check queue`: what waits in the mail server's queue, as a check. Reads only; keeps nothing.
struct QueueGroup: AuditGroup {
    /// Which queue.
    struct Place: Sendable {
        var kind: MTAKind
        var program: String?
        var configuration: String?
    }

    let group = CheckGroup.queue
    private let place: Place?

    /// - Parameter place: `nil`: that of the mail server that is installed.
    init(_ place: Place?) { self.place = place }

    func findings(_ request: AuditRequest) async throws -> [Posture.Finding] {
        guard request.origin == .host else {
            return [
                Posture.Finding(.queueSpam, target: request.target, .unknown("the queue itself: run it on the host"))
            ]
        }
        let (place, target) = (place, request.target)
        let result = await FactGatherer.onThread {
            Result { try Self.findings(place, target, request.progress) }
        }
        do {
            return try result.get()
        } catch let failure as CommandFailure {
            return [Posture.Finding(.queueSpam, target: target, .unknown(failure.message))]
        }
    }

    private static func findings(
        _ place: Place?, _ target: String, _ progress: (Double) -> Void
    ) throws -> [Posture.Finding] {
        let place = try place ?? Place(kind: QueueOptions.parse([]).kind())
        let queue = try QueueOptions.queue(place.kind, place.program, place.configuration)
        let model = try ModelOption.parse([]).load()
        let survey: QueueSurvey = try QueueFailures.told { try Self.survey(queue, model, progress) }
        return [finding(QueueScan(survey, after: nil), target: "\(target), \(queue.name)")]
    }

    private static func survey(
        _ queue: some MailQueue, _ model: ContentModel, _ progress: (Double) -> Void
    ) throws -> QueueSurvey {
        try QueueSurvey(queue, model: model) { share in
            progress(share)
            return true
        }
    }

    static func finding(_ scan: QueueScan, target: String) -> Posture.Finding {
        let spam = scan.groups.filter { $0.standing == .spam }
        let problems = scan.survey.problems.map { "\($0.what): \($0.reason)" }
        let evidence = spam.map { group in
            let subject = scan.messages(of: group).first?.subject ?? ""
            return "\(group.members.count) messages: \(group.reason); “\(SafeText.printable(subject, limit: 80))”"
        }
        if !spam.isEmpty {
            return Posture.Finding(.queueSpam, target: target, .fail(.high), evidence: evidence + problems)
        }
        guard scan.survey.isWhole else {
            let missing = "\(problems.count) messages or places that could not be read"
            return Posture.Finding(.queueSpam, target: target, .unknown(missing), evidence: problems)
        }
        return Posture.Finding(
            .queueSpam, target: target, .pass, evidence: ["\(scan.survey.messages.count) messages were read"])
    }
}
