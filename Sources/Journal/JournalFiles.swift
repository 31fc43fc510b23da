package import Detection
import Glibc
package import MailTypes

/// The files of a journal, by the number in their names: `journal-0000000000000001.slj`.
enum JournalFiles {
    static func name(_ number: UInt64) -> String {
        let digits = String(number)
        return "journal-" + String(repeating: "0", count: max(0, 16 - digits.count)) + digits + ".slj"
    }

    /// Numbers in order.
    static func numbers(in directory: String) throws(JournalError) -> [UInt64] {
        guard let handle = opendir(directory) else { throw JournalError(.directory, directory) }
        defer { closedir(handle) }
        var numbers: [UInt64] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix("journal-"), name.hasSuffix(".slj"),
                let number = UInt64(name.dropFirst(8).dropLast(4)), number > 0
            else { continue }
            numbers.append(number)
        }
        return numbers.sorted()
    }

    /// - Parameter limit: at least so many bytes are enough.
    static func read(_ path: String, prefix limit: Int = .max) throws(JournalError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw JournalError(.open, path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while bytes.count < limit {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw JournalError(.read, path)
            }
            bytes += chunk[..<count]
        }
        return bytes
    }

    static func writeAll(_ file: Int32, _ bytes: [UInt8], _ path: String) throws(JournalError) {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { write(file, $0 + start, buffer.count - start) } ?? 0
            }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                throw JournalError(.write, path)
            }
            start += count
        }
    }
}

/// Reads a journal, oldest event first.
package struct JournalReader: Sendable {
    let directory: String

    package init(directory: String) { self.directory = directory }

    /// The events of that time, in their order. A damaged tail of a segment is left out, as the writer would cut it off.
    /// Segments before and after are not read; one that begins an hour after the end is the last, as a clock may step back.
    package func forEach(
        since: Timestamp = .distantPast, until: Timestamp = .distantFuture, progress: (Double) -> Void = { _ in },
        _ body: (DetectionEvent) -> Void
    ) throws(JournalError) {
        let numbers =
            since == .distantPast ? try JournalFiles.numbers(in: directory) : try segments(since: since)
        for (index, number) in numbers.enumerated() {
            progress(Double(index) / Double(numbers.count))
            var first: Timestamp?
            _ = Segment.read(try JournalFiles.read("\(directory)/\(JournalFiles.name(number))")) { event in
                first = first ?? event.time
                if event.time >= since, event.time <= until { body(event) }
            }
            if let first, first > until, first - until > .seconds(3600) { return }
        }
    }

    /// The submission of that number, from the newest segment back to those that are older than it; `nil` if the journal
    /// does not have it (any more). Reads whole segments: for other threads than event loops.
    ///
    /// - Parameter slack: how far the clock may have stepped.
    package func submission(
        _ id: SubmissionID, slack: Duration = .seconds(86_400)
    ) throws(JournalError) -> SubmissionEvent? {
        for number in try JournalFiles.numbers(in: directory).reversed() {
            let bytes = try JournalFiles.read("\(directory)/\(JournalFiles.name(number))")
            var found: SubmissionEvent?
            var first: Timestamp?
            _ = Segment.read(bytes) { event in
                first = first ?? event.time
                if case .submission(let submission) = event, submission.id == id { found = submission }
            }
            if found != nil { return found }
            if let first, first + slack < id.arrival { return nil }
        }
        return nil
    }
}
