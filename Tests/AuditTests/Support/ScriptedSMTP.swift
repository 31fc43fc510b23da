import Foundation
import NIOConcurrencyHelpers

/// An SMTP server on loopback that answers as a test wants: badly.
final class ScriptedSMTP: Sendable {
    enum Answer: Sendable {
        case reply(String)
        case silence
        case hangUp(String)
    }

    let port: Int
    private let listener: Int32
    private let count = NIOLockedValueBox(0)

    /// Connections that were taken.
    var connections: Int { count.withLockedValue { $0 } }

    /// - Parameters:
    ///   - greeting: what comes first, whole.
    ///   - answer: to each line, with the number of the connection.
    init(greeting: Answer, answer: @escaping @Sendable (String) -> Answer) throws {
        port = try TestPostfix.freePort()
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        listener = descriptor
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(descriptor, 64) == 0 else { throw HarnessError("port \(port): \(errno)") }
        let count = count
        Thread.detachNewThread {
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                count.withLockedValue { $0 += 1 }
                Thread.detachNewThread {
                    Self.serve(client, greeting, answer)
                    close(client)
                }
            }
        }
    }

    func stop() {
        // accept() ends with an error.
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func serve(_ client: Int32, _ greeting: Answer, _ answer: (String) -> Answer) {
        var timeout = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        guard say(client, greeting) else { return }
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            pending += buffer.prefix(count)
            while let end = pending.firstIndex(of: 0x0a) {
                let line = String(decoding: pending[..<end], as: UTF8.self).trimmingCharacters(in: .whitespaces)
                pending.removeSubrange(...end)
                guard say(client, answer(line)) else { return }
            }
        }
    }

    /// False: the connection is to be closed.
    private static func say(_ client: Int32, _ answer: Answer) -> Bool {
        func write(_ text: String) {
            let bytes = Array((text + "\r\n").utf8)
            _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
        switch answer {
        case .reply(let text): write(text)
        case .silence: break
        case .hangUp(let text):
            if !text.isEmpty { write(text) }
            return false
        }
        return true
    }
}
