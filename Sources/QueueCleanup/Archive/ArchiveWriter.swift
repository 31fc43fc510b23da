package import MTAControl
import MailTypes

/// Writes an archive, or goes on with one that was cut short.
package final class ArchiveWriter {
    private enum Store {
        case mbox(DurableFile)
        case maildir(MaildirFolder)
    }

    private let folder: String
    private let compression: ArchiveForm.Compression
    private let store: Store
    private let manifest: DurableFile
    /// What waits for the mbox.
    private var pending: [UInt8] = []
    private var lines: [UInt8] = []
    private var pendingCount = 0
    /// Bytes of what waits, as it was and as it is stored (of a Maildir).
    private var (pendingBytes, pendingStored) = (0, 0)
    /// Where the last segment ended.
    private var end: Int
    /// What is archived and on the disk.
    private(set) var archived: [QueueID: MessageIdentity] = [:]
    private var waiting: [(QueueID, MessageIdentity)] = []

    /// - Parameter head: of a new archive; one that is there keeps its form.
    package init(_ folder: String, head: ArchiveLine.Head) throws(CleanupError) {
        self.folder = folder
        let isThere = QueueArchive.exists(folder)
        var form = head.form
        var (length, size) = (0, 0)
        if isThere {
            let archive = try QueueArchive(folder)
            guard archive.head.mta == head.mta, archive.head.queue == head.queue else {
                throw CleanupError(.usage, "\(folder) holds messages of \(archive.head.queue)")
            }
            form = archive.head.form
            (length, size) = (archive.segments.last?.end ?? 0, archive.manifestSize)
            for message in archive.messages { archived[message.id] = message.identity }
        } else {
            try DurableFile.makeFolder(folder)
        }
        compression = form.compression
        end = length
        store =
            switch form.layout {
            case .mbox: .mbox(try DurableFile(form.mbox(in: folder), keeping: length))
            case .maildir: .maildir(try MaildirFolder(folder))
            }
        manifest = try DurableFile(QueueArchive.manifest(folder), keeping: size)
        if !isThere {
            try manifest.append(try ArchiveLine.head(head).encoded())
            try DurableFile.sync(folder)
        }
    }

    package func holds(_ id: QueueID, _ identity: MessageIdentity) -> Bool { archived[id] == identity }

    /// Takes a message; it is on the disk when `flush` or `finish` has returned.
    package func add(
        _ message: QueuedMessage, identity: MessageIdentity, group: String, subject: String, fingerprint: String?
    ) throws(CleanupError) {
        let offset: Int
        let length: Int
        var file: String?
        switch store {
        case .mbox:
            offset = pending.count
            let separator = "From \(Self.separatorName(message.sender)) \(Self.date(message.arrival))"
            MboxQuoting.append(message.content, separator: separator, to: &pending)
            length = pending.count - offset
        case .maildir(let maildir):
            offset = 0
            let packed = try compression.packed(message.content)
            let name = MaildirFolder.name(message, compression)
            try maildir.add(name, packed)
            (length, file) = (packed.count, name)
            pendingStored += packed.count
        }
        let line = ArchiveLine.Message(
            id: message.id, place: message.place, arrival: message.arrival, sender: message.sender,
            recipients: message.left, delivered: message.recipients.filter(\.isDone).map(\.address),
            sha256: identity.sha256, size: message.content.count, offset: offset, length: length,
            group: group, subject: subject, fingerprint: fingerprint, file: file)
        lines += try ArchiveLine.message(line).encoded()
        waiting.append((message.id, identity))
        pendingCount += 1
        pendingBytes += message.content.count
        if pendingCount >= SegmentBounds.messages || pendingBytes >= SegmentBounds.bytes { try flush() }
    }

    private static func separatorName(_ sender: String) -> String {
        String(SafeText.ascii(sender.isEmpty ? "MAILER-DAEMON" : sender, limit: 320).map { $0 == " " ? "_" : $0 })
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
        let start = end
        let bytes: Int
        switch store {
        case .mbox(let mbox):
            try mbox.append(try compression.packed(pending))
            (end, bytes) = (mbox.size, pending.count)
        case .maildir(let maildir):
            try maildir.flush()
            (end, bytes) = (start + pendingStored, pendingBytes)
        }
        lines += try ArchiveLine.segment(.init(start: start, end: end, bytes: bytes, messages: pendingCount)).encoded()
        try manifest.append(lines)
        for (id, identity) in waiting { archived[id] = identity }
        waiting = []
        pending = []
        lines = []
        (pendingCount, pendingBytes, pendingStored) = (0, 0, 0)
    }

    /// Reads all of it back and says so in the manifest. Throws when a single byte is not what it was.
    package func finish() throws {
        try flush()
        let archive = try QueueArchive(folder)
        let damage = try archive.damage()
        guard damage.isEmpty else {
            throw CleanupError(
                .damaged, "what went into the archive does not come back: \(damage.joined(separator: ", "))")
        }
        let digest = try archive.digest()
        try manifest.append(try ArchiveLine.end(.init(messages: archive.messages.count, sha256: digest)).encoded())
        try DurableFile.sync(folder)
    }
}
