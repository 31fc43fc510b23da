import Glibc

/// Why a journal cannot be opened or read.
package struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable {
        case directory = "directory"
        case open = "open"
        case write = "write"
        case read = "read"
    }

    package var code: Code
    package var path: String
    /// The system's number for it.
    package var number: Int32

    package var description: String { "journal: \(code.rawValue) \(path): \(String(cString: strerror(number)))" }

    init(_ code: Code, _ path: String) {
        self.code = code
        self.path = path
        number = errno
    }
}
