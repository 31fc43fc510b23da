import Glibc
package import MailTypes

/// Gives messages to an SMTP server over one connection, with plain blocking sockets: RFC 5321, with SIZE-less 8BITMIME
/// (RFC 6152) and SMTPUTF8 (RFC 6531) when the server has them.
package final class SMTPInjector: MessageInjector {
    private var connection: Int32 = -1
    private var received: [UInt8] = []
    private var extensions: Set<String> = []
    /// Messages that this connection took; and whether the server has begun to take the next one.
    private var taken = 0
    private var isCommitted = false
    private let host: IPAddress
    private let port: UInt16

    /// Recipients in one transaction (RFC 5321 §4.5.3.1.8: a server takes 100).
    private static let recipients = 100
    private static let seconds = 300
    private static let replyBytes = 64 * 1024

    package init(_ host: IPAddress, port: UInt16) throws(CleanupError) {
        self.host = host
        self.port = port
        try connect()
    }

    deinit { if connection >= 0 { close(connection) } }

    private func connect() throws(CleanupError) {
        if connection >= 0 { close(connection) }
        connection = -1
        received = []
        taken = 0
        connection = try Self.socket(to: host, port)
        try expect(2, after: nil)
        let reply = try expect(2, after: "EHLO localhost")
        extensions = Set(
            reply.dropFirst().compactMap {
                $0.dropFirst(4).split(separator: " ").first.map { String($0).uppercased() }
            })
    }

    private static func socket(to host: IPAddress, _ port: UInt16) throws(CleanupError) -> Int32 {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host.description, String(port), &hints, &found) == 0, let found else {
            throw CleanupError(.restore, "no address")
        }
        defer { freeaddrinfo(found) }
        let connection = Glibc.socket(
            found.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var wait = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        guard connection >= 0, setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &wait, size) == 0,
            setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &wait, size) == 0,
            Glibc.connect(connection, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0
        else {
            let reason = String(cString: strerror(errno))
            if connection >= 0 { close(connection) }
            throw CleanupError(.restore, "\(host):\(port): \(reason)")
        }
        return connection
    }

    package func inject(_ content: [UInt8], sender: String, recipients: [String]) throws(CleanupError) {
        try InjectedAddress.check(sender, isSender: true)
        for recipient in recipients { try InjectedAddress.check(recipient, isSender: false) }
        for start in stride(from: 0, to: recipients.count, by: Self.recipients) {
            let some = recipients[start..<min(start + Self.recipients, recipients.count)]
            do {
                try transactAgain(content, sender, some)
            } catch {
                let taken = start == 0 ? "" : " (after it was taken for \(start) recipients)"
                // Whatever state the connection is in: the next message begins on a new one.
                close(connection)
                connection = -1
                throw CleanupError(.restore, error.description + taken)
            }
        }
    }

    /// Servers end a connection after so many messages (421): what they have not begun to take goes on a new one.
    private func transactAgain(_ content: [UInt8], _ sender: String, _ recipients: ArraySlice<String>)
        throws(CleanupError)
    {
        do {
            try transact(content, sender, recipients)
        } catch {
            guard taken > 0, !isCommitted else { throw error }
            try connect()
            try transact(content, sender, recipients)
        }
    }

    private func transact(_ content: [UInt8], _ sender: String, _ recipients: ArraySlice<String>)
        throws(CleanupError)
    {
        isCommitted = false
        if connection < 0 { try connect() }
        var mail = "MAIL FROM:<\(sender)>"
        if content.contains(where: { $0 >= 0x80 }), extensions.contains("8BITMIME") { mail += " BODY=8BITMIME" }
        if !([sender] + recipients).allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) {
            guard extensions.contains("SMTPUTF8") else {
                throw CleanupError(.restore, "an address outside ASCII, and no SMTPUTF8")
            }
            mail += " SMTPUTF8"
        }
        try expect(2, after: mail)
        for recipient in recipients { try expect(2, after: "RCPT TO:<\(recipient)>") }
        try expect(3, after: "DATA")
        isCommitted = true
        try send(Self.dotted(content))
        try expect(2, after: nil)
        taken += 1
    }

    /// Lines end in CRLF, dots in front are doubled, and the end follows (RFC 5321 §4.5.2).
    static func dotted(_ content: [UInt8]) -> [UInt8] {
        var wire: [UInt8] = []
        wire.reserveCapacity(content.count + content.count / 16 + 8)
        var isLineStart = true
        var last: UInt8 = 0
        for byte in content {
            if isLineStart, byte == UInt8(ascii: ".") { wire.append(byte) }
            if byte == 0x0a, last != 0x0d { wire.append(0x0d) }
            wire.append(byte)
            isLineStart = byte == 0x0a
            last = byte
        }
        if !isLineStart { wire += [0x0d, 0x0a] }
        wire += Array(".\r\n".utf8)
        return wire
    }

    @discardableResult
    private func expect(_ kind: Int, after command: String?) throws(CleanupError) -> [String] {
        if let command { try send(Array((command + "\r\n").utf8)) }
        var lines: [String] = []
        while true {
            let line = try line()
            lines.append(line)
            guard line.utf8.count >= 3, line.utf8.dropFirst(3).first == UInt8(ascii: "-") else { break }
            guard lines.count < 200 else { throw CleanupError(.restore, "an endless reply") }
        }
        guard let first = lines.last?.utf8.first, Int(first) - 0x30 == kind else {
            let words = SafeText.printable(lines.joined(separator: " "), limit: 300)
            throw CleanupError(.restore, "\(command.map { SafeText.printable($0, limit: 100) } ?? "message"): \(words)")
        }
        return lines
    }

    private func line() throws(CleanupError) -> String {
        while true {
            if let end = received.firstIndex(of: 0x0a) {
                let line = received[..<end].filter { $0 != 0x0d }
                received.removeSubrange(...end)
                return String(decoding: line, as: UTF8.self)
            }
            guard received.count < Self.replyBytes else { throw CleanupError(.restore, "an endless reply") }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 || errno == EINTR else { throw CleanupError(.restore, "the connection ended") }
            if count > 0 { received += buffer[..<count] }
            if count == 0 { throw CleanupError(.restore, "the connection ended") }
        }
    }

    private func send(_ bytes: [UInt8]) throws(CleanupError) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                start += count
            } else if errno != EINTR {
                throw CleanupError(.restore, "the connection ended")
            }
        }
    }
}
