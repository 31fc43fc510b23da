import Console
import Foundation
import MailTypes

/// The API of the gateway of this machine, by the socket in its state directory. A request is a connection.
final class SocketAPI: APITransport {
    /// An answer is a page of a list, or one case; far less.
    private static let answerLimit = 64 << 20
    /// Acts on a million held messages take a while.
    private static let patience = 600

    private let path: String
    /// The connection that was made to see whether there is a gateway.
    private var first: Int32?

    private init(path: String, first: Int32) {
        self.path = path
        self.first = first
    }

    deinit { if let first { close(first) } }

    /// `nil` where no gateway runs.
    static func connect(_ directory: String) throws -> SocketAPI? {
        let path = LocalServer.path(in: directory)
        guard path.utf8.count <= LocalServer.longestPath, let descriptor = try open(path) else { return nil }
        return SocketAPI(path: path, first: descriptor)
    }

    private static func open(_ path: String) throws -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw CommandFailure.cannot("no socket: \(String(cString: strerror(errno)))") }
        var wait = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result != 0 else { return descriptor }
        let why = errno
        close(descriptor)
        // Nothing there, or left over from a gateway that was killed.
        guard why != ENOENT, why != ECONNREFUSED, why != ENOTDIR else { return nil }
        throw CommandFailure.cannot(
            "the gateway's socket \(SafeText.printable(path)): \(String(cString: strerror(why)))")
    }

    func send(_ request: APIRequest) throws -> APIReply {
        guard let descriptor = try first ?? Self.open(path) else {
            throw CommandFailure.cannot("the gateway has just ended: try again")
        }
        first = nil
        defer { close(descriptor) }
        let head = """
            \(request.method.rawValue) \(request.target) HTTP/1.1\r
            Host: localhost\r
            Connection: close\r
            Sluice-Operator: \(SafeText.ascii(Terminal.author, limit: 64))\r
            Content-Type: application/json\r
            Content-Length: \(request.body.count)\r
            \r

            """
        try Self.write(Array(head.utf8) + request.body, to: descriptor)
        return try Self.reply(try Self.read(descriptor))
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if written > 0 {
                start += written
            } else if errno != EINTR {
                throw CommandFailure.cannot(
                    "the gateway does not take the request: \(String(cString: strerror(errno)))")
            }
        }
    }

    private static func read(_ descriptor: Int32) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count > 0 {
                bytes += buffer[..<count]
                guard bytes.count <= answerLimit else { throw CommandFailure.cannot("the gateway's answer has no end") }
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                throw CommandFailure.cannot("the gateway does not answer: \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Status and body of an answer that has its length, as ours do.
    private static func reply(_ bytes: [UInt8]) throws -> APIReply {
        let text = String(decoding: bytes.prefix(16), as: UTF8.self)
        let parts = text.split(separator: " ")
        guard parts.count >= 2, let status = Int(parts[1].prefix(3)),
            let end = bytes.indices.first(where: { bytes[$0...].starts(with: [0x0d, 0x0a, 0x0d, 0x0a]) })
        else { throw CommandFailure.cannot("the gateway's answer was cut off") }
        return APIReply(status: status, body: Array(bytes[(end + 4)...]))
    }
}
