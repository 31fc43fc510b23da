import Foundation

/// One input: a file, standard input, or the journal.
package struct LogFile: Sendable {
    /// The path as given or found; `-` for standard input.
    package var path: String
    /// Bytes on disk, 0 where unknown.
    package var size: Int
    /// When it was last written: no line in it is later. Seconds since 1970.
    package var modified: Int64
    /// Files of one log through its rotations have the same stem.
    package var stem: String
    /// Seconds of the first line with a time; `Int64.max` when there was none in the first 256 KiB.
    package var firstSeconds = Int64.max

    package static let standardInput = "-"

    /// Files below the given paths: folders are walked, hidden files and what no log is (by name) are left out.
    package static func find(_ paths: [String], now: Int64) throws -> [LogFile] {
        var files: [LogFile] = []
        var seen: Set<String> = []
        for path in paths {
            if path == standardInput {
                files.append(LogFile(path: path, size: 0, modified: now, stem: path))
                continue
            }
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw LogInputError(code: .missing, path: path, message: "there is no such file or folder")
            }
            let found = isFolder.boolValue ? try below(path) : [path]
            for file in found where seen.insert((file as NSString).standardizingPath).inserted {
                files.append(try describe(file))
            }
        }
        return files
    }

    private static func below(_ folder: String) throws -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: folder) else {
            throw LogInputError(code: .unreadable, path: folder, message: "the folder cannot be read")
        }
        var found: [String] = []
        while let name = walk.nextObject() as? String, found.count < 4096 {
            let path = folder + "/" + name
            let last = (name as NSString).lastPathComponent
            let type = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
            guard type == .typeRegular, !last.hasPrefix(".") else { continue }
            let skipped = ["journal", "db", "pid", "lock", "png", "jpg", "tar", "zip", "sqlite", "wtmp", "btmp"]
            guard !skipped.contains((last as NSString).pathExtension.lowercased()),
                !["wtmp", "btmp", "lastlog", "faillog"].contains(last)
            else { continue }
            found.append(path)
        }
        return found.sorted()
    }

    private static func describe(_ path: String) throws -> LogFile {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let modified = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        let size = (attributes?[.size] as? Int) ?? 0
        return LogFile(
            path: path, size: size, modified: gzipTime(path) ?? Int64(modified), stem: stem((path as NSString)))
    }

    /// The time that gzip keeps of the file it compressed (RFC 1952 §2.3.1), which outlives copying.
    private static func gzipTime(_ path: String) -> Int64? {
        guard let handle = FileHandle(forReadingAtPath: path), let head = try? handle.read(upToCount: 8) else {
            return nil
        }
        let bytes = [UInt8](head)
        guard bytes.count == 8, bytes.starts(with: [0x1f, 0x8b]) else { return nil }
        let time = bytes[4...7].reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return time > 0 ? time : nil
    }

    /// `mail.log` of `mail.log.3.gz`, `mail.log-20261124`, `mail.log.1`.
    static func stem(_ path: NSString) -> String {
        var name = path as String
        for ending in [".gz", ".xz", ".zst", ".bz2"] where name.hasSuffix(ending) { name.removeLast(ending.count) }
        while let last = name.last, last.isNumber || last == "-" || last == "." || last == "_", name.count > 1 {
            name.removeLast()
        }
        return name
    }
}
