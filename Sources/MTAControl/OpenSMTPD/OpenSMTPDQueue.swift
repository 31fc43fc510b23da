/// The queue of an OpenSMTPD: a folder a message, with its content and an envelope a recipient.
///
/// Holding is `smtpctl pause envelope`, which the running server keeps in its memory: a restart lets held messages go.
package struct OpenSMTPDQueue: MailQueue {
    package let kind = MTAKind.opensmtpd
    /// `/var/spool/smtpd`, unless told otherwise.
    package let folder: String
    private let smtpctl: Program

    package var name: String { "OpenSMTPD, \(folder)" }

    package static let programs = ["/usr/sbin/smtpctl", "/usr/local/sbin/smtpctl"]
    package static let standard = "/var/spool/smtpd"

    /// - Parameters:
    ///   - program: the smtpctl that is meant; left out, the system's.
    ///   - folder: the spool's folder, which is fixed when OpenSMTPD is built; left out, `/var/spool/smtpd`.
    package init(program: String? = nil, folder: String? = nil) throws(MTAError) {
        guard let smtpctl = Program.first(program.map { [$0] } ?? Self.programs) else {
            throw MTAError(.notFound, "OpenSMTPD is not installed (no smtpctl)")
        }
        self.smtpctl = smtpctl
        self.folder = folder ?? Self.standard
    }

    package func list() throws(MTAError) -> QueueListing {
        var listing = QueueListing()
        guard let buckets = try QueueFolder.entries(folder + "/queue") else {
            throw MTAError(.notFound, "there is no \(folder)/queue")
        }
        let held = try held()
        for bucket in buckets where bucket.kind == .folder {
            let path = folder + "/queue/" + bucket.name
            for (name, kind) in try QueueFolder.entries(path) ?? [] {
                guard kind == .folder, let id = QueueID(name) else {
                    listing.problems.append("\(path)/\(name) is no message's folder")
                    continue
                }
                let place = held.contains(name) ? "paused" : "queue"
                listing.entries[id] = QueueEntry(id: id, place: place, path: path + "/" + name)
            }
            guard listing.entries.count <= QueueBounds.messages else {
                throw MTAError(.tooMany, "more than \(QueueBounds.messages) messages")
            }
        }
        if let corrupt = try QueueFolder.entries(folder + "/corrupt"), !corrupt.isEmpty {
            listing.problems.append("\(corrupt.count) damaged messages in \(folder)/corrupt")
        }
        return listing
    }

    /// Messages all of whose envelopes are paused and none of which is being delivered. Empty when the server does not run.
    private func held() throws(MTAError) -> Set<String> {
        let result = try smtpctl.run(["show", "queue"])
        var (paused, others) = (Set<String>(), Set<String>())
        // `id|family|kind|flags|sender|…|state|…`
        for line in result.output.split(separator: 0x0a) {
            let fields = line.split(separator: UInt8(ascii: "|"), maxSplits: 4, omittingEmptySubsequences: false)
            guard fields.count == 5, fields[0].count == 16 else { continue }
            let message = String(decoding: fields[0].prefix(8), as: UTF8.self)
            let isPaused = String(decoding: fields[3], as: UTF8.self).split(separator: ",").contains("suspend")
            let isInFlight = String(decoding: fields[4], as: UTF8.self).contains("|inflight|")
            if isPaused, !isInFlight { paused.insert(message) } else { others.insert(message) }
        }
        return paused.subtracting(others)
    }

    /// Ids are drawn at random from four billion.
    package var mayReuseIDs: Bool { true }

    package func isHeld(_ entry: QueueEntry) -> Bool? { entry.place == "paused" }

    package func read(_ entry: QueueEntry) -> QueueReading {
        do throws(MTAError) {
            guard let entries = try QueueFolder.entries(entry.path) else { return .gone }
            let names = entries.map(\.name).filter { $0.hasPrefix(entry.id.description) && $0.utf8.count == 16 }
                .sorted()
            guard names.count <= QueueBounds.recipients else { return .unreadable("too many recipients") }
            var envelopes: [OpenSMTPDEnvelope] = []
            for name in names {
                switch try content(entry.path + "/" + name, ["show", "envelope", name]) {
                // Delivered meanwhile.
                case .gone: continue
                case .failed(let reason): return .unreadable(reason)
                case .bytes(let bytes, _):
                    do throws(OpenSMTPDEnvelope.Malformed) {
                        envelopes.append(try OpenSMTPDEnvelope(bytes))
                    } catch {
                        return .unreadable("the envelope is not understood: \(error.reason)")
                    }
                }
            }
            switch try content(entry.path + "/message", ["show", "message", entry.id.description]) {
            case .gone: return .gone
            case .failed(let reason): return .unreadable(reason)
            case .bytes(let bytes, _):
                guard let first = envelopes.first else { return .gone }
                return .message(
                    QueuedMessage(
                        id: entry.id, place: entry.place, isHeld: entry.place == "paused",
                        arrival: envelopes.map(\.arrival).min() ?? first.arrival, sender: first.sender,
                        recipients: envelopes.map { .init($0.recipient) }, origin: first.origin, content: bytes))
            }
        } catch {
            return .unreadable(error.description)
        }
    }

    /// A file; when it is compressed, what smtpctl says of it.
    private func content(_ path: String, _ arguments: [String]) throws(MTAError) -> QueueFolder.Reading {
        let reading = QueueFolder.read(path, limit: QueueBounds.fileBytes)
        guard case .bytes(let bytes, let mode) = reading, bytes.starts(with: [0x1f, 0x8b]) else { return reading }
        let result = try smtpctl.run(arguments)
        guard result.status == 0 else { return .failed("smtpctl \(result.failure)") }
        return .bytes(result.output, mode: mode)
    }

    package func hold(_ ids: [QueueID]) throws(MTAError) { try act(["pause", "envelope"], ids) }
    package func release(_ ids: [QueueID]) throws(MTAError) { try act(["resume", "envelope"], ids) }
    package func deleteHeld(_ ids: [QueueID]) throws(MTAError) { try act(["remove"], ids) }

    private static let runners = 4

    /// A process a message: smtpctl takes no more. What left meanwhile is no error: what became of each is looked up.
    private func act(_ arguments: [String], _ ids: [QueueID]) throws(MTAError) {
        try ParallelRuns.each(ids, atOnce: Self.runners, fewest: 1) { part throws(MTAError) in
            for id in part {
                let result = try smtpctl.run(arguments + [id.description])
                guard result.status == 0 else { throw MTAError(.program, "smtpctl \(arguments[0]) \(result.failure)") }
            }
        }
    }

    /// Its own `sendmail` beside smtpctl.
    package var submission: (program: Program, arguments: [String])? {
        let folder = smtpctl.path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        return Program.first([folder + "/sendmail"]).map { ($0, []) }
    }
}
