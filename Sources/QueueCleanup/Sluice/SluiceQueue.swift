package import MTAControl
package import MailTypes
import Spool

/// Sluice's own spool, read and changed through its API beside a running gateway.
///
/// Only what the gateway holds can be released or deleted from outside: what is queued is the gateway's, and `sluice stop` of its
/// source holds it there.
package struct SluiceQueue: MailQueue {
    package let kind = MTAKind.sluice
    private let spool: Spool
    private let folder: String
    private let author: String
    private let clock: @Sendable () -> Timestamp

    package var name: String { "Sluice, \(folder)" }

    private static let page = 1000

    /// - Parameters:
    ///   - folder: the gateway's state directory.
    ///   - author: who acts, for the spool's records.
    package init(folder: String, author: String, clock: @escaping @Sendable () -> Timestamp) throws(MTAError) {
        self.folder = folder
        self.author = author
        self.clock = clock
        do throws(SpoolError) {
            spool = try Spool(directory: folder, role: .command)
        } catch {
            throw MTAError(.notFound, "Sluice's spool in \(folder): \(error.message)")
        }
    }

    package func list() throws(MTAError) -> QueueListing {
        var listing = QueueListing()
        do throws(SpoolError) {
            for isHeld in [false, true] {
                var last: SubmissionID?
                while true {
                    let page =
                        isHeld
                        ? try spool.held(after: last, limit: Self.page)
                        : try spool.queued(after: last, limit: Self.page)
                    for message in page {
                        guard let id = QueueID(message.id.description) else { continue }
                        listing.entries[id] = QueueEntry(id: id, place: isHeld ? "held" : "queued", path: "")
                    }
                    guard let end = page.last?.id, page.count == Self.page else { break }
                    last = end
                }
            }
        } catch {
            throw MTAError(.unreadable, error.message)
        }
        return listing
    }

    package func read(_ entry: QueueEntry) -> QueueReading {
        guard let id = SubmissionID(entry.id.description) else { return .gone }
        do throws(SpoolError) {
            guard let message = try spool.message(id) else { return .gone }
            guard message.size.bytes <= QueueBounds.fileBytes else {
                return .unreadable("larger than \(QueueBounds.fileBytes) bytes")
            }
            var content: [UInt8] = []
            content.reserveCapacity(message.size.bytes)
            for index in 0..<message.chunkCount {
                // Without a part it has left meanwhile, or is damaged.
                guard let chunk = try spool.chunk(id, index: index) else {
                    return try spool.message(id) == nil ? .gone : .unreadable("parts of its content are missing")
                }
                content += chunk
            }
            return .message(Self.queued(message, entry, Self.withoutCarriageReturns(content)))
        } catch {
            return .unreadable(error.message)
        }
    }

    private static func queued(_ message: SpooledMessage, _ entry: QueueEntry, _ content: [UInt8]) -> QueuedMessage {
        var isHeld = false
        if case .held = message.state { isHeld = true }
        let recipients = zip(message.envelope.recipients, message.recipients).map {
            QueuedMessage.Recipient($0.address.description, isDone: $1.status != .pending)
        }
        return QueuedMessage(
            id: entry.id, place: isHeld ? "held" : "queued", isHeld: isHeld, arrival: message.received,
            sender: message.envelope.sender.description, recipients: recipients,
            origin: .init(
                account: message.identity?.account?.description, client: message.identity?.server.description),
            content: content)
    }

    /// Line ends as other queues keep them. A lone CR stays.
    private static func withoutCarriageReturns(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for (index, byte) in bytes.enumerated() {
            if byte == 0x0d, index + 1 < bytes.count, bytes[index + 1] == 0x0a { continue }
            result.append(byte)
        }
        return result
    }

    /// Ids hold the time of arrival.
    package var mayReuseIDs: Bool { false }

    package func isHeld(_ entry: QueueEntry) -> Bool? { entry.place == "held" }

    /// Nothing is held from outside; what is not held already is told as such.
    package func hold(_ ids: [QueueID]) {}
    package func release(_ ids: [QueueID]) throws(MTAError) { try act(.release, ids) }
    package func deleteHeld(_ ids: [QueueID]) throws(MTAError) { try act(.delete, ids) }

    private func act(_ act: Spool.HeldAct, _ ids: [QueueID]) throws(MTAError) {
        let ids = ids.compactMap { SubmissionID($0.description) }
        do throws(SpoolError) {
            for start in stride(from: 0, to: ids.count, by: Spool.actLimit) {
                let some = Array(ids[start..<min(start + Spool.actLimit, ids.count)])
                _ = try spool.act(act, onHeld: some, author: author, at: clock())
            }
        } catch {
            throw MTAError(.program, error.message)
        }
    }

    package var submission: (program: Program, arguments: [String])? { nil }
}
