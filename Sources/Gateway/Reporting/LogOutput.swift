import Dispatch
import Foundation
package import Logging
import MailTypes
import NIOConcurrencyHelpers

/// Where log lines go: standard error or a file, written by one thread.
///
/// Lines of level notice and above are written at once; those below, of which there may be thousands a second, within
/// 50 ms. A reader that is slow costs lines (their number is told), never mail.
package final class LogOutput: Sendable {
    package enum Format: String, Sendable { case text, json }

    /// Bytes that may wait for a slow disk or pipe.
    private static let limit = 16 * 1_048_576
    private static let interval = DispatchTimeInterval.milliseconds(50)

    private struct State: Sendable {
        var waiting: [UInt8] = []
        var lost = 0
        var descriptor: Int32
        var isClosed = false
    }

    package let format: Format
    private let path: String?
    private let state: NIOLockedValueBox<State>
    private let wake = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameter path: `nil` is standard error. A file is made if need be, readable for its owner and group.
    package init(format: Format, path: String?) throws(GatewayError) {
        self.format = format
        self.path = path
        state = NIOLockedValueBox(State(descriptor: try Self.open(path)))
    }

    /// Begins to write: a thread of its own, so to be called when the process is who it is to be.
    package func start() {
        let thread = Thread { [self] in run() }
        thread.name = "log"
        thread.start()
    }

    private static func open(_ path: String?) throws(GatewayError) -> Int32 {
        guard let path else { return 2 }
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw GatewayError(.log, "the log \(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    /// Opens the file anew, after it was rotated.
    package func reopen() throws(GatewayError) {
        guard path != nil else { return }
        let fresh = try Self.open(path)
        let old = state.withLockedValue { state in
            defer { state.descriptor = fresh }
            return state.descriptor
        }
        Glibc.close(old)
    }

    /// Writes what waits, and ends the thread.
    package func close() {
        let isFirst = state.withLockedValue { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard isFirst else { return }
        wake.signal()
        ended.wait()
    }

    func write(_ line: [UInt8], now: Bool) {
        let isClosed = state.withLockedValue { state in
            if state.waiting.count + line.count > Self.limit {
                state.lost += 1
            } else {
                state.waiting += line
            }
            return state.isClosed
        }
        if isClosed { flush() } else if now { wake.signal() }
    }

    private func run() {
        while !state.withLockedValue({ $0.isClosed }) {
            _ = wake.wait(timeout: .now() + Self.interval)
            flush()
        }
        flush()
        ended.signal()
    }

    private func flush() {
        let (bytes, lost, descriptor) = state.withLockedValue { state in
            defer {
                state.waiting = []
                state.lost = 0
            }
            return (state.waiting, state.lost, state.descriptor)
        }
        guard !bytes.isEmpty || lost > 0 else { return }
        var all = bytes
        if lost > 0 { all += Array("sluice: \(lost) log lines were lost: the log could not be written in time\n".utf8) }
        all.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { break }
            }
        }
    }
}

/// swift-log's side of `LogOutput`: one line an event, in JSON or in `key=value` text.
package struct OutputLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let output: LogOutput

    package init(label: String, level: Logger.Level, output: LogOutput) {
        self.label = label
        logLevel = level
        self.output = output
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let own = event.metadata ?? [:]
        let all = metadata.isEmpty ? own : metadata.merging(own) { $1 }
        let time = Clock.now()
        let line =
            output.format == .json
            ? LogLine.json(time, event.level, event.message.description, all)
            : LogLine.text(time, event.level, event.message.description, all)
        output.write(line, now: event.level >= .notice)
    }
}
