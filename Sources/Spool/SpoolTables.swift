import Detection
import MailTypes

/// The spool's statements on the writing connection.
///
/// `@unchecked Sendable`: it is made in `Spool.init`, handed to the writer's thread, and touched by that thread only.
final class SpoolTables: @unchecked Sendable {
    let connection: SQLiteConnection
    /// A command's, not the gateway's: what it does is noted in `handoff`.
    private let isCommand: Bool
    private let begin, commit, rollback: SQLiteStatement
    private let countStaged: SQLiteStatement
    private let insertMessage, insertBody, stageBody, markStaged, unmarkStaged, discardBody: SQLiteStatement
    private let updateMessage, deleteMessage, deleteBody, moveMessage, findHeld, assignCase, insertFate, pruneFate,
        insertHandoff: SQLiteStatement

    init(_ connection: SQLiteConnection, isCommand: Bool) throws(SpoolError) {
        self.connection = connection
        self.isCommand = isCommand
        begin = try connection.prepare("BEGIN IMMEDIATE")
        commit = try connection.prepare("COMMIT")
        rollback = try connection.prepare("ROLLBACK")
        insertMessage = try connection.prepare(
            """
            INSERT INTO message (id, kind, customer, server, account, basis, envelope, size, chunks, received,
            held_until, pool, action, log_odds, campaign, reasons, case_id, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insertBody = try connection.prepare("INSERT INTO body (message, idx, data) VALUES (?, ?, ?)")
        stageBody = try connection.prepare(
            """
            INSERT INTO body (message, idx, data)
            SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = ?1)
            """)
        markStaged = try connection.prepare("INSERT OR IGNORE INTO staged (message) VALUES (?)")
        unmarkStaged = try connection.prepare("DELETE FROM staged WHERE message = ?")
        countStaged = try connection.prepare("SELECT count(*) FROM body WHERE message = ? AND idx < ?")
        discardBody = try connection.prepare(
            "DELETE FROM body WHERE message = ?1 AND EXISTS (SELECT 1 FROM staged WHERE message = ?1)")
        updateMessage = try connection.prepare("UPDATE message SET envelope = ? WHERE id = ?")
        deleteMessage = try connection.prepare("DELETE FROM message WHERE id = ? RETURNING size")
        deleteBody = try connection.prepare("DELETE FROM body WHERE message = ?")
        // What was held never leaves through the clean pool.
        moveMessage = try connection.prepare(
            """
            UPDATE message SET held_until = ?2, pool = 'risky' WHERE id = ?1 AND (held_until IS NULL) <> (?2 IS NULL)
            """)
        findHeld = try connection.prepare("SELECT 1 FROM message WHERE id = ? AND held_until IS NOT NULL")
        assignCase = try connection.prepare("UPDATE message SET case_id = coalesce(case_id, ?2) WHERE id = ?1")
        insertFate = try connection.prepare("INSERT INTO fate (message, at, what, author) VALUES (?, ?, ?, ?)")
        // Each record takes up to ten old ones away, so the table needs no other care.
        pruneFate = try connection.prepare(
            "DELETE FROM fate WHERE rowid IN (SELECT rowid FROM fate WHERE at < ? ORDER BY at LIMIT 10)")
        insertHandoff = try connection.prepare("INSERT INTO handoff (message, freed) VALUES (?, ?)")
    }

    // MARK: - Transactions

    func beginTransaction() throws(SpoolError) { try begin.run() }
    func commitTransaction() throws(SpoolError) { try commit.run() }

    /// After an error, whatever it was: SQLite may have rolled back already.
    func abandonTransaction() {
        guard connection.isInTransaction else { return }
        try? rollback.run()
    }

    /// Runs one operation within a transaction. An error that is the operation's own (`notFound`, `conflict`, `unusable`)
    /// leaves nothing of it behind, so that its neighbours can go on.
    ///
    /// - Returns: bytes of content that it freed.
    func run(_ operation: SpoolOperation) throws(SpoolError) -> Int {
        switch operation {
        case .stage(let id, let index, let chunk):
            try stage(id, index, chunk)
            return 0
        case .discard(let id):
            discardBody.bind(1, id.rawValue)
            try discardBody.run()
            unmarkStaged.bind(1, id.rawValue)
            try unmarkStaged.run()
            return 0
        case .commit(let message, let envelope, let chunks, let firstIndex):
            try insert(message, envelope, chunks, firstIndex)
            return 0
        case .update(let id, let envelope):
            updateMessage.bind(1, envelope)
            updateMessage.bind(2, id.rawValue)
            try updateMessage.run()
            guard connection.changes == 1 else { throw SpoolError(.notFound, "there is no message \(id)") }
            return 0
        case .remove(let id):
            return try remove(id) ?? 0
        case .move(let id, let state, let author, let time):
            try move(id, state, author, time)
            try handOver(id, freed: 0, isCommand)
            return 0
        case .settle(let id, let fate, let author, let time):
            // The gateway may be sending what is queued: a command takes held mail only.
            let isOurs = isCommand ? try isHeld(id) : true
            guard isOurs, let freed = try remove(id) else {
                throw SpoolError(.notFound, "there is no \(isCommand ? "held " : "")message \(id)")
            }
            try record(id, fate, author, time)
            try handOver(id, freed: freed, isCommand)
            return freed
        case .actOnHeld(let act, let ids, let author, let time, let done):
            done(try actOnHeld(act, ids, author, time))
            return 0
        case .assign(let ids, let caseID, let done):
            done(try assign(ids, caseID))
            return 0
        case .perform(let work):
            try work(self)
            return 0
        }
    }

    private func stage(_ id: SubmissionID, _ index: Int, _ chunk: [UInt8]) throws(SpoolError) {
        stageBody.bind(1, id.rawValue)
        stageBody.bind(2, Int64(index))
        stageBody.bind(3, chunk)
        try stageBody.run()
        guard connection.changes == 1 else { throw SpoolError(.conflict, "message \(id) has been committed") }
        markStaged.bind(1, id.rawValue)
        try markStaged.run()
    }

    /// The row goes first: when the number is taken, nothing was written yet. When a chunk is there already, all that
    /// there is under the number belongs to this submission, and is taken away.
    private func insert(_ message: SpooledMessage, _ envelope: [UInt8], _ chunks: [[UInt8]], _ firstIndex: Int)
        throws(SpoolError)
    {
        // A chunk that could not be staged may be known here before its sender learns of it.
        guard try staged(message.id, before: firstIndex) == firstIndex else {
            throw SpoolError(.notFound, "not all of message \(message.id) could be stored")
        }
        try insertRow(message, envelope)
        do {
            for (offset, chunk) in chunks.enumerated() {
                insertBody.bind(1, message.id.rawValue)
                insertBody.bind(2, Int64(firstIndex + offset))
                insertBody.bind(3, chunk)
                try insertBody.run()
            }
        } catch {
            if error.code == .conflict { _ = try remove(message.id) }
            throw error
        }
        if firstIndex > 0 {
            unmarkStaged.bind(1, message.id.rawValue)
            try unmarkStaged.run()
        }
        // Outlives its delivery: whoever asks after a crash whether a notice was written knows.
        if message.kind == .notice { try record(message.id, .queued, "sluice", message.received) }
    }

    private func staged(_ id: SubmissionID, before index: Int) throws(SpoolError) -> Int {
        guard index > 0 else { return 0 }
        countStaged.bind(1, id.rawValue)
        countStaged.bind(2, Int64(index))
        defer { countStaged.reset() }
        return try countStaged.step() ? Int(countStaged.integer(0)) : 0
    }

    private func isHeld(_ id: SubmissionID) throws(SpoolError) -> Bool {
        findHeld.bind(1, id.rawValue)
        defer { findHeld.reset() }
        return try findHeld.step()
    }

    /// Those on which it was done; what is not held any more is left alone. Bytes freed are counted when the relay picks
    /// the acts up.
    private func actOnHeld(_ act: Spool.HeldAct, _ ids: [SubmissionID], _ author: String, _ time: Timestamp)
        throws(SpoolError) -> [SubmissionID]
    {
        var done: [SubmissionID] = []
        for id in ids where try isHeld(id) {
            var freed = 0
            switch act {
            case .release: try move(id, .queued, author, time)
            case .delete:
                freed = try remove(id) ?? 0
                try record(id, .deleted, author, time)
            }
            try handOver(id, freed: freed, true)
            done.append(id)
        }
        return done
    }

    private func assign(_ ids: [SubmissionID], _ caseID: CaseID) throws(SpoolError) -> [SubmissionID] {
        var found: [SubmissionID] = []
        for id in ids {
            assignCase.bind(1, id.rawValue)
            assignCase.bind(2, caseID.rawValue)
            try assignCase.run()
            if connection.changes == 1 { found.append(id) }
        }
        return found
    }

    private func insertRow(_ message: SpooledMessage, _ envelope: [UInt8]) throws(SpoolError) {
        let statement = insertMessage
        let identity = message.identity
        statement.bind(1, message.id.rawValue)
        statement.bind(2, message.kind.rawValue)
        statement.bind(3, identity?.customer.description)
        statement.bind(4, identity?.server.description)
        statement.bind(5, identity?.account?.description)
        statement.bind(6, identity?.evidence.rawValue)
        statement.bind(7, envelope)
        statement.bind(8, Int64(message.size.bytes))
        statement.bind(9, Int64(message.chunkCount))
        statement.bind(10, message.received.microseconds)
        statement.bind(11, message.state.deadline?.microseconds)
        statement.bind(12, message.pool.rawValue)
        statement.bind(13, message.action.rawValue)
        statement.bind(14, message.logOdds)
        statement.bind(15, message.campaign.map { Int64(bitPattern: $0.rawValue) })
        statement.bind(16, message.reasons)
        statement.bind(17, message.caseID?.rawValue)
        statement.bind(18, message.expires.microseconds)
        try statement.run()
    }

    /// The bytes freed; `nil` if there was no such message.
    private func remove(_ id: SubmissionID) throws(SpoolError) -> Int? {
        deleteMessage.bind(1, id.rawValue)
        var freed: Int?
        while try deleteMessage.step() { freed = Int(deleteMessage.integer(0)) }
        deleteMessage.reset()
        deleteBody.bind(1, id.rawValue)
        try deleteBody.run()
        unmarkStaged.bind(1, id.rawValue)
        try unmarkStaged.run()
        return freed
    }

    private func move(_ id: SubmissionID, _ state: SpooledMessage.State, _ author: String, _ time: Timestamp)
        throws(SpoolError)
    {
        moveMessage.bind(1, id.rawValue)
        moveMessage.bind(2, state.deadline?.microseconds)
        try moveMessage.run()
        let fate: FateRecord.Fate = state == .queued ? .released : .held
        guard connection.changes == 1 else {
            throw SpoolError(
                .notFound, "message \(id) is not there, or already \(state == .queued ? "queued" : "held")")
        }
        try record(id, fate, author, time)
    }

    private func record(
        _ id: SubmissionID, _ fate: FateRecord.Fate, _ author: String, _ time: Timestamp
    ) throws(SpoolError) {
        insertFate.bind(1, id.rawValue)
        insertFate.bind(2, time.microseconds)
        insertFate.bind(3, fate.rawValue)
        insertFate.bind(4, author)
        try insertFate.run()
        pruneFate.bind(1, (time - FateRecord.retention).microseconds)
        try pruneFate.run()
    }

    /// Notes an act that the relay did not do itself.
    private func handOver(_ id: SubmissionID, freed: Int, _ isNeeded: Bool) throws(SpoolError) {
        guard isNeeded else { return }
        insertHandoff.bind(1, id.rawValue)
        insertHandoff.bind(2, Int64(freed))
        try insertHandoff.run()
    }
}

extension SpooledMessage.State {
    /// Until when it is held; `nil` when it is queued.
    var deadline: Timestamp? {
        if case .held(let until) = self { return until }
        return nil
    }
}
