import MailTypes

/// A list of labelled messages: a line each, `id label`, where the message is the file `id` or `id.eml` in a directory and
/// the label `1`, `spam`, `0` or `ham`. Lines that begin with `#` are comments.
package struct LabelledList: Sendable {
    package struct Entry: Hashable, Sendable {
        package var id: String
        package var isSpam: Bool
    }

    package let entries: [Entry]
    private let directory: String

    private static let listBytes = 64 << 20

    package init(_ path: String, directory: String) throws(TrainingError) {
        let (bytes, isWhole) = try Files.contents(path, limit: Self.listBytes)
        guard isWhole else { throw TrainingError(.badList, "\(SafeText.printable(path)) is larger than 64 MiB") }
        var entries: [Entry] = []
        for (number, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
                .map { String(decoding: $0, as: UTF8.self) }
            guard let id = words.first, !id.hasPrefix("#") else { continue }
            guard words.count == 2, let isSpam = Self.labels[words[1]], Self.isSafe(id) else {
                throw TrainingError(
                    .badList, "\(SafeText.printable(path)):\(number + 1): expected an id and a label (1, 0, spam, ham)")
            }
            entries.append(Entry(id: id, isSpam: isSpam))
        }
        self.entries = entries
        self.directory = directory
    }

    /// Gives each message; one that is missing is an error.
    package func forEach(_ body: (Entry, [UInt8]) -> Void) throws(TrainingError) {
        for entry in entries {
            let plain = directory + "/" + entry.id
            let path = Files.kindOfTarget(plain) == .file ? plain : plain + ".eml"
            body(entry, try Files.contents(path, limit: MailCollection.messageBytes).bytes)
        }
    }

    private static let labels = ["1": true, "spam": true, "0": false, "ham": false]

    /// A list names files below its directory only.
    private static func isSafe(_ id: String) -> Bool {
        !id.hasPrefix("/") && id.utf8.count <= 1024 && !id.split(separator: "/").contains("..")
    }
}
