import Glibc
import MailTypes
import NIOConcurrencyHelpers

/// One line a stage to the system log (RFC 3164, as `/dev/log` takes it): facility mail, `warning`. What cannot be sent is not
/// told there; letter and log have it all the same.
final class SystemLog: Sendable {
    /// Mail (2) and warning (4).
    private static let priority = 2 << 3 | 4

    private let path: String
    private let descriptor = NIOLockedValueBox<Int32>(-1)

    init(path: String = "/dev/log") { self.path = path }

    deinit {
        let open = descriptor.withLockedValue { $0 }
        if open >= 0 { close(open) }
    }

    /// Never blocks.
    @discardableResult
    func write(_ text: String) -> Bool {
        let line = Array("<\(Self.priority)>sluice: \(SafeText.printable(text, limit: 900))".utf8)
        return descriptor.withLockedValue { descriptor in
            if descriptor < 0 {
                descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            }
            guard descriptor >= 0 else { return false }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let name = Array(path.utf8)
            guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
            let sent = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                    sendto(
                        descriptor, line, line.count, Int32(MSG_NOSIGNAL), target,
                        socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            return sent == line.count
        }
    }
}
