import Glibc

/// Runs a program of the system and gives its standard output.
enum Tool {
    static func isInstalled(_ path: String) -> Bool { access(path, X_OK) == 0 }

    /// `nil` if it cannot be started or ends with another status than 0.
    static func run(_ path: String, _ arguments: [String], input: String = "") -> String? {
        var toChild: [Int32] = [-1, -1]
        var fromChild: [Int32] = [-1, -1]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { return nil }
        for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        var arguments = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, nil, &arguments, environ)
        close(toChild[0])
        close(fromChild[1])
        // Shorter than a pipe holds.
        _ = input.withCString { write(toChild[1], $0, strlen($0)) }
        close(toChild[1])
        defer { close(fromChild[0]) }
        guard code == 0 else { return nil }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(fromChild[0], &buffer, buffer.count)
            if count > 0 { output += buffer[..<count] } else if count == 0 || errno != EINTR { break }
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { return nil }
        while output.last == 0x0a { output.removeLast() }
        return String(decoding: output, as: UTF8.self)
    }
}
