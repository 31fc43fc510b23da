import Glibc

/// Runs a program by its argument vector, never through a shell, with bounds on its output and its time.
///
/// Blocks the calling thread. The program's environment is `PATH`, `LC_ALL=C` and `TZ=UTC`, and nothing else: what the caller's
/// environment holds changes no answer. It inherits no open file (all of ours are
/// close-on-exec).
package struct Program: Sendable, Hashable {
    /// How a run ended.
    package struct Result: Sendable, Hashable {
        /// The exit status; 128 + n when it died of signal n.
        package var status: Int32
        package var output: [UInt8]
        package var errors: [UInt8]

        /// How it ended, and the beginning of what it said; for people.
        package var failure: String {
            let words = String(decoding: errors.prefix(500), as: UTF8.self)
            return "ended with \(status)\(words.isEmpty ? "" : ": " + words)"
        }
    }

    /// Bytes of output and of errors that are taken, each; more is an error.
    package static let outputLimit = 64 * 1024 * 1024

    package let path: String

    package init(_ path: String) { self.path = path }

    package var isThere: Bool { access(path, X_OK) == 0 }

    /// The first of the paths that can be run.
    package static func first(_ paths: [String]) -> Program? { paths.map(Program.init).first(where: \.isThere) }

    /// - Parameters:
    ///   - input: its standard input; none is an empty one.
    ///   - seconds: it is killed when it takes longer.
    package func run(_ arguments: [String], input: [UInt8] = [], seconds: Int = 300) throws(MTAError) -> Result {
        guard arguments.allSatisfy({ !$0.utf8.contains(0) }) else { throw MTAError(.program, "an argument with NUL") }
        var pipes = try ProgramPipes()
        defer { pipes.close() }
        let child = try spawn(arguments, pipes)
        pipes.closeChildEnds()
        let deadline = ProgramPipes.now() + Int64(seconds) * 1000
        let failure = pipes.exchange(input, limit: Self.outputLimit, until: deadline)
        if failure != nil { kill(child, SIGKILL) }
        pipes.close()
        let status = Self.wait(child, until: failure == nil ? deadline : .max)
        if let failure { throw MTAError(.program, "\(path) \(failure)") }
        guard let status else { throw MTAError(.program, "\(path) closed its output and did not end") }
        return Result(status: status, output: pipes.output, errors: pipes.errors)
    }

    private func spawn(_ arguments: [String], _ pipes: ProgramPipes) throws(MTAError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // All pipes are close-on-exec; dup2 clears that.
        posix_spawn_file_actions_adddup2(&actions, pipes.input.read, 0)
        posix_spawn_file_actions_adddup2(&actions, pipes.outputEnds.write, 1)
        posix_spawn_file_actions_adddup2(&actions, pipes.errorEnds.write, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // An inherited mask or ignored SIGPIPE would change what the program does; its own group keeps Ctrl-C from it, so that a
        // deletion under way is finished and reported.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var standard = sigset_t()
        sigemptyset(&standard)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&standard, signal) }
        posix_spawnattr_setsigdefault(&attributes, &standard)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: Int(flags)))
        let settings: [String] = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TZ=UTC"]
        var vector: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { text in strdup(text) }
        var environment: [UnsafeMutablePointer<CChar>?] = settings.map { text in strdup(text) }
        defer { (vector + environment).forEach { free($0) } }
        vector.append(nil)
        environment.append(nil)
        var child: pid_t = 0
        let code = posix_spawn(&child, path, &actions, &attributes, &vector, &environment)
        guard code == 0 else { throw MTAError(.program, "\(path) does not start: \(String(cString: strerror(code)))") }
        return child
    }

    /// The status, or `nil` when it had to be killed.
    private static func wait(_ child: pid_t, until deadline: Int64) -> Int32? {
        var status: Int32 = 0
        var killed = false
        var pause: useconds_t = 500
        while true {
            let done = waitpid(child, &status, killed || deadline == .max ? 0 : WNOHANG)
            if done == child { break }
            if done < 0 {
                guard errno == EINTR else { return nil }
                continue
            }
            if ProgramPipes.now() > deadline {
                kill(child, SIGKILL)
                killed = true
            } else {
                usleep(pause)
                pause = min(pause * 2, 50_000)
            }
        }
        guard !killed else { return nil }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
