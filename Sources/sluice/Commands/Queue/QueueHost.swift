import Foundation
import MailTypes

/// This host and this moment, for journals and archives.
enum QueueHost {
    static var name: String { SafeText.printable(ProcessInfo.processInfo.hostName) }

    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
