import Foundation
import MailTypes

/// Gathers facts on this host: reads files, runs commands. Changes nothing.
package struct FactGatherer: Sendable {
    /// No file of a mail server's configuration, no rule set is larger.
    static let maximumFile = 64 << 20
    /// Files taken from one directory.
    static let maximumFiles = 500

    package init() {}

    /// - Parameter withSecrets: also what holds stored passwords.
    package func gather(
        _ sources: [FactSource], withSecrets: Bool, progress: @Sendable (Double) -> Void = { _ in }
    ) async -> CollectedFacts {
        var facts = CollectedFacts()
        for (index, source) in sources.enumerated() {
            progress(Double(index) / Double(sources.count))
            if source.isSecret, !withSecrets {
                facts[source.name] = .missing("stored passwords were not asked for")
                continue
            }
            switch source.origin {
            case .command(let words): facts[source.name] = await Self.command(words)
            case .file(let path):
                facts[source.name] = await Self.onThread { Self.file(path) }
            case .directory(let path, let suffix):
                let found = await Self.onThread { Self.directory(path, suffix: suffix) }
                for (name, entry) in found { facts[source.name + "/" + name] = entry }
            }
        }
        return facts
    }

    private static func command(_ words: [String]) async -> CollectedFacts.Entry {
        do throws(AuditError) {
            let output = try await HostCommand(words, maximumOutput: maximumFile).onThread()
            guard output.status == 0 || !output.output.isEmpty else {
                return .missing("\(words.joined(separator: " ")) ended with \(output.status): \(output.complaint)")
            }
            return .content(output.output)
        } catch {
            return .missing(error.message)
        }
    }

    /// Blocking work on a thread of its own.
    package static func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }

    /// A regular file, bounded.
    static func file(_ path: String) -> CollectedFacts.Entry {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return .missing(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var state = stat()
        guard fstat(descriptor, &state) == 0, state.st_mode & S_IFMT == S_IFREG else {
            return .missing("no regular file")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return .content(bytes) }
            guard count > 0 else {
                if errno == EINTR { continue }
                return .missing(String(cString: strerror(errno)))
            }
            bytes += buffer[..<count]
            guard bytes.count <= maximumFile else { return .missing("larger than \(maximumFile >> 20) MiB") }
        }
    }

    private static func directory(_ path: String, suffix: String) -> [(String, CollectedFacts.Entry)] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0.hasSuffix(suffix) }
        return names.sorted().prefix(maximumFiles).filter(FactFolder.isName).map { ($0, file(path + "/" + $0)) }
    }
}
