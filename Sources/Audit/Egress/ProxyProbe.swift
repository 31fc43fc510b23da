import Foundation
package import MailTypes

/// Asks one socket whether it connects strangers on, in the three usual protocols.
///
/// The destination is a socket of our own, so that nothing goes to anybody else; what arrives there is the proof.
package struct ProxyProbe: Sendable {
    package enum Answer: Sendable, Hashable {
        /// Connected us to our own socket.
        case open(String)
        /// Speaks the protocol without a login, but did not connect to this destination.
        case refused(String)
        case none
    }

    /// For each step: a proxy on this host answers at once.
    static let milliseconds: Int32 = 1500

    private let address: IPAddress
    private let port: Int

    package init(_ address: IPAddress, port: Int) {
        self.address = address
        self.port = port
    }

    /// Blocks for some seconds at most: call it on a thread of its own.
    package func run() -> Answer {
        guard let sink = ProbeSink(address.isIPv4 ? address : .v4(0x7f00_0001)) else { return .none }
        var answer = Answer.none
        for attempt in [socks5, socks4, connect] {
            switch attempt(sink) {
            case .open(let text): return .open(text)
            case .refused(let text): answer = .refused(text)
            case .none: break
            }
        }
        return answer
    }

    private func open() -> TCPConnection? { TCPConnection(address, port: port, milliseconds: Self.milliseconds) }

    private func destination(_ sink: ProbeSink) -> [UInt8] {
        let bits = sink.bits
        return [UInt8(bits >> 24), UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
    }

    /// RFC 1928, method 0: no login.
    private func socks5(_ sink: ProbeSink) -> Answer {
        guard let connection = open(), connection.send([5, 1, 0]),
            connection.receive(2, milliseconds: Self.milliseconds) == [5, 0]
        else { return .none }
        let request: [UInt8] = [5, 1, 0, 1] + destination(sink) + [UInt8(sink.port >> 8), UInt8(sink.port & 255)]
        guard connection.send(request) else { return .none }
        let reply = connection.receive(10, milliseconds: Self.milliseconds)
        if reply.starts(with: [5, 0]) || sink.wasReached() { return .open("SOCKS 5 without login") }
        return reply.first == 5 ? .refused("SOCKS 5 without login (reply \(reply.dropFirst().first ?? 0))") : .none
    }

    private func socks4(_ sink: ProbeSink) -> Answer {
        guard let connection = open() else { return .none }
        let request: [UInt8] = [4, 1, UInt8(sink.port >> 8), UInt8(sink.port & 255)] + destination(sink) + [0]
        guard connection.send(request) else { return .none }
        let reply = connection.receive(8, milliseconds: Self.milliseconds)
        if reply.count >= 2, reply[0] == 0, reply[1] == 90 { return .open("SOCKS 4") }
        return reply.count == 8 && reply[0] == 0 && (91...93).contains(reply[1]) ? .refused("SOCKS 4") : .none
    }

    /// RFC 9110 §9.3.6.
    private func connect(_ sink: ProbeSink) -> Answer {
        guard let connection = open() else { return .none }
        let place = "\(IPAddress.v4(sink.bits)):\(sink.port)"
        guard connection.send(Array("CONNECT \(place) HTTP/1.1\r\nHost: \(place)\r\n\r\n".utf8)) else { return .none }
        let reply = connection.receive(12, milliseconds: Self.milliseconds)
        let isGranted =
            reply.count >= 12 && reply.starts(with: "HTTP/1.".utf8) && reply[8..<12].elementsEqual(" 200".utf8)
        return isGranted && sink.wasReached() ? .open("HTTP CONNECT without login") : .none
    }
}

/// A socket of our own that a proxy is asked to connect to.
final class ProbeSink: Sendable {
    let bits: UInt32
    let port: Int
    private let descriptor: Int32

    init?(_ address: IPAddress) {
        guard case .v4(let bits) = address else { return nil }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { return nil }
        var name = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = KernelAddress.with(address, port: 0) { bind(descriptor, $0, $1) } == 0
        let isNamed = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard isBound, listen(descriptor, 8) == 0, isNamed == 0 else {
            close(descriptor)
            return nil
        }
        self.bits = bits
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: name.sin_port))
    }

    deinit { close(descriptor) }

    /// Whether somebody connected; waits for it a moment.
    func wasReached() -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wanted, 1, ProxyProbe.milliseconds) == 1 else { return false }
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return false }
        close(connection)
        return true
    }
}
