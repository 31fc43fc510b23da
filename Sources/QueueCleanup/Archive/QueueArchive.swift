import MTAControl

/// An archive on the disk: a folder with `messages.mbox.gz` (or `.zst`, or a Maildir's `cur`) and `manifest.jsonl`.
///
/// Both only grow. A segment (some hundred messages, in an mbox packed as one piece) counts from the moment its line stands in the manifest,
/// which is after both files are on the disk: an archive that was cut short holds what it says, and is gone on with.
package struct QueueArchive: Sendable {
    package let folder: String
    package private(set) var head: ArchiveLine.Head
    package private(set) var messages: [ArchiveLine.Message] = []
    package private(set) var isWhole = false
    /// What the manifest's last line says of the stored messages.
    private var sealed: String?
    private(set) var segments: [ArchiveLine.Segment] = []
    /// Bytes of the manifest that count.
    private(set) var manifestSize = 0

    static func manifest(_ folder: String) -> String { folder + "/manifest.jsonl" }

    package static func exists(_ folder: String) -> Bool {
        ((try? DurableFile.contents(manifest(folder))) ?? nil)?.contains(0x0a) ?? false
    }

    package init(_ folder: String) throws(CleanupError) {
        self.folder = folder
        let path = Self.manifest(folder)
        guard let bytes = try DurableFile.contents(path) else {
            throw CleanupError(.file, "there is no archive in \(folder)")
        }
        var pending: [ArchiveLine.Message] = []
        var found: ArchiveLine.Head?
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0a) {
            let line: ArchiveLine
            do {
                line = try ArchiveLine(bytes[start..<end])
            } catch {
                throw CleanupError(.damaged, "\(path): \(error.description)")
            }
            start = end + 1
            switch line {
            case .head(let value):
                guard value.version == 1 else { throw CleanupError(.damaged, "\(path) is of another version") }
                found = value
                manifestSize = start
            case .message(let message): pending.append(message)
            case .segment(let segment):
                guard segment.messages == pending.count, segment.start == segments.last?.end ?? 0,
                    segment.end > segment.start, (0...SegmentBounds.bytesRead).contains(segment.bytes)
                else { throw CleanupError(.damaged, "\(path): a segment that does not follow the one before") }
                segments.append(segment)
                messages += pending
                pending = []
                manifestSize = start
            case .end(let end):
                isWhole = end.messages == messages.count
                sealed = end.sha256
                manifestSize = start
            }
        }
        guard let found else { throw CleanupError(.damaged, "\(path) has no beginning") }
        head = found
    }

    /// Hands on each message with its content, checked against its SHA-256; those that are damaged with `nil`.
    ///
    /// - Parameter wanted: others are left out; segments without wanted ones are not read.
    package func read(
        where wanted: (ArchiveLine.Message) -> Bool = { _ in true },
        _ body: (ArchiveLine.Message, [UInt8]?) throws -> Void
    ) throws {
        if head.form.layout == .maildir {
            for message in messages where wanted(message) { try body(message, content(message)) }
            return
        }
        let path = head.form.mbox(in: folder)
        guard let file = try DurableFile.contents(path) else { throw CleanupError(.damaged, "there is no \(path)") }
        var first = 0
        for segment in segments {
            let here = messages[first..<(first + segment.messages)]
            first += segment.messages
            let chosen = here.filter(wanted)
            guard !chosen.isEmpty else { continue }
            let mbox =
                segment.end <= file.count
                ? try? head.form.compression.unpacked(file[segment.start..<segment.end], size: segment.bytes) : nil
            for message in chosen {
                try body(message, mbox.flatMap { Self.content(message, in: $0) })
            }
        }
    }

    private static func content(_ message: ArchiveLine.Message, in mbox: [UInt8]) -> [UInt8]? {
        guard message.offset >= 0, message.length >= 0, message.offset <= mbox.count,
            message.length <= mbox.count - message.offset,
            let content = MboxQuoting.message(
                in: mbox[message.offset..<(message.offset + message.length)], size: message.size),
            MessageIdentity.digest(content) == message.sha256
        else { return nil }
        return content
    }

    /// A message in a file of its own.
    private func content(_ message: ArchiveLine.Message) -> [UInt8]? {
        guard let name = message.file, MaildirFolder.isName(name),
            (0...SegmentBounds.bytesRead).contains(message.size),
            let packed = try? DurableFile.contents(MaildirFolder.path(name, in: folder)),
            let content = try? head.form.compression.unpacked(packed[...], size: message.size),
            MessageIdentity.digest(content) == message.sha256
        else { return nil }
        return content
    }

    /// Reads everything. The ids of messages that do not come back as they went in, and what else is not as it was when the
    /// archive was finished; empty when it is sound.
    package func damage() throws -> [String] {
        var damage: [String] = []
        var whole = 0
        try read { message, content in
            if content == nil { damage.append(message.id.description) } else { whole += 1 }
        }
        if let sealed, isWhole, damage.isEmpty, try digest() != sealed {
            damage.append("the stored messages are others than when it was finished")
        }
        return damage
    }

    /// Of what is stored, for the manifest's last line.
    func digest() throws(CleanupError) -> String {
        switch head.form.layout {
        case .mbox: MessageIdentity.digest(try DurableFile.contents(head.form.mbox(in: folder)) ?? [])
        case .maildir: MessageIdentity.digest(Array(messages.map { $0.sha256 + "\n" }.joined().utf8))
        }
    }
}

/// How much goes into one segment.
enum SegmentBounds {
    static let messages = 500
    static let bytes = 16 * 1024 * 1024
    /// One message of the largest size, quoted, may make a segment alone.
    static let bytesRead = 1024 * 1024 * 1024
}
