import Foundation
import MailTypes

/// This host and this moment, for journals and statements.
enum QueueHost {
    static var name: String { SafeText.printable(ProcessInfo.processInfo.hostName) }

    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// Sixteen random bytes in hexadecimal.
    static var nonce: String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }
}
