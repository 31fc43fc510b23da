import MailTypes

/// Mail in files: a directory of messages (Maildir too, read to its leaves), an mbox, or a single message.
///
/// Bounded: of each message the first `messageBytes`, at most `depth` directories down; symbolic links to
/// directories are not followed. In order of names, so that the same files give the same model.
package struct MailCollection: Sendable {
    /// Bytes read of one message; what content analysis looks at lies in far less.
    package static let messageBytes = 1 << 20
    private static let depth = 16

    private let path: String

    /// - Throws: when there is no such file or directory.
    package init(_ path: String) throws(TrainingError) {
        guard let kind = Files.kindOfTarget(path), kind != .other else {
            throw TrainingError(.unreadable, "\(SafeText.printable(path)) is neither a file nor a directory")
        }
        self.path = path
    }

    /// Gives each message with a name for people (`cur/1234`, `inbox#17`); `body` says whether to go on.
    ///
    /// Files of a directory that are no mail, such as a mail server's indexes, are passed over.
    ///
    /// - Throws: also when there is no mail at all, or when it is compressed.
    package func forEach(_ body: (_ name: String, _ message: [UInt8]) -> Bool) throws(TrainingError) {
        var count = 0
        func counted(_ name: String, _ message: [UInt8]) -> Bool {
            count += 1
            return body(name, message)
        }
        if Files.kindOfTarget(path) == .directory {
            _ = try walk(path, prefix: "", depth: 0, counted)
        } else {
            _ = try readFile(path, name: path.split(separator: "/").last.map(String.init) ?? path, counted)
        }
        guard count > 0 else { throw TrainingError(.notMail, "there is no mail in \(SafeText.printable(path))") }
    }

    private func walk(
        _ directory: String, prefix: String, depth: Int, _ body: (String, [UInt8]) -> Bool
    ) throws(TrainingError) -> Bool {
        for name in try Files.names(in: directory) {
            let child = directory + "/" + name
            switch Files.kind(child) {
            case .file:
                guard try readFile(child, name: prefix + name, body) else { return false }
            case .directory where depth < Self.depth && name != "tmp":
                guard try walk(child, prefix: prefix + name + "/", depth: depth + 1, body) else { return false }
            default: continue
            }
        }
        return true
    }

    private func readFile(
        _ file: String, name: String, _ body: (String, [UInt8]) -> Bool
    ) throws(TrainingError) -> Bool {
        var first: [UInt8] = []
        var mbox: MboxReader?
        var number = 0
        var goesOn = true
        func emit(_ message: [UInt8]) -> Bool {
            number += 1
            goesOn = body(number > 1 ? "\(name)#\(number)" : name, message)
            return goesOn
        }
        try Files.read(file) { piece in
            if mbox == nil, first.isEmpty, piece.starts(with: MboxReader.from) {
                mbox = MboxReader(limit: Self.messageBytes)
            }
            if mbox != nil { return mbox?.feed(piece, emit) ?? false }
            first.append(contentsOf: piece.prefix(Self.messageBytes - first.count))
            return first.count < Self.messageBytes
        }
        if goesOn, mbox != nil { mbox?.finish(emit) }
        guard mbox == nil, !first.isEmpty else { return goesOn }
        switch MailForm(first) {
        case .mail: goesOn = body(name, first)
        case .other: break
        case .compressed(let program):
            throw TrainingError(.notMail, "\(SafeText.printable(file)) is compressed (\(program)): unpack it first")
        }
        return goesOn
    }
}
