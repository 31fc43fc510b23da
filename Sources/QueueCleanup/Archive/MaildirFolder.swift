import Glibc
import MTAControl
import MailTypes

/// The `cur` of an archive in Maildir form: written in `tmp`, on the disk, then renamed.
final class MaildirFolder {
    private let folder: String
    private var waiting: [String] = []

    init(_ folder: String) throws(CleanupError) {
        self.folder = folder
        for name in ["tmp", "new", "cur"] { try DurableFile.makeFolder(folder + "/" + name) }
    }

    /// `seconds.id.host,S=size:2,S`: the size of the message as it was, which Dovecot looks for, and “seen”.
    static func name(_ message: QueuedMessage, _ compression: ArchiveForm.Compression) -> String {
        "\(message.arrival.seconds).\(message.id).queue,S=\(message.content.count):2,S\(compression.suffix)"
    }

    static func path(_ name: String, in folder: String) -> String { folder + "/cur/" + name }

    /// A name that stands in a manifest, from wherever that came.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 200 && name.utf8.first != UInt8(ascii: ".")
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") }
    }

    func add(_ name: String, _ bytes: [UInt8]) throws(CleanupError) {
        let path = folder + "/tmp/" + name
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw DurableFile.failure("open", path) }
        defer { close(descriptor) }
        try DurableFile.write(bytes, to: descriptor, path)
        waiting.append(name)
    }

    /// Everything added is on the disk under its name when this returns.
    func flush() throws(CleanupError) {
        guard !waiting.isEmpty else { return }
        // One wait for all of them. It tells no error: each file is asked for its own then, which costs nothing more.
        Glibc.sync()
        for name in waiting {
            let path = folder + "/tmp/" + name
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { throw DurableFile.failure("open", path) }
            let isWritten = fdatasync(descriptor) == 0
            close(descriptor)
            guard isWritten else { throw DurableFile.failure("sync", path) }
            guard rename(path, Self.path(name, in: folder)) == 0 else { throw DurableFile.failure("rename", path) }
        }
        try DurableFile.sync(folder + "/cur")
        waiting = []
    }
}
