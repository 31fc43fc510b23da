package import ControlStore
package import Enforcement
package import MailTypes
package import Spool

/// What a person may do with held mail, from the command line, the console or the daemon itself: each act is a record
/// beside the message (`FateRecord`), an entry in the audit log, and, beside a running daemon, taken up within a second.
///
/// ```
/// let desk = HeldDesk(spool: try Spool(directory: state, role: .command), control: try ControlDatabase(directory: state))
/// for message in try desk.list(.init(customer: acme), after: nil, limit: 100) { … }
/// let outcome = try desk.act(.release, onAll: .init(caseID: id), author: "person:ann", at: now)
/// ```
/// Every function blocks.
package struct HeldDesk: Sendable {
    /// Messages named in one entry of the audit log.
    private static let named = 50

    private let spool: Spool
    private let control: ControlDatabase

    package init(spool: Spool, control: ControlDatabase) {
        self.spool = spool
        self.control = control
    }

    /// Everything there is to judge one message by. Bytes from outside: whoever shows them makes them safe.
    package struct Details: Sendable {
        package var message: SpooledMessage
        /// The beginning of its header and text, cut at a limit.
        package var beginning: [UInt8]
        /// Why it is held, a sentence each.
        package var evidence: [String]
        package var fates: [FateRecord]
        package var incident: IncidentCase?
    }

    package struct Outcome: Hashable, Sendable {
        package var done: [SubmissionID] = []
        /// Those that are not held (any more).
        package var missing: [SubmissionID] = []
    }

    /// Held messages in the order of their arrival; the next page begins after the last one's number.
    package func list(_ filter: Spool.HeldFilter, after id: SubmissionID?, limit: Int) throws -> [SpooledMessage] {
        try spool.held(filter, after: id, limit: limit)
    }

    /// `nil` when there is no such message.
    package func show(_ id: SubmissionID, limit: ByteCount = .kib(4)) throws -> Details? {
        guard let message = try spool.message(id) else { return nil }
        var beginning: [UInt8] = []
        for index in 0..<message.chunkCount where beginning.count < limit.bytes {
            guard let chunk = try spool.chunk(id, index: index) else { break }
            beginning += chunk.prefix(limit.bytes - beginning.count)
        }
        return Details(
            message: message, beginning: beginning, evidence: message.reasons.split(separator: "\n").map(String.init),
            fates: try spool.fates(id), incident: try message.caseID.flatMap { try control.incident($0) })
    }

    /// Releases or deletes the messages that are held; a transaction for each thousand.
    package func act(_ act: Spool.HeldAct, on ids: [SubmissionID], author: String, at time: Timestamp) throws
        -> Outcome
    {
        var outcome = Outcome()
        var rest = ids[...]
        while !rest.isEmpty {
            let page = Array(rest.prefix(Spool.actLimit))
            rest = rest.dropFirst(page.count)
            let done = try spool.act(act, onHeld: page, author: author, at: time)
            let known = Set(done)
            outcome.done += done
            outcome.missing += page.filter { !known.contains($0) }
            try record(act, done, author, time)
        }
        return outcome
    }

    /// As `act(on:)`, for all that the filter finds.
    package func act(_ act: Spool.HeldAct, onAll filter: Spool.HeldFilter, author: String, at time: Timestamp) throws
        -> Outcome
    {
        var outcome = Outcome()
        var last: SubmissionID?
        while true {
            let page = try spool.held(filter, after: last, limit: Spool.actLimit).map(\.id)
            guard let end = page.last else { return outcome }
            let part = try self.act(act, on: page, author: author, at: time)
            outcome.done += part.done
            outcome.missing += part.missing
            last = end
        }
    }

    private func record(_ act: Spool.HeldAct, _ ids: [SubmissionID], _ author: String, _ time: Timestamp) throws {
        var rest = ids[...]
        var entries: [ControlDatabase.AuditDraft] = []
        while !rest.isEmpty {
            let part = rest.prefix(Self.named)
            rest = rest.dropFirst(part.count)
            let isOne = part.count == 1
            entries.append(
                .init(
                    act: "held.\(act.rawValue)", subject: isOne ? "\(part[part.startIndex])" : "\(part.count) messages",
                    detail: isOne ? "" : part.map(\.description).joined(separator: " ")))
        }
        try control.record(entries, author: author, at: time)
    }
}
