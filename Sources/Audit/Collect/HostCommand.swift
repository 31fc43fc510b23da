import Foundation
import NIOConcurrencyHelpers

/// Runs a program of this host by its arguments, without a shell, with bounds on time and output.
///
/// Blocks: call it on a thread of its own (`onThread`), never on an event loop nor the cooperative pool.
package struct HostCommand: Sendable {
    package struct Output: Sendable, Hashable {
        package var status: Int32
        package var output: [UInt8]
        /// Its first line, for people.
        package var complaint: String
    }

    /// Where programs are looked for: root's, as Debian has them; never `PATH`, which the caller may have set to anything.
    static let directories = [
        "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin", "/usr/libexec",
    ]

    package var words: [String]
    package var maximumOutput: Int
    package var timeout: Duration

    package init(_ words: [String], maximumOutput: Int = 64 << 20, timeout: Duration = .seconds(60)) {
        self.words = words
        self.maximumOutput = maximumOutput
        self.timeout = timeout
    }

    /// The program's path; `nil` when it is not installed.
    package static func path(of program: String) -> String? {
        if program.hasPrefix("/") { return access(program, X_OK) == 0 ? program : nil }
        return directories.map { $0 + "/" + program }.first { access($0, X_OK) == 0 }
    }

    /// Sockets, as these can be made such that no other program started meanwhile inherits them.
    private static func channel() -> (ours: Int32, theirs: Int32)? {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
        shutdown(ends[0], Int32(SHUT_WR))
        return (ends[0], ends[1])
    }

    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        var copies: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
        copies.append(nil)
        return copies
    }

    /// On a thread of its own.
    package func onThread() async throws(AuditError) -> Output {
        let result: Result<Output, AuditError> = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Result { () throws(AuditError) in try run() }) }
        }
        return try result.get()
    }

    /// - Throws: `.input` when it is not installed, `.timeout`, or when it says too much.
    package func run() throws(AuditError) -> Output {
        guard let program = words.first, let path = Self.path(of: program) else {
            throw AuditError(.input, "\(words.first ?? "") is not installed")
        }
        guard let out = Self.channel() else { throw AuditError(.input, "no pipe can be made") }
        guard let complaints = Self.channel() else {
            close(out.ours)
            close(out.theirs)
            throw AuditError(.input, "no pipe can be made")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, out.theirs, 1)
        posix_spawn_file_actions_adddup2(&actions, complaints.theirs, 2)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var arguments = Self.copies([path] + words.dropFirst())
        var environment = Self.copies(["LC_ALL=C", "PATH=" + Self.directories.joined(separator: ":")])
        defer { (arguments + environment).forEach { free($0) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, path, &actions, nil, &arguments, &environment)
        close(out.theirs)
        close(complaints.theirs)
        defer {
            close(out.ours)
            close(complaints.ours)
        }
        guard failure == 0 else {
            throw AuditError(.input, "\(path) cannot be run: \(String(cString: strerror(failure)))")
        }
        return try read(process, out.ours, complaints.ours, path)
    }

    /// Reads both pipes until they end; a program that says too much or takes too long is killed.
    private func read(_ process: pid_t, _ out: Int32, _ complaints: Int32, _ path: String) throws(AuditError) -> Output
    {
        let deadline = ContinuousClock.now + timeout
        var result = Output(status: 0, output: [], complaint: "")
        var said: [UInt8] = []
        var open = [
            pollfd(fd: out, events: Int16(POLLIN), revents: 0),
            pollfd(fd: complaints, events: Int16(POLLIN), revents: 0),
        ]
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var problem: AuditError?
        while problem == nil, open.contains(where: { $0.fd >= 0 }) {
            let left = deadline - ContinuousClock.now
            guard left > .zero else {
                problem = AuditError(.timeout, "\(path) did not end within \(timeout)")
                break
            }
            let milliseconds = min(left / .milliseconds(1), 60_000)
            guard poll(&open, UInt(open.count), Int32(milliseconds) + 1) >= 0 || errno == EINTR else { break }
            for index in open.indices where open[index].revents != 0 {
                let count = Glibc.read(open[index].fd, &buffer, buffer.count)
                if count > 0, index == 0 {
                    result.output += buffer[..<count]
                    if result.output.count > maximumOutput {
                        problem = AuditError(.input, "\(path) says more than \(maximumOutput) bytes")
                    }
                } else if count > 0 {
                    if said.count < 4096 { said += buffer[..<min(count, 4096)] }
                } else if count == 0 || errno != EINTR {
                    open[index].fd = -1
                }
                open[index].revents = 0
            }
        }
        if problem != nil { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        if let problem { throw problem }
        // As the shell counts: 128 and the signal.
        result.status = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
        let first = said.split(separator: 0x0a).first ?? []
        result.complaint = String(decoding: first.prefix(300), as: UTF8.self)
        return result
    }
}
