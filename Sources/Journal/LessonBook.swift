import Glibc
package import MailTypes

/// Lessons for the content model, a file each: `new/` are those that the gateway has yet to take, `learnt/` those that it
/// took, to be learnt again after a restart and by `sluice train`. Bounded; the oldest go.
///
/// Written by commands beside a running gateway, as any user who may write there: files get the directory's owner. Blocks.
package struct LessonBook: Sendable {
    /// Lessons that are kept, some 10 KB each.
    package static let limit = 2000
    private static let largest = 2 << 20

    private let directory: String

    package init(stateDirectory: String) { directory = stateDirectory + "/lessons" }

    /// Puts a lesson there; one about the same message is replaced.
    package func add(_ lesson: [UInt8], of id: SubmissionID) throws(JournalError) {
        try prepare()
        let (path, draft) = (path(.new, id), "\(directory)/\(id).draft")
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw JournalError(.open, draft) }
        defer { close(file) }
        var status = stat()
        if geteuid() == 0, stat(directory, &status) == 0 { _ = fchown(file, status.st_uid, status.st_gid) }
        try JournalFiles.writeAll(file, lesson, draft)
        guard rename(draft, path) == 0 else { throw JournalError(.write, path) }
    }

    /// Takes the new lessons, oldest first, at most `limit` a call: from now on they are among the learnt.
    package func take() throws(JournalError) -> [[UInt8]] {
        var lessons: [[UInt8]] = []
        for id in try ids(.new).prefix(Self.limit) {
            let new = path(.new, id)
            if let bytes = try? JournalFiles.read(new), bytes.count <= Self.largest { lessons.append(bytes) }
            // Not left where it is: it would be learnt again and again.
            if rename(new, path(.learnt, id)) != 0 { unlink(new) }
        }
        if !lessons.isEmpty { try forgetOldest() }
        return lessons
    }

    /// Those that were taken, oldest first.
    package func learnt() throws(JournalError) -> [[UInt8]] {
        try ids(.learnt).suffix(Self.limit).compactMap { id in
            let bytes = try? JournalFiles.read(path(.learnt, id))
            return bytes.flatMap { $0.count <= Self.largest ? $0 : nil }
        }
    }

    private enum Shelf: String { case new, learnt }

    private func path(_ shelf: Shelf, _ id: SubmissionID) -> String { "\(directory)/\(shelf.rawValue)/\(id).lesson" }

    private func forgetOldest() throws(JournalError) {
        for id in try ids(.learnt).dropLast(Self.limit) { unlink(path(.learnt, id)) }
    }

    private func prepare() throws(JournalError) {
        for path in [directory, "\(directory)/\(Shelf.new.rawValue)", "\(directory)/\(Shelf.learnt.rawValue)"] {
            if mkdir(path, 0o700) == 0 {
                var status = stat()
                if geteuid() == 0, stat(directory + "/..", &status) == 0 {
                    _ = chown(path, status.st_uid, status.st_gid)
                }
            } else if errno != EEXIST {
                throw JournalError(.directory, path)
            }
        }
    }

    /// In order of their ids, which is that of arrival.
    private func ids(_ shelf: Shelf) throws(JournalError) -> [SubmissionID] {
        let path = "\(directory)/\(shelf.rawValue)"
        guard let handle = opendir(path) else {
            if errno == ENOENT { return [] }
            throw JournalError(.directory, path)
        }
        defer { closedir(handle) }
        var ids: [SubmissionID] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(".lesson"), let id = SubmissionID(String(name.dropLast(7))) else { continue }
            ids.append(id)
        }
        return ids.sorted()
    }
}
