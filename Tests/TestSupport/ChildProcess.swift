import Glibc

/// A program of the system, started for a test and ended with it.
///
/// `posix_spawn` and `waitpid`: Foundation's `waitUntilExit` needs a run loop, which the threads of Swift's tasks lack. And
/// Foundation takes a child that closes all its descriptors, as mail servers do, for one that ends: it then waits for it
/// on the one thread that waits for all, and no other child of the process is seen to end.
package final class ChildProcess {
    private var pid: pid_t

    /// Output goes to nowhere.
    package init?(_ path: String, _ arguments: [String]) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [Int32(0), 1, 2] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        // Threads of tasks block most signals, and a child would inherit that: SIGTERM would not end it.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        argv.append(nil)
        defer { for argument in argv { free(argument) } }
        var pid: pid_t = 0
        guard posix_spawn(&pid, path, &actions, &attributes, argv, environ) == 0 else { return nil }
        self.pid = pid
    }

    /// Waits for its end by itself. True if it succeeded.
    package func wait() -> Bool {
        var status: Int32 = -1
        guard pid > 0, waitpid(pid, &status, 0) == pid else { return false }
        pid = 0
        return status == 0
    }

    /// It ended by itself, as a server does whose port is taken.
    package var hasEnded: Bool {
        guard pid > 0 else { return true }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return false }
        pid = 0
        return true
    }

    /// 0 when it has ended.
    package var identifier: Int32 { pid }

    package func stop() {
        guard pid > 0 else { return }
        kill(pid, SIGKILL)
        _ = wait()
    }

    /// Asks it to end, and ends it when it has not done so within five seconds. Blocks.
    package func terminate() {
        guard pid > 0 else { return }
        kill(pid, SIGTERM)
        for _ in 0..<100 where !hasEnded { usleep(50_000) }
        stop()
    }

    deinit { stop() }

    /// Runs a tool that ends by itself at once.
    package static func run(_ path: String, _ arguments: [String]) -> Bool {
        ChildProcess(path, arguments)?.wait() ?? false
    }

    /// The same in a directory.
    package static func run(_ path: String, _ arguments: [String], in directory: String) -> Bool {
        run("/bin/sh", ["-c", "cd \"$0\" && exec \"$@\"", directory, path] + arguments)
    }
}
