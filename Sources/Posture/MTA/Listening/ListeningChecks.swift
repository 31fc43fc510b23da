package import MailTypes

/// What listens where: `/proc/net/tcp` and `/proc/net/tcp6`, one behind the other.
package struct ListeningSocket: Sendable, Hashable {
    package var address: IPAddress
    package var port: Int

    /// Sockets of one table.
    private static let maximumSockets = 100_000

    /// Reads the kernel's tables; lines that are headings are passed over. Throws with the line.
    package static func read(_ source: MTAFacts.Source) throws(PostureError) -> [ListeningSocket] {
        var sockets: [ListeningSocket] = []
        for (number, line) in MTAText.lines(source.text) {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.isEmpty || words[0] == "sl" || words[0].hasPrefix("#") { continue }
            guard words.count >= 4, words[0].hasSuffix(":"), let local = endpoint(words[1]) else {
                throw PostureError(line: number, "\(source.name): no line of /proc/net/tcp")
            }
            // 0A is TCP_LISTEN (include/net/tcp_states.h).
            guard words[3] == "0A" else { continue }
            guard sockets.count < maximumSockets else { throw PostureError(line: number, "too many sockets") }
            sockets.append(local)
        }
        return sockets
    }

    /// `0100007F:0019`: 32-bit words in the host's order, as little-endian machines print them.
    private static func endpoint(_ text: Substring) -> ListeningSocket? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
        let digits = Array(parts[0].utf8)
        guard digits.count == 8 || digits.count == 32 else { return nil }
        var words: [UInt32] = []
        for start in stride(from: 0, to: digits.count, by: 8) {
            guard let word = UInt32(String(decoding: digits[start..<start + 8], as: UTF8.self), radix: 16) else {
                return nil
            }
            words.append(word.byteSwapped)
        }
        let address: IPAddress =
            words.count == 1
            ? .v4(words[0])
            : IPAddress(
                high: UInt64(words[0]) << 32 | UInt64(words[1]), low: UInt64(words[2]) << 32 | UInt64(words[3]))
        return ListeningSocket(address: address, port: Int(port))
    }
}

/// From listening sockets to results.
enum ListeningChecks {
    /// Ports that filters hand mail back on, or that a second mail server likes; none of them belongs to the world.
    private static let internalPorts: [Int: String] = [
        24: "LMTP", 26: "SMTP beside 25", 2003: "LMTP", 2525: "SMTP beside 587", 8025: "SMTP behind a filter",
        8891: "milter",
        8893: "milter", 10024: "amavis", 10025: "SMTP behind a filter", 10026: "SMTP behind a filter",
        10027: "SMTP behind a filter",
        10028: "SMTP behind a filter", 10030: "SMTP behind a filter", 11332: "milter (rspamd)",
        11334: "rspamd's controller",
        12345: "SASL or milter", 783: "spamd", 10031: "policy service", 10023: "policy service (postgrey)",
    ]

    static func results(_ facts: MTAFacts) -> MTAResults? {
        guard let source = facts[.listening] else { return nil }
        var results = MTAResults(system: "sockets")
        do throws(PostureError) {
            let sockets = try ListeningSocket.read(source)
            for socket in sockets where !socket.address.isLoopback {
                if let name = internalPorts[socket.port] {
                    results.fail(
                        .mtaListening, socket.port == 26 || socket.port == 2525 ? .low : .high,
                        "port \(socket.port) (\(name)) listens on \(shown(socket.address))")
                } else if [25, 465, 587].contains(socket.port) {
                    results.pass(.mtaListening, "port \(socket.port) listens on \(shown(socket.address))")
                }
            }
            results.pass(.mtaListening, "\(sockets.count) listening sockets")
        } catch {
            results.unknown(.mtaListening, "\(error)")
        }
        return results
    }

    private static func shown(_ address: IPAddress) -> String {
        switch address {
        case .v4(0), .v6(high: 0, low: 0): "all addresses"
        default: "\(address)"
        }
    }
}
