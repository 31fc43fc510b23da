import Foundation

/// A client that speaks SMTP line by line on a blocking socket: what a test says is what goes over the wire.
///
/// `@unchecked Sendable`: used by one thread at a time; `onThread` gives it one.
final class MailClient: @unchecked Sendable {
    private let descriptor: Int32
    private var pending: [UInt8] = []

    /// Connects from a loopback address, which says whose server it is, and reads the greeting.
    init(port: Int, from address: String = "127.0.0.1", greets: Bool = true) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw HarnessError("socket: errno \(errno)") }
        var local = sockaddr_in()
        local.sin_family = sa_family_t(AF_INET)
        local.sin_addr.s_addr = inet_addr(address)
        var remote = sockaddr_in()
        remote.sin_family = sa_family_t(AF_INET)
        remote.sin_port = UInt16(port).bigEndian
        remote.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &local) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        let connected = withUnsafePointer(to: &remote) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        var timeout = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        guard bound == 0, connected == 0 else {
            close(descriptor)
            throw HarnessError("no connection from \(address) to port \(port): errno \(errno)")
        }
        if greets {
            let greeting = try reply()
            guard greeting.hasPrefix("220") else { throw HarnessError("greeted with \(greeting)") }
        }
    }

    deinit { close(descriptor) }

    /// Runs blocking work away from the cooperative threads.
    static func onThread<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
        }
    }

    func write(_ text: String) throws { try write(bytes: Array(text.utf8)) }

    func write(bytes: [UInt8]) throws {
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard written > 0 else { throw HarnessError("the connection was lost: errno \(errno)") }
            start += written
        }
    }

    /// One reply, all its lines.
    func reply() throws -> String {
        var text = ""
        while true {
            let line = try line()
            text += line + "\n"
            if line.utf8.count < 4 || Array(line.utf8)[3] != UInt8(ascii: "-") { return text }
        }
    }

    private func line() throws -> String {
        while true {
            if let end = pending.firstIndex(of: 0x0a) {
                let line = pending[..<end]
                pending.removeFirst(end + 1)
                return String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw HarnessError("the connection was lost") }
            pending += buffer[..<count]
        }
    }

    @discardableResult
    func command(_ text: String) throws -> String {
        try write(text + "\r\n")
        return try reply()
    }

    /// A whole transaction; gives the reply that decided.
    func send(from sender: String, to recipients: [String], _ content: String) throws -> String {
        var reply = try command("MAIL FROM:<\(sender)>")
        guard reply.hasPrefix("250") else { return reply }
        for recipient in recipients {
            reply = try command("RCPT TO:<\(recipient)>")
            guard reply.hasPrefix("250") else {
                try command("RSET")
                return reply
            }
        }
        reply = try command("DATA")
        guard reply.hasPrefix("354") else { return reply }
        return try command(content + (content.hasSuffix("\r\n") ? "." : "\r\n."))
    }
}
