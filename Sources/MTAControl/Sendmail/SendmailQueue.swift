import Glibc

/// The queue of a Sendmail, running or not; also several folders and queue groups. Holding is Sendmail's quarantine.
///
/// Sendmail has no command that deletes a message: its files are removed here, under the lock that it takes itself to deliver.
package struct SendmailQueue: MailQueue {
    package let kind = MTAKind.sendmail
    /// `sendmail.cf`.
    package let configuration: String
    private let program: Program
    private let folders: [String]

    package var name: String { "Sendmail, \(configuration)" }

    package static let programs = [
        "/usr/libexec/sendmail/sendmail", "/usr/lib/sm.bin/sendmail", "/usr/sbin/sendmail.sendmail",
        "/usr/sbin/sendmail-mta", "/usr/sbin/sendmail",
    ]
    package static let standard = "/etc/mail/sendmail.cf"

    /// - Parameters:
    ///   - program: the sendmail that is meant; left out, the system's.
    ///   - configuration: its `sendmail.cf`; left out, `/etc/mail/sendmail.cf`.
    package init(program: String? = nil, configuration: String? = nil) throws(MTAError) {
        guard let sendmail = Program.first(program.map { [$0] } ?? Self.programs) else {
            throw MTAError(.notFound, "Sendmail is not installed")
        }
        self.program = sendmail
        self.configuration = configuration ?? Self.standard
        folders = try SendmailFolders.all(configuration: self.configuration)
    }

    package func list() throws(MTAError) -> QueueListing {
        var listing = QueueListing()
        for folder in folders {
            var isThere = false
            for place in [folder, folder + "/qf"] {
                guard let entries = try QueueFolder.entries(place) else { continue }
                isThere = true
                for (name, kind) in entries where kind == .file { note(name, place, &listing) }
                guard listing.entries.count <= QueueBounds.messages else {
                    throw MTAError(.tooMany, "more than \(QueueBounds.messages) messages")
                }
            }
            if !isThere { throw MTAError(.notFound, "there is no \(folder)") }
        }
        return listing
    }

    private func note(_ name: String, _ folder: String, _ listing: inout QueueListing) {
        let path = folder + "/" + name
        switch name.prefix(2) {
        case "qf", "hf":
            guard let id = QueueID(name.dropFirst(2)) else {
                return listing.problems.append("\(path) is no queue file's name")
            }
            let place = name.hasPrefix("h") ? "quarantine" : "queue"
            listing.entries[id] = QueueEntry(id: id, place: place, path: path)
        // Sendmail gives a file that it cannot read this name.
        case "Qf": listing.problems.append("\(path) is a message that Sendmail has lost")
        default: return
        }
    }

    /// Ids hold time, a count and the process: they come again after sixty years.
    package var mayReuseIDs: Bool { false }

    package func isHeld(_ entry: QueueEntry) -> Bool? { entry.place == "quarantine" }

    package func read(_ entry: QueueEntry) -> QueueReading {
        let limit = QueueBounds.fileBytes
        let head: [UInt8]
        switch QueueFolder.read(entry.path, limit: limit) {
        case .gone: return .gone
        case .failed(let reason): return .unreadable(reason)
        case .bytes(let bytes, _): head = bytes
        }
        // Sendmail fills the file under this name, and locks it meanwhile.
        guard !head.isEmpty else { return .arriving }
        let file: SendmailQueueFile
        do throws(SendmailQueueFile.Malformed) {
            file = try SendmailQueueFile(head)
        } catch {
            return SendmailLock(entry.path) == nil
                ? .arriving : .unreadable("the queue file is not understood: \(error.reason)")
        }
        for path in Self.data(entry) {
            switch QueueFolder.read(path, limit: limit) {
            case .gone: continue
            case .failed(let reason): return .unreadable(reason)
            case .bytes(let body, _):
                guard let arrival = file.arrival, let sender = file.sender else { return .unreadable("no envelope") }
                return .message(
                    QueuedMessage(
                        id: entry.id, place: entry.place, isHeld: entry.place == "quarantine", arrival: arrival,
                        sender: sender, recipients: file.recipients, origin: file.origin,
                        content: file.header + [0x0a] + body))
            }
        }
        // Without its body: it left just now, or the body is lost.
        return access(entry.path, F_OK) == 0 ? .unreadable("it has no data file") : .gone
    }

    /// Where its body may lie.
    private static func data(_ entry: QueueEntry) -> [String] {
        guard let slash = entry.path.lastIndex(of: "/") else { return [] }
        let folder = String(entry.path[..<slash])
        var places = [folder + "/df" + entry.id.description]
        if folder.hasSuffix("/qf") { places.insert(folder.dropLast(2) + "df/df" + entry.id.description, at: 0) }
        return places
    }

    package func hold(_ ids: [QueueID]) throws(MTAError) { try act(["-Qheld by sluice"], ids) }
    package func release(_ ids: [QueueID]) throws(MTAError) { try act(["-Q", "-qQ"], ids) }

    /// Ids in one call: each is compared with each message.
    private static let batch = 250

    private func act(_ arguments: [String], _ ids: [QueueID]) throws(MTAError) {
        for start in stride(from: 0, to: ids.count, by: Self.batch) {
            let some = ids[start..<min(start + Self.batch, ids.count)].map { "-qI" + $0.description }
            let result = try program.run(["-C", configuration] + arguments + some)
            guard result.status == 0 else { throw MTAError(.program, "sendmail \(result.failure)") }
        }
    }

    package func deleteHeld(_ ids: [QueueID]) throws(MTAError) {
        let listing = try list()
        for entry in ids.compactMap({ listing.entries[$0] }) {
            guard let lock = SendmailLock(entry.path) else { continue }
            // The envelope first: data without one is nothing to Sendmail, an envelope without data is a loss.
            guard unlink(entry.path) == 0 else {
                throw MTAError(.unreadable, "\(entry.path): \(String(cString: strerror(errno)))")
            }
            for path in Self.data(entry) where unlink(path) != 0 && errno != ENOENT {
                throw MTAError(.unreadable, "\(path): \(String(cString: strerror(errno)))")
            }
            _ = consume lock
        }
    }

    package var submission: (program: Program, arguments: [String])? {
        (program, ["-C", configuration, "-oi", "-odq"])
    }
}
