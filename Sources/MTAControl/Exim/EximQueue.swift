/// The queue of an Exim, running or not; also of a split spool and of named queues.
package struct EximQueue: MailQueue {
    package let kind = MTAKind.exim
    package let folder: String
    private let program: Program
    private let place: [String]

    package var name: String { "Exim, \(folder)" }

    private static let programs = ["/usr/sbin/exim4", "/usr/sbin/exim", "/usr/local/sbin/exim", "/usr/exim/bin/exim"]

    /// - Parameters:
    ///   - program: the exim that is meant; left out, the system's.
    ///   - configuration: its configuration file; left out, its own.
    package init(program: String? = nil, configuration: String? = nil) throws(MTAError) {
        guard let exim = Program.first(program.map { [$0] } ?? Self.programs) else {
            throw MTAError(.notFound, "Exim is not installed")
        }
        self.program = exim
        place = configuration.map { ["-C", $0] } ?? []
        let result = try exim.run(place + ["-bP", "spool_directory"], seconds: 30)
        let answer = String(decoding: result.output, as: UTF8.self).split(separator: "\n").first ?? ""
        guard result.status == 0, let equals = answer.firstIndex(of: "=") else {
            throw MTAError(
                .notFound, "exim does not tell its spool: \(String(decoding: result.errors.prefix(500), as: UTF8.self))"
            )
        }
        let path = answer[answer.index(after: equals)...].drop { $0 == " " }
        guard path.hasPrefix("/") else { throw MTAError(.notFound, "exim's spool has no absolute path") }
        folder = String(path)
    }

    package func list() throws(MTAError) -> QueueListing {
        var listing = QueueListing()
        guard let entries = try QueueFolder.entries(folder) else { throw MTAError(.notFound, "there is no \(folder)") }
        // Named queues are folders beside `input`, with an `input` of their own.
        let others = ["db", "input", "msglog", "scan", "gnutls-params"]
        let queues = entries.filter { $0.kind == .folder && !others.contains($0.name) }.map { $0.name + "/input" }
        for queue in ["input"] + queues { try walk(queue, &listing) }
        return listing
    }

    private func walk(_ queue: String, _ listing: inout QueueListing) throws(MTAError) {
        var entries: [QueueEntry] = []
        var data: [QueueID: String] = [:]
        _ = try QueueFolder.files(below: folder + "/" + queue, depth: 1, limit: QueueBounds.messages * 3) {
            name, path in
            guard let id = QueueID(name.dropLast(2)) else { return }
            if name.hasSuffix("-H") {
                entries.append(QueueEntry(id: id, place: queue, path: String(path.dropLast(2))))
            } else if name.hasSuffix("-D") {
                data[id] = path
            }
        }
        for entry in entries {
            listing.entries[entry.id] = entry
            data[entry.id] = nil
        }
        // Data alone: a message that is being received, or a rest.
        for (id, path) in data {
            listing.entries[id] = QueueEntry(id: id, place: queue, path: String(path.dropLast(2)))
        }
    }

    /// Ids hold the time and process that made them (`localhost_number` keeps hosts apart): never twice.
    package var mayReuseIDs: Bool { false }

    package func isHeld(_ entry: QueueEntry) -> Bool? { nil }

    package func read(_ entry: QueueEntry) -> QueueReading {
        let limit = QueueBounds.fileBytes
        let journal: [UInt8] =
            if case .bytes(let bytes, _) = QueueFolder.read(entry.path + "-J", limit: limit) { bytes } else { [] }
        let data = QueueFolder.read(entry.path + "-D", limit: limit)
        switch (QueueFolder.read(entry.path + "-H", limit: limit), data) {
        case (.bytes(let head, _), .bytes(let body, _)):
            do {
                return .message(try message(entry, EximHeaderFile(head, id: entry.id, journal: journal), body))
            } catch let error as EximHeaderFile.Malformed {
                return .unreadable("the spool file is not understood: \(error.reason)")
            } catch {
                return .unreadable("the spool file is not understood")
            }
        case (.failed(let reason), _), (_, .failed(let reason)): return .unreadable(reason)
        case (.gone, .bytes): return .arriving
        case (_, .gone): return .gone
        }
    }

    private func message(_ entry: QueueEntry, _ head: EximHeaderFile, _ data: [UInt8]) throws -> QueuedMessage {
        let mark = Array((entry.id.description + "-D\n").utf8)
        guard data.starts(with: mark) else { throw EximHeaderFile.Malformed(reason: "the data is another message's") }
        var content = head.header
        content.append(0x0a)
        if head.isWireFormat {
            Self.appendFromWire(data[mark.count...], to: &content)
        } else {
            content.append(contentsOf: data[mark.count...])
        }
        return QueuedMessage(
            id: entry.id, place: entry.place, isHeld: head.isFrozen, arrival: head.arrival, sender: head.sender,
            recipients: head.recipients, origin: head.origin, content: content)
    }

    /// CRLF becomes LF, and a line's doubled dot one.
    private static func appendFromWire(_ bytes: ArraySlice<UInt8>, to content: inout [UInt8]) {
        var isLineStart = true
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == 0x0d, index + 1 < bytes.endIndex, bytes[index + 1] == 0x0a {
                index += 1
                continue
            }
            if !(isLineStart && byte == UInt8(ascii: ".")) { content.append(byte) }
            isLineStart = byte == 0x0a
            index += 1
        }
    }

    /// Exim names a message never twice, and freezing takes a lock that a delivery holds: what is being delivered now stays.
    package func hold(_ ids: [QueueID]) throws(MTAError) { try act("-Mf", ids) }
    package func release(_ ids: [QueueID]) throws(MTAError) { try act("-Mt", ids) }
    package func deleteHeld(_ ids: [QueueID]) throws(MTAError) { try act("-Mrm", ids) }

    /// Exim takes one message after the other and waits for the disk at each: several of them at once are faster.
    private static let runners = 4

    private func act(_ act: String, _ ids: [QueueID]) throws(MTAError) {
        try ParallelRuns.each(ids, atOnce: Self.runners) { part throws(MTAError) in
            // The status is 1 as soon as one id of many is gone: what became of each is looked up.
            let result = try program.run(place + [act] + part.map(\.description))
            guard result.status <= 1 else { throw MTAError(.program, "exim \(act) \(result.failure)") }
        }
    }

    package var submission: (program: Program, arguments: [String])? { (program, place + ["-oi", "-odq"]) }
}
