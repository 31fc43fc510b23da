package import MTAControl
import MailTypes

/// Writes an archive, or goes on with one that was cut short.
package final class ArchiveWriter {
    private let folder: String
    private let mbox: DurableFile
    private let manifest: DurableFile
    private var pending: [UInt8] = []
    private var lines: [UInt8] = []
    private var pendingCount = 0
    /// What is archived and on the disk.
    private(set) var archived: [QueueID: MessageIdentity] = [:]
    private var waiting: [(QueueID, MessageIdentity)] = []

    package init(_ folder: String, head: ArchiveLine.Head) throws(CleanupError) {
        self.folder = folder
        if QueueArchive.exists(folder) {
            let archive = try QueueArchive(folder)
            guard archive.head.mta == head.mta, archive.head.queue == head.queue else {
                throw CleanupError(.usage, "\(folder) holds messages of \(archive.head.queue)")
            }
            mbox = try DurableFile(QueueArchive.mbox(folder), keeping: archive.segments.last?.end ?? 0)
            manifest = try DurableFile(QueueArchive.manifest(folder), keeping: archive.manifestSize)
            for message in archive.messages { archived[message.id] = message.identity }
        } else {
            try DurableFile.makeFolder(folder)
            mbox = try DurableFile(QueueArchive.mbox(folder), keeping: 0)
            manifest = try DurableFile(QueueArchive.manifest(folder), keeping: 0)
            try manifest.append(try ArchiveLine.head(head).encoded())
            try DurableFile.sync(folder)
        }
    }

    package func holds(_ id: QueueID, _ identity: MessageIdentity) -> Bool { archived[id] == identity }

    /// Takes a message; it is on the disk when `flush` or `finish` has returned.
    package func add(
        _ message: QueuedMessage, identity: MessageIdentity, group: String, subject: String, fingerprint: String?
    ) throws(CleanupError) {
        let sender = SafeText.ascii(message.sender.isEmpty ? "MAILER-DAEMON" : message.sender, limit: 320)
            .map { $0 == " " ? "_" : $0 }
        let offset = pending.count
        MboxQuoting.append(
            message.content, separator: "From \(String(sender)) \(Self.date(message.arrival))", to: &pending)
        let line = ArchiveLine.Message(
            id: message.id, place: message.place, arrival: message.arrival, sender: message.sender,
            recipients: message.left, delivered: message.recipients.filter(\.isDone).map(\.address),
            sha256: identity.sha256, size: message.content.count, offset: offset, length: pending.count - offset,
            group: group, subject: subject, fingerprint: fingerprint)
        lines += try ArchiveLine.message(line).encoded()
        waiting.append((message.id, identity))
        pendingCount += 1
        if pendingCount >= SegmentBounds.messages || pending.count >= SegmentBounds.bytes { try flush() }
    }

    /// `Wed Nov 25 16:33:41 2026`, as mbox separators have it.
    private static func date(_ time: Timestamp) -> String {
        let parts = time.rfc5322.split { $0 == " " || $0 == "," }
        guard parts.count >= 5 else { return "Thu Jan  1 00:00:00 1970" }
        let day = parts[1].utf8.count == 1 ? " " + parts[1] : String(parts[1])
        return "\(parts[0]) \(parts[2]) \(day) \(parts[4]) \(parts[3])"
    }

    /// Puts what waits on the disk: first the messages, then the lines that name them.
    package func flush() throws(CleanupError) {
        guard pendingCount > 0 else { return }
        let start = mbox.size
        try mbox.append(try Gzip.member(pending))
        lines += try ArchiveLine.segment(
            .init(start: start, end: mbox.size, bytes: pending.count, messages: pendingCount)
        ).encoded()
        try manifest.append(lines)
        for (id, identity) in waiting { archived[id] = identity }
        waiting = []
        pending = []
        lines = []
        pendingCount = 0
    }

    /// Reads all of it back and says so in the manifest. Throws when a single byte is not what it was.
    package func finish() throws {
        try flush()
        let archive = try QueueArchive(folder)
        var whole = 0
        try archive.read { message, content in
            guard content != nil else {
                throw CleanupError(.damaged, "\(message.id) does not come back from the archive as it went in")
            }
            whole += 1
        }
        guard whole == archive.messages.count else {
            throw CleanupError(.damaged, "messages are missing from the archive")
        }
        let digest = MessageIdentity.digest(try DurableFile.contents(QueueArchive.mbox(folder)) ?? [])
        try manifest.append(try ArchiveLine.end(.init(messages: whole, sha256: digest)).encoded())
        try DurableFile.sync(folder)
    }
}
