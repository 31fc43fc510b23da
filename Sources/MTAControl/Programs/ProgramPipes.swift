import Glibc

/// The three pipes of a program, and the exchange over them without deadlock: input is written while output is read.
struct ProgramPipes {
    struct Ends {
        var read: Int32
        var write: Int32
    }

    private(set) var input: Ends
    private(set) var outputEnds: Ends
    private(set) var errorEnds: Ends
    private(set) var output: [UInt8] = []
    private(set) var errors: [UInt8] = []

    init() throws(MTAError) {
        input = try Self.open()
        outputEnds = try Self.open()
        errorEnds = try Self.open()
    }

    private static func open() throws(MTAError) -> Ends {
        var ends: [Int32] = [-1, -1]
        // Sockets, because they are close-on-exec from the first moment: nobody else's child keeps an end open.
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0, let read = ends.first, let write = ends.last else {
            throw MTAError(.program, "no pipe: \(String(cString: strerror(errno)))")
        }
        return Ends(read: read, write: write)
    }

    mutating func closeChildEnds() {
        Self.close(&input.read)
        Self.close(&outputEnds.write)
        Self.close(&errorEnds.write)
        _ = fcntl(input.write, F_SETFL, O_NONBLOCK)
    }

    mutating func close() {
        closeChildEnds()
        Self.close(&input.write)
        Self.close(&outputEnds.read)
        Self.close(&errorEnds.read)
    }

    private static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Milliseconds of the monotonic clock.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Until both outputs are closed. What went wrong, or `nil`.
    mutating func exchange(_ bytes: [UInt8], limit: Int, until deadline: Int64) -> String? {
        var sent = 0
        if bytes.isEmpty { Self.close(&input.write) }
        while outputEnds.read >= 0 || errorEnds.read >= 0 {
            let left = deadline - Self.now()
            guard left > 0 else { return "took too long" }
            var polled = [
                pollfd(fd: outputEnds.read, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errorEnds.read, events: Int16(POLLIN), revents: 0),
                pollfd(fd: input.write, events: Int16(POLLOUT), revents: 0),
            ]
            let ready = poll(&polled, 3, Int32(clamping: min(left, 60_000)))
            if ready < 0, errno != EINTR { return "cannot be waited for" }
            guard ready > 0 else { continue }
            if polled[0].revents != 0 { Self.take(&outputEnds.read, &output) }
            if polled[1].revents != 0 { Self.take(&errorEnds.read, &errors) }
            if polled[2].revents != 0 { send(bytes, &sent) }
            if output.count > limit || errors.count > limit { return "wrote more than \(limit) bytes" }
        }
        return nil
    }

    private static func take(_ descriptor: inout Int32, _ bytes: inout [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count > 0 {
            bytes.append(contentsOf: buffer[..<count])
        } else if count == 0 || errno != EINTR {
            close(&descriptor)
        }
    }

    private mutating func send(_ bytes: [UInt8], _ sent: inout Int) {
        let count = bytes[sent...].withUnsafeBytes {
            Glibc.send(input.write, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count > 0 { sent += count }
        // A program that does not read its input any more says the rest by its status.
        if sent == bytes.count || (count < 0 && errno != EAGAIN && errno != EINTR) { Self.close(&input.write) }
    }
}
