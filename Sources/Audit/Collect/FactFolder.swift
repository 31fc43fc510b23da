import Foundation
import MailTypes

/// The folder that `sluice collect` writes and `--from-files` reads: names as in `CollectedFacts`, and `missing` for the rest.
package enum FactFolder {
    /// Files in one folder, and bytes of all together: a folder from elsewhere is not trusted.
    static let maximumFiles = 5000
    static let maximumBytes = 512 << 20
    /// Folders in folders: tables lie by their whole path.
    static let maximumDepth = 10
    /// Where what was not there is told, a line each: name, tab, reason.
    static let missing = "missing"

    /// A file's name within a folder: letters that no path has a meaning for.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 200 && name != "." && name != ".."
            && name.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "._-+@".utf8.contains($0) || $0 >= 0x80 }
    }

    /// Writes a new folder (mode 0700), each file with mode 0600. What is there already is never overwritten.
    package static func write(_ facts: CollectedFacts, to path: String) throws(AuditError) {
        guard mkdir(path, 0o700) == 0 else {
            throw AuditError(.input, "\(path) cannot be made: \(String(cString: strerror(errno)))")
        }
        var absent = ""
        for (name, entry) in facts.entries.sorted(by: { $0.key < $1.key }) {
            let parts = name.split(separator: "/").map(String.init)
            guard parts.allSatisfy(isName) else { continue }
            switch entry {
            case .missing(let reason): absent += "\(name)\t\(SafeText.printable(reason, limit: 300))\n"
            case .content(let bytes):
                var folder = path
                for part in parts.dropLast() {
                    folder += "/" + part
                    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
                        throw AuditError(.input, "\(folder) cannot be made: \(String(cString: strerror(errno)))")
                    }
                }
                try write(bytes, to: path + "/" + name)
            }
        }
        try write(Array(absent.utf8), to: path + "/" + missing)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(AuditError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AuditError(.input, "\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw AuditError(.input, "\(path): \(String(cString: strerror(errno)))") }
            start += count
        }
    }

    /// Reads a folder. Links are not followed, and what is too large or too many is an error.
    package static func read(_ path: String) throws(AuditError) -> CollectedFacts {
        var facts = CollectedFacts()
        var state = stat()
        guard stat(path, &state) == 0, state.st_mode & S_IFMT == S_IFDIR else {
            throw AuditError(.input, "\(SafeText.printable(path)) is no folder")
        }
        var pending = [""]
        var count = 0
        var total = 0
        while let folder = pending.popLast() {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []
            for name in names.sorted() {
                let whole = folder.isEmpty ? name : folder + "/" + name
                count += 1
                guard count <= maximumFiles else {
                    throw AuditError(.input, "more than \(maximumFiles) files in \(SafeText.printable(path))")
                }
                guard lstat(path + "/" + whole, &state) == 0 else { continue }
                if state.st_mode & S_IFMT == S_IFDIR {
                    if whole.split(separator: "/").count < maximumDepth { pending.append(whole) }
                } else if state.st_mode & S_IFMT == S_IFREG {
                    total += Int(state.st_size)
                    guard total <= maximumBytes else {
                        throw AuditError(
                            .input, "\(SafeText.printable(path)) holds more than \(maximumBytes >> 20) MiB")
                    }
                    facts[whole] = FactGatherer.file(path + "/" + whole)
                }
            }
        }
        for line in (facts.text(missing) ?? "").split(separator: "\n") {
            let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
            if parts.count == 2, facts[parts[0]] == nil {
                facts[parts[0]] = .missing(SafeText.printable(parts[1], limit: 300))
            }
        }
        facts[missing] = nil
        return facts
    }
}
