import Foundation
import MailTypes

/// Standard output and error: colour only on a terminal that wants it, and nothing from outside but through `SafeText`.
enum Terminal {
    enum Colour: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case dim = "2"
        case bold = "1"
    }

    /// `NO_COLOR` (no-color.org) and `TERM=dumb` are heeded.
    static let hasColour: Bool =
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"].map(\.isEmpty) ?? true
        && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    static func coloured(_ text: String, _ colour: Colour) -> String {
        hasColour ? "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// Writes a line to standard output. A reader that went away (`| head`) ends the command quietly.
    static func line(_ text: String = "") { write(text + "\n", to: STDOUT_FILENO) }

    static func error(_ text: String, prefix: String = "sluice: ", ends: Bool = true) {
        write(prefix + text + (ends ? "\n" : ""), to: STDERR_FILENO)
    }

    /// Standard input, its first `limit` bytes.
    static func input(limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = Glibc.read(STDIN_FILENO, &buffer, min(buffer.count, limit - bytes.count))
            if count > 0 { bytes += buffer[..<count] } else if count == 0 || errno != EINTR { break }
        }
        return bytes
    }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                start += written
            } else if errno != EINTR {
                if errno == EPIPE { exit(0) }
                return
            }
        }
    }

    static let hasErrorTerminal = isatty(STDERR_FILENO) == 1

    static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 }

    /// The first line of standard input, or what is typed without echo when it is a terminal.
    static func secret(prompt: String) -> [UInt8]? {
        guard isatty(STDIN_FILENO) == 1 else { return readLine(strippingNewline: true).map { Array($0.utf8) } }
        write(prompt, to: STDERR_FILENO)
        var settings = termios()
        tcgetattr(STDIN_FILENO, &settings)
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
            write("\n", to: STDERR_FILENO)
        }
        return readLine(strippingNewline: true).map { Array($0.utf8) }
    }

    /// The name that acts are recorded with: who is behind sudo, or else who runs the command.
    static var author: String {
        let environment = ProcessInfo.processInfo.environment
        let name =
            environment["SUDO_USER"] ?? environment["USER"]
            ?? getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) }
        return SafeText.printable(name ?? "uid \(getuid())", limit: 64)
    }
}
