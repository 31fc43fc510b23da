import ContentAnalysis
import MTAControl
import MailTypes
import QueueCleanup

/// A scan of the queue, as every command begins.
struct QueueLook {
    let queue: any MailQueue
    let scan: QueueScan

    /// Reads the queue and keeps the groups' names for the next command.
    init(_ options: QueueOptions, _ folder: WorkFolder, model: ModelOption) throws {
        queue = try options.queue()
        let model = try model.load()
        let queue = queue
        scan = try QueueFailures.told {
            let record = try folder.record(of: queue.name)
            let survey = try Self.survey(queue, model)
            let scan = QueueScan(survey, after: record)
            try folder.save(ScanRecord(scan, queue: queue.name, after: record))
            return scan
        }
    }

    static func survey(_ queue: some MailQueue, _ model: ContentModel) throws -> QueueSurvey {
        var line = ProgressLine("reading the queue")
        defer { line.end() }
        return try QueueSurvey(queue, model: model) { share in
            line.show(share)
            return true
        }
    }

    /// What was chosen, by group: the dry run's answer.
    func printChoice(_ indices: [Int], verb: String) {
        var counts: [Int: Int] = [:]
        for index in indices { counts[scan.groupOf[index], default: 0] += 1 }
        var table = Table("group", "chosen", "of", "is", "subject")
        for (group, count) in counts.sorted(by: { $0.value > $1.value }) {
            let group = scan.groups[group]
            table.add(
                group.name, "\(count)", "\(group.members.count)", QueueView.standing(group),
                scan.messages(of: group).first?.subject ?? "")
        }
        if !table.isEmpty { table.print() }
        Terminal.line(
            "would \(verb) \(indices.count) message\(indices.count == 1 ? "" : "s") of \(scan.survey.messages.count); nothing was changed (--yes does it)"
        )
    }
}
