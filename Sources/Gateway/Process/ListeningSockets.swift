import Foundation
import MailTypes
package import SluiceConfiguration

/// The listeners' sockets, bound before anything else so that privileges can be given up before the first byte from outside
/// is read; or taken over from systemd (`sd_listen_fds(3)`).
package struct ListeningSockets: Sendable {
    /// Descriptors, one for each listener of the configuration, in its order. Listening already: clients queue in the
    /// kernel until the intake starts.
    package var descriptors: [Int32]

    /// How many clients the kernel may hold until the intake takes them.
    private static let backlog: Int32 = 1024
    /// The first passed descriptor (`SD_LISTEN_FDS_START`).
    private static let firstPassed: Int32 = 3

    /// Binds the addresses, or finds them among the descriptors that systemd passed.
    package static func open(_ listeners: [Configuration.Listener]) throws(GatewayError) -> ListeningSockets {
        var passed = passedSockets()
        var descriptors: [Int32] = []
        for listener in listeners {
            if let place = passed.firstIndex(where: { $0.address == listener.address }) {
                descriptors.append(passed.remove(at: place).descriptor)
            } else {
                do throws(GatewayError) {
                    descriptors.append(try bind(listener.address))
                } catch {
                    for descriptor in descriptors { Glibc.close(descriptor) }
                    throw error
                }
            }
        }
        for extra in passed { Glibc.close(extra.descriptor) }
        return ListeningSockets(descriptors: descriptors)
    }

    /// Binds one address.
    package static func bind(_ address: SluiceConfiguration.SocketAddress) throws(GatewayError) -> Int32 {
        let family = address.address.isIPv4 ? AF_INET : AF_INET6
        let descriptor = socket(
            family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        func failed(_ what: String) -> GatewayError {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { Glibc.close(descriptor) }
            let hint =
                errno == EADDRINUSE
                ? "; another program listens there: `ss -ltnp 'sport = :\(address.port)'` shows which"
                : errno == EACCES ? "; ports below 1024 need root, CAP_NET_BIND_SERVICE or socket activation" : ""
            return GatewayError(.listening, "\(address) cannot be \(what): \(reason)\(hint)")
        }
        guard descriptor >= 0 else { throw failed("opened") }
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size)
        if family == AF_INET6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, size) }
        let bound: Int32
        switch address.address {
        case .v4(let bits):
            var raw = sockaddr_in()
            raw.sin_family = sa_family_t(AF_INET)
            raw.sin_port = address.port.bigEndian
            raw.sin_addr.s_addr = bits.bigEndian
            bound = withUnsafePointer(to: &raw) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        case .v6(let high, let low):
            var raw = sockaddr_in6()
            raw.sin6_family = sa_family_t(AF_INET6)
            raw.sin6_port = address.port.bigEndian
            withUnsafeMutableBytes(of: &raw.sin6_addr) { bytes in
                bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
                bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            bound = withUnsafePointer(to: &raw) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        guard bound == 0 else { throw failed("bound") }
        guard listen(descriptor, backlog) == 0 else { throw failed("listened on") }
        return descriptor
    }

    /// What systemd passed to this very process: listening TCP sockets with their addresses.
    private static func passedSockets() -> [(descriptor: Int32, address: SluiceConfiguration.SocketAddress)] {
        let environment = ProcessInfo.processInfo.environment
        guard environment["LISTEN_PID"] == String(getpid()), let count = environment["LISTEN_FDS"].flatMap(Int32.init),
            (1...256).contains(count)
        else { return [] }
        unsetenv("LISTEN_PID")
        unsetenv("LISTEN_FDS")
        unsetenv("LISTEN_FDNAMES")
        return (firstPassed..<(firstPassed + count)).compactMap { descriptor in
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return localAddress(descriptor).map { (descriptor, $0) }
        }
    }

    /// The address that a socket is bound to; `nil` if it is no internet socket.
    package static func localAddress(_ descriptor: Int32) -> SluiceConfiguration.SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { return nil }
        return withUnsafeBytes(of: &storage) { bytes in
            let port = UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))
            switch Int32(bytes.load(as: sa_family_t.self)) {
            case AF_INET:
                let bits = UInt32(bigEndian: bytes.load(fromByteOffset: 4, as: UInt32.self))
                return .init(address: .v4(bits), port: port)
            case AF_INET6:
                let high = UInt64(bigEndian: bytes.load(fromByteOffset: 8, as: UInt64.self))
                let low = UInt64(bigEndian: bytes.load(fromByteOffset: 16, as: UInt64.self))
                return .init(address: IPAddress(high: high, low: low), port: port)
            default: return nil
            }
        }
    }
}
