import MailTypes
import Posture

/// The TCP sockets that listen, out of what the host told.
enum ListeningPorts {
    static let source = FactSource.command("cat", "/proc/net/tcp", "/proc/net/tcp6", as: "mta/listening")

    /// `nil`: not told, or not readable.
    static func read(_ facts: CollectedFacts) -> [ListeningSocket]? {
        guard let text = facts.text(source.name), !text.isEmpty else { return nil }
        return try? ListeningSocket.read(.init(name: source.name, text: text))
    }
}
