import Glibc

/// The queue of a Postfix instance, running or not.
package struct PostfixQueue: MailQueue {
    package let kind = MTAKind.postfix
    /// The folder with `main.cf`.
    package let configuration: String
    package let folder: String
    /// The other instances of a Postfix with several, by their configurations (`postmulti(1)`).
    package let others: [String]
    private let postsuper: Program
    private let sendmail: Program

    package var name: String { "Postfix, \(configuration)" }

    /// Where messages lie on their way, in the order of the way: a message that moves on during a walk is met again.
    private static let places = ["maildrop", "incoming", "active", "deferred", "hold"]
    /// Of `hash_queue_depth`.
    private static let depth = 4

    /// - Parameter configuration: the folder with `main.cf`; left out, Postfix's own.
    package init(configuration: String? = nil) throws(MTAError) {
        guard let postconf = Program.first(["/usr/sbin/postconf", "/usr/local/sbin/postconf"]),
            let postsuper = Program.first(["/usr/sbin/postsuper", "/usr/local/sbin/postsuper"]),
            let sendmail = Program.first(["/usr/sbin/sendmail", "/usr/local/sbin/sendmail", "/usr/lib/sendmail"])
        else { throw MTAError(.notFound, "Postfix is not installed (no postconf, postsuper)") }
        let place = configuration.map { ["-c", $0] } ?? []
        let wanted = ["config_directory", "queue_directory", "multi_instance_directories"]
        let result = try postconf.run(place + ["-h"] + wanted, seconds: 30)
        let text = String(decoding: result.output, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard result.status == 0, lines.count >= 3, lines[0].hasPrefix("/"), lines[1].hasPrefix("/") else {
            throw MTAError(
                .notFound,
                "postconf does not tell the queue's folder: \(String(decoding: result.errors, as: UTF8.self))")
        }
        self.configuration = configuration ?? lines[0]
        folder = lines[1]
        others = lines[2].split { $0 == " " || $0 == "," }.map(String.init)
        self.postsuper = postsuper
        self.sendmail = sendmail
    }

    /// Every folder is walked twice: a message that moves against the walk is in the second one.
    package func list() throws(MTAError) -> QueueListing {
        var listing = QueueListing()
        for _ in 0..<2 {
            for place in Self.places { try walk(place, &listing) }
        }
        if let corrupt = try QueueFolder.entries(folder + "/corrupt"), !corrupt.isEmpty {
            listing.problems.append("\(corrupt.count) damaged messages in \(folder)/corrupt")
        }
        return listing
    }

    private func walk(_ place: String, _ listing: inout QueueListing) throws(MTAError) {
        var strange: [String] = []
        var entries: [QueueEntry] = []
        _ = try QueueFolder.files(below: folder + "/" + place, depth: Self.depth, limit: QueueBounds.messages) {
            name, path in
            // cleanup and pickup name a file that is not whole yet by its process.
            guard let id = QueueID(name) else { return strange.append(path) }
            entries.append(QueueEntry(id: id, place: place, path: path))
        }
        for entry in entries { listing.entries[entry.id] = entry }
        for path in strange { listing.problems.append("\(path) is no queue file's name") }
        guard try QueueFolder.entries(folder + "/" + place) != nil else {
            throw MTAError(.notFound, "there is no \(folder)/\(place)")
        }
    }

    /// Short ids are made of microseconds and inode.
    package var mayReuseIDs: Bool { true }

    package func isHeld(_ entry: QueueEntry) -> Bool? { entry.place == "hold" }

    package func read(_ entry: QueueEntry) -> QueueReading {
        switch QueueFolder.read(entry.path, limit: QueueBounds.fileBytes) {
        case .gone: return .gone
        case .failed(let reason): return .unreadable(reason)
        case .bytes(let bytes, let mode):
            // The execute bit says that the file is whole (mail_queue.h: MAIL_QUEUE_STAT_READY).
            guard mode & S_IXUSR != 0 else { return .arriving }
            do {
                let file = try PostfixQueueFile(bytes)
                guard let arrival = file.arrival, let sender = file.sender else { return .unreadable("no envelope") }
                return .message(
                    QueuedMessage(
                        id: entry.id, place: entry.place, isHeld: entry.place == "hold", arrival: arrival,
                        sender: sender, recipients: file.recipients, origin: file.origin, content: file.content))
            } catch {
                return .unreadable("the queue file is not understood: \(error.reason)")
            }
        }
    }

    package func hold(_ ids: [QueueID]) throws(MTAError) { try act(["-h", "-"], ids) }
    package func release(_ ids: [QueueID]) throws(MTAError) { try act(["-H", "-"], ids) }
    /// Only in the hold queue: an id that was used again lies elsewhere.
    package func deleteHeld(_ ids: [QueueID]) throws(MTAError) { try act(["-d", "-", "hold"], ids) }

    /// A file system may let one process wait at each file that is removed (ext4, freed blocks given back to the disk): several
    /// at once are many times as fast, and each has ids of its own.
    private static let runners = 4

    private func act(_ arguments: [String], _ ids: [QueueID]) throws(MTAError) {
        try ParallelRuns.each(ids, atOnce: Self.runners) { part throws(MTAError) in
            let lines = part.map { $0.description + "\n" }.joined()
            let result = try postsuper.run(["-c", configuration] + arguments, input: Array(lines.utf8))
            guard result.status == 0 else { throw MTAError(.program, "postsuper \(result.failure)") }
        }
    }

    package var submission: (program: Program, arguments: [String])? { (sendmail, ["-C", configuration, "-oi", "-G"]) }
}
