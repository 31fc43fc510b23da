import Foundation
import Glibc

/// A program on a terminal of its own. Blocking.
final class PseudoTerminal {
    private var child: pid_t = 0
    private let master: Int32
    private(set) var output: [UInt8] = []

    init(_ words: [String], rows: UInt16, columns: UInt16) throws {
        var (master, slave) = (Int32(-1), Int32(-1))
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        var path = [CChar](repeating: 0, count: 256)
        guard openpty(&master, &slave, &path, nil, &size) == 0 else { throw POSIXError(.EIO) }
        let name = String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.master = master
        defer { close(slave) }
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Opened by a session of its own, it becomes that session's terminal.
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var standard = sigset_t()
        sigemptyset(&standard)
        sigaddset(&standard, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &standard)
        posix_spawnattr_setflags(&attributes, Int16(0x80 | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var vector: [UnsafeMutablePointer<CChar>?] = words.map { text in strdup(text) } + [nil]
        let settings = ["PATH=/usr/bin:/bin", "TERM=xterm", "USER=ann"]
        var environment: [UnsafeMutablePointer<CChar>?] = settings.map { text in strdup(text) } + [nil]
        defer { for text in vector + environment { free(text) } }
        guard posix_spawn(&child, words[0], &actions, &attributes, &vector, &environment) == 0 else {
            throw POSIXError(.ENOENT)
        }
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
    }

    /// Reads until the text was written this often. False when it ended, or did not come within two minutes.
    @discardableResult
    func wait(for text: String, times: Int = 1) -> Bool {
        let deadline = Date().addingTimeInterval(120)
        var buffer = [UInt8](repeating: 0, count: 4096)
        while Date() < deadline {
            if shown.components(separatedBy: text).count > times { return true }
            var polled = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, 1000) >= 0 else { continue }
            guard polled.revents != 0 else { continue }
            let count = read(master, &buffer, buffer.count)
            // A terminal whose last user went away gives an error.
            guard count > 0 else { return false }
            output += buffer[..<count]
        }
        return false
    }

    var shown: String { String(decoding: output, as: UTF8.self) }

    /// Reads to the end. The exit status; 128 + n of signal n.
    func end() -> Int32 {
        wait(for: "\u{0}never\u{0}")
        var status: Int32 = 0
        kill(child, 0)
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        child = 0
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }

    deinit {
        if child > 0 {
            kill(child, SIGKILL)
            waitpid(child, nil, 0)
        }
        close(master)
    }
}
