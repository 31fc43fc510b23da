package import Detection
import Dispatch
import Glibc
import NIOConcurrencyHelpers

/// Appends events to files that are rotated and bounded.
///
/// `record` only puts bytes in memory: a thread of the writer's own puts them on disk, a few times a second. What a crash
/// takes is at most that much; what a full disk or a slow one takes is counted. Only one process writes a journal.
package final class JournalWriter: EventRecording, Sendable {
    package struct Limits: Hashable, Sendable {
        /// A segment is closed when it is larger.
        package var segmentBytes = 64 << 20
        /// The oldest segments go when all are larger.
        package var totalBytes = 4 << 30
        /// What may wait in memory for the disk.
        package var waitingBytes = 16 << 20

        package init() {}
    }

    private struct State {
        var waiting: [UInt8] = []
        var isScheduled = false
        var lost = 0
        var failure: JournalError?
    }

    /// What only the writer's queue touches.
    private struct Files {
        var file: Int32 = -1
        var number: UInt64 = 0
        var bytes = 0
        /// Older segments and their sizes, oldest first.
        var older: [(number: UInt64, bytes: Int)] = []
    }

    private static let interval = DispatchTimeInterval.milliseconds(200)

    private let directory: String
    private let limits: Limits
    private let queue = DispatchQueue(label: "sluice.journal")
    private let state = NIOLockedValueBox(State())
    private let files: NIOLockedValueBox<Files>

    /// Opens the journal in a directory that exists; a torn tail is cut off.
    package init(directory: String, limits: Limits = Limits()) throws(JournalError) {
        self.directory = directory
        self.limits = limits
        var files = Files()
        var numbers = try JournalFiles.numbers(in: directory)
        let last = numbers.popLast()
        for number in numbers {
            var status = stat()
            let path = "\(directory)/\(JournalFiles.name(number))"
            files.older.append((number, stat(path, &status) == 0 ? Int(status.st_size) : 0))
        }
        try Self.open(&files, last ?? 1, directory)
        self.files = NIOLockedValueBox(files)
    }

    deinit {
        let file = files.withLockedValue { $0.file }
        if file >= 0 { close(file) }
    }

    /// Events that could not be kept.
    package var lost: Int { state.withLockedValue { $0.lost } }
    package var failure: JournalError? { state.withLockedValue { $0.failure } }

    package func record(_ event: DetectionEvent) {
        let bytes = Segment.frame(EventCoding.encode(event))
        let mustSchedule = state.withLockedValue { state in
            guard state.waiting.count + bytes.count <= limits.waitingBytes else {
                state.lost += 1
                return false
            }
            state.waiting += bytes
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { queue.asyncAfter(deadline: .now() + Self.interval) { [weak self] in self?.write() } }
    }

    /// Puts on disk what was recorded so far; for the end, and for tests. Blocks.
    package func flush() { queue.sync { write() } }

    private func write() {
        let bytes = state.withLockedValue { state in
            state.isScheduled = false
            defer { state.waiting = [] }
            return state.waiting
        }
        guard !bytes.isEmpty else { return }
        do throws(JournalError) {
            let (directory, limits) = (directory, limits)
            let result: Result<Void, JournalError> = files.withLockedValue { files in
                Result { () throws(JournalError) in try Self.append(bytes, &files, directory, limits) }
            }
            try result.get()
        } catch {
            state.withLockedValue {
                $0.failure = error
                $0.lost += 1
            }
        }
    }

    private static func append(
        _ bytes: [UInt8], _ files: inout Files, _ directory: String, _ limits: Limits
    ) throws(JournalError) {
        if files.bytes + bytes.count > limits.segmentBytes, files.bytes > Segment.head.count {
            close(files.file)
            files.older.append((files.number, files.bytes))
            try open(&files, files.number + 1, directory)
        }
        let path = "\(directory)/\(JournalFiles.name(files.number))"
        try JournalFiles.writeAll(files.file, bytes, path)
        guard fdatasync(files.file) == 0 else { throw JournalError(.write, path) }
        files.bytes += bytes.count
        while let oldest = files.older.first, files.bytes + files.older.reduce(0, { $0 + $1.bytes }) > limits.totalBytes
        {
            unlink("\(directory)/\(JournalFiles.name(oldest.number))")
            files.older.removeFirst()
        }
    }

    private static func open(_ files: inout Files, _ number: UInt64, _ directory: String) throws(JournalError) {
        let path = "\(directory)/\(JournalFiles.name(number))"
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0o600)
        guard file >= 0 else { throw JournalError(.open, path) }
        let whole = Segment.read(try JournalFiles.read(path)) { _ in }
        if ftruncate(file, off_t(whole)) != 0 { throw JournalError(.write, path) }
        (files.file, files.number, files.bytes) = (file, number, whole)
        if whole == 0 {
            try JournalFiles.writeAll(file, Segment.head, path)
            files.bytes = Segment.head.count
        }
    }
}
