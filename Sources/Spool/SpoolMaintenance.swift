import Dispatch
import Foundation
import NIOConcurrencyHelpers

/// Housekeeping on a thread of its own: copies the write-ahead log into the file while the writer goes on, and gives free
/// pages back to the disk in small steps.
final class SpoolMaintenance: Sendable {
    /// How often it looks.
    static let interval = DispatchTimeInterval.seconds(1)
    /// A log of this many bytes is copied. The writer itself does so from four times that on, so that the log stays bounded.
    static let logSize = 16_777_216
    /// Pages given back in one step, and how many free ones are left alone: they are used again soon.
    static let pages = 512
    static let freePagesKept = 4096

    private let stopped = NIOLockedValueBox(false)
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let path: String
    private let writer: SpoolWriter
    private let space: SpoolSpace

    init(path: String, writer: SpoolWriter, space: SpoolSpace) throws(SpoolError) {
        self.path = path
        self.writer = writer
        self.space = space
        try writer.perform { tables throws(SpoolError) in
            let page = try tables.connection.integer("PRAGMA page_size") ?? 4096
            _ = try tables.connection.integer("PRAGMA wal_autocheckpoint = \(4 * Int64(Self.logSize) / max(page, 512))")
        }
        let connection = try Handle(SQLiteConnection(path: path, mayCreate: false))
        let thread = Thread { [self] in run(connection) }
        thread.name = "spool-maintenance"
        thread.start()
    }

    /// `@unchecked Sendable`: handed once to the maintenance thread, which alone uses it.
    private struct Handle: @unchecked Sendable {
        let connection: SQLiteConnection

        init(_ connection: SQLiteConnection) { self.connection = connection }
    }

    func stop() {
        let isFirst = stopped.withLockedValue { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        wake.signal()
        ended.wait()
    }

    private func run(_ handle: Handle) {
        while !stopped.withLockedValue({ $0 }) {
            _ = wake.wait(timeout: .now() + Self.interval)
            space.look()
            // Trouble here is not the mail's: the next look tries again, and the writer reports what concerns mail.
            if Spool.fileSize(path + "-wal") >= Self.logSize { try? handle.connection.checkpoint() }
            if space.shortage == nil {
                _ = try? Self.vacuumStep(writer)
            } else {
                try? Self.makeRoom(writer, handle.connection)
                space.look()
            }
        }
        ended.signal()
    }

    /// Steps at one look while room is short.
    static let stepsInNeed = 16

    /// Gives back all that the spool does not need, also the write-ahead log's file.
    static func makeRoom(_ writer: SpoolWriter, _ connection: SQLiteConnection) throws(SpoolError) {
        for _ in 0..<stepsInNeed {
            guard try vacuumStep(writer, keeping: 0) else { break }
        }
        try connection.checkpoint(truncates: true)
    }

    /// Gives up to `pages` free pages back; false when there are few.
    @discardableResult
    static func vacuumStep(_ writer: SpoolWriter, keeping kept: Int = freePagesKept) throws(SpoolError) -> Bool {
        try writer.perform { tables throws(SpoolError) in
            guard try tables.connection.integer("PRAGMA freelist_count") ?? 0 > Int64(kept) else { return false }
            try tables.connection.execute("PRAGMA incremental_vacuum(\(pages))")
            return true
        }
    }
}
