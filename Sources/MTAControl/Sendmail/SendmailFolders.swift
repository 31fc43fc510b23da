import Glibc

/// Where a Sendmail keeps its queue: what `sendmail.cf` says of `QueueDirectory` and queue groups.
enum SendmailFolders {
    private static let fallback = "/var/spool/mqueue"
    private static let configurationLimit = 4 << 20
    private static let most = 1000

    /// The folders, each with those of its files: `qf` and `df` may lie in folders of these names.
    static func all(configuration: String) throws(MTAError) -> [String] {
        guard case .bytes(let bytes, _) = QueueFolder.readFollowing(configuration, limit: configurationLimit) else {
            throw MTAError(.notFound, "\(configuration) cannot be read")
        }
        var patterns: [String] = []
        for line in bytes.split(separator: 0x0a) {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("O"), let equals = text.firstIndex(of: "="),
                text[..<equals].dropFirst().filter({ $0 != " " && $0 != "\t" }) == "QueueDirectory"
            {
                patterns.insert(trimmed(text[text.index(after: equals)...]), at: 0)
            } else if text.hasPrefix("Q") {
                // `Qname, P=/folder, …`: a queue group.
                for part in text.split(separator: ",").dropFirst() {
                    let words = part.split(separator: "=", maxSplits: 1)
                    if words.count == 2, trimmed(words[0]).lowercased().hasPrefix("p") {
                        patterns.append(trimmed(words[1]))
                    }
                }
            }
        }
        if patterns.isEmpty { patterns = [fallback] }
        var folders: [String] = []
        for pattern in patterns where pattern.hasPrefix("/") {
            for folder in try matching(pattern) where !folders.contains(folder) { folders.append(folder) }
        }
        guard !folders.isEmpty, folders.count <= most else {
            throw MTAError(.notFound, "\(configuration) names no queue folder that is there")
        }
        return folders
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" && $0 != "\r" })
    }

    /// A star at the end means all folders that begin so.
    private static func matching(_ pattern: String) throws(MTAError) -> [String] {
        guard pattern.hasSuffix("*"), let slash = pattern.lastIndex(of: "/") else { return [pattern] }
        let (parent, start) = (String(pattern[..<slash]), pattern[pattern.index(after: slash)...].dropLast())
        return (try QueueFolder.entries(parent) ?? []).filter { $0.kind == .folder && $0.name.hasPrefix(start) }
            .map { parent + "/" + $0.name }.sorted()
    }
}
