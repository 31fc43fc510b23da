import Foundation
import MailTypes

/// A blocking TCP connection with a deadline for each step. For threads of their own.
struct TCPConnection: ~Copyable {
    private let descriptor: Int32

    /// - Parameter milliseconds: for the connection.
    init?(_ address: IPAddress, port: Int, milliseconds: Int32) {
        let isIPv4 = address.isIPv4
        let descriptor = socket(
            isIPv4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0
        )
        guard descriptor >= 0 else { return nil }
        let result = KernelAddress.with(address, port: port) { connect(descriptor, $0, $1) }
        if result != 0 {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            var failure: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            guard errno == EINPROGRESS, poll(&wanted, 1, milliseconds) == 1,
                getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length) == 0, failure == 0
            else {
                close(descriptor)
                return nil
            }
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            == bytes.count
    }

    /// At least `count` bytes unless the peer ends or is too slow; never more than 4096.
    func receive(_ count: Int, milliseconds: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < count {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&wanted, 1, milliseconds) == 1 else { break }
            let got = recv(descriptor, &buffer, buffer.count - bytes.count, 0)
            guard got > 0 else { break }
            bytes += buffer[..<got]
        }
        return bytes
    }

    /// Whether a connection to a host by name or address opens within some seconds; nothing is said over it.
    static func opens(_ host: String, port: Int) -> Bool {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return false }
        defer { freeaddrinfo(list) }
        var next = list
        var tried = 0
        while let entry = next, tried < 4 {
            next = entry.pointee.ai_next
            tried += 1
            guard let address = KernelAddress.address(entry.pointee.ai_addr) else { continue }
            if TCPConnection(address, port: port, milliseconds: 5000) != nil { return true }
        }
        return false
    }
}

/// Addresses as the kernel has them.
enum KernelAddress {
    static func with<Value>(
        _ address: IPAddress, port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        switch address {
        case .v4(let bits):
            var value = sockaddr_in()
            value.sin_family = sa_family_t(AF_INET)
            value.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
            value.sin_addr.s_addr = bits.bigEndian
            return withUnsafePointer(to: value) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        case .v6(let high, let low):
            var value = sockaddr_in6()
            value.sin6_family = sa_family_t(AF_INET6)
            value.sin6_port = UInt16(truncatingIfNeeded: port).bigEndian
            withUnsafeMutableBytes(of: &value.sin6_addr) { bytes in
                for index in 0..<8 {
                    bytes[index] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
                    bytes[8 + index] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * index))
                }
            }
            return withUnsafePointer(to: value) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
    }

    static func address(_ pointer: UnsafePointer<sockaddr>?) -> IPAddress? {
        guard let pointer else { return nil }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let size =
            pointer.pointee.sa_family == sa_family_t(AF_INET)
            ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
        guard pointer.pointee.sa_family == sa_family_t(AF_INET) || pointer.pointee.sa_family == sa_family_t(AF_INET6),
            getnameinfo(pointer, socklen_t(size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
        else { return nil }
        let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return IPAddress(name.split(separator: "%").first.map(String.init) ?? name)
    }

    /// This host's addresses that are up and not the loopback's nor of one link only.
    static func own() -> [IPAddress] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next {
            next = entry.pointee.ifa_next
            guard let address = address(entry.pointee.ifa_addr), !address.isLoopback else { continue }
            if case .v6(let high, _) = address, high >> 54 == 0xfe80 >> 6 { continue }
            addresses.append(address)
        }
        return addresses
    }
}
