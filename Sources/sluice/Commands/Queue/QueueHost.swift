import Foundation
import MailTypes

/// This host, for journals and statements.
enum QueueHost {
    static var name: String { SafeText.printable(ProcessInfo.processInfo.hostName) }
}
