import ContentAnalysis
import Foundation
package import MTAControl
package import MailTypes

/// The lines of an archive's `manifest.jsonl`, one JSON object each.
package enum ArchiveLine: Sendable {
    case head(Head)
    case message(Message)
    case segment(Segment)
    case end(End)

    package struct Head: Codable, Hashable, Sendable {
        package var version = 1
        package var mta: MTAKind
        package var queue: String
        package var host: String
        package var created: String
        package var by: String
        /// Left out in archives of earlier versions: mbox and gzip.
        private var layout: ArchiveForm.Layout?
        private var compression: ArchiveForm.Compression?

        package var form: ArchiveForm { ArchiveForm(layout: layout ?? .mbox, compression: compression ?? .gzip) }

        package init(
            mta: MTAKind, queue: String, host: String, created: String, by: String, form: ArchiveForm = .standard
        ) {
            layout = form.layout
            compression = form.compression
            self.mta = mta
            self.queue = queue
            self.host = host
            self.created = created
            self.by = by
        }
    }

    package struct Message: Codable, Hashable, Sendable {
        package var id: QueueID
        package var place: String
        package var arrival: Timestamp
        package var sender: String
        /// Those that were still tried.
        package var recipients: [String]
        /// Those that had it already: a restored message does not go to them again.
        package var delivered: [String]
        package var sha256: String
        /// Bytes of the message; `length` of its entry in the mbox, at `offset` of its segment. In a Maildir: those of its file.
        package var size: Int
        package var offset: Int
        package var length: Int
        package var group: String
        package var subject: String
        /// The campaign's, as `CampaignFingerprint.text`; of the message itself when it has no campaign.
        package var fingerprint: String?
        /// In a Maildir: the file's name in `cur`.
        var file: String?

        package var identity: MessageIdentity {
            MessageIdentity(arrival: arrival, sender: sender, sha256: sha256)
        }
    }

    /// Written when the segment's bytes and its messages' lines are on the disk: what has none does not count.
    package struct Segment: Codable, Hashable, Sendable {
        /// In the mbox; in a Maildir: bytes of all files before, and with this segment's.
        package var start: Int
        package var end: Int
        /// Uncompressed.
        package var bytes: Int
        package var messages: Int
    }

    /// The archive is whole, and was read back.
    package struct End: Codable, Hashable, Sendable {
        package var messages: Int
        /// Of the mbox as it is stored; of a Maildir: of its messages' digests, a line each.
        package var sha256: String
    }

    private struct Line: Codable {
        var archive: Head?
        var message: Message?
        var segment: Segment?
        var end: End?
    }

    func encoded() throws(CleanupError) -> [UInt8] {
        let line =
            switch self {
            case .head(let head): Line(archive: head)
            case .message(let message): Line(message: message)
            case .segment(let segment): Line(segment: segment)
            case .end(let end): Line(end: end)
            }
        return try JSONLines.encoded(line)
    }

    init(_ bytes: ArraySlice<UInt8>) throws(CleanupError) {
        let line = try JSONLines.decoded(Line.self, bytes)
        if let head = line.archive {
            self = .head(head)
        } else if let message = line.message {
            self = .message(message)
        } else if let segment = line.segment {
            self = .segment(segment)
        } else if let end = line.end {
            self = .end(end)
        } else {
            throw CleanupError(.damaged, "a line that says nothing")
        }
    }
}

extension MessageIdentity {
    package init(arrival: Timestamp, sender: String, sha256: String) {
        self.arrival = arrival
        self.sender = sender
        self.sha256 = sha256
    }
}

/// One JSON value a line.
enum JSONLines {
    static func encoded(_ value: some Encodable) throws(CleanupError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value)) + [0x0a]
        } catch {
            throw CleanupError(.file, "cannot be written as JSON: \(error)")
        }
    }

    static func decoded<Value: Decodable>(_ type: Value.Type, _ bytes: some Collection<UInt8>) throws(CleanupError)
        -> Value
    {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw CleanupError(.damaged, "not the JSON that is expected: \(error)")
        }
    }
}
