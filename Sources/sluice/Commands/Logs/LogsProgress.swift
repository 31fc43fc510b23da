import Dispatch
import Forensics
import Foundation

/// One line on a terminal's standard error: how far, how fast, how long yet.
final class LogsProgress {
    private let shown: Bool
    private let start = DispatchTime.now().uptimeNanoseconds
    private var last: UInt64 = 0
    private var written = false

    init(quiet: Bool) { shown = !quiet && isatty(2) == 1 }

    /// At most five times a second.
    func show(_ state: LogAnalyser.Progress) {
        guard shown else { return }
        let now = DispatchTime.now().uptimeNanoseconds
        guard now &- last > 200_000_000 else { return }
        last = now
        let seconds = max(0.001, Double(now - start) / 1e9)
        let rate = Double(state.lines) / seconds
        var line = "\r\u{1b}[K\(state.lines) lines, \(Int(rate / 1000))k/s"
        if state.total > 0 {
            let done = min(1, Double(state.bytes) / Double(state.total))
            let filled = Int(done * 30)
            let left = done > 0.01 ? Int(seconds / done - seconds) : 0
            line +=
                " [\(String(repeating: "#", count: filled))\(String(repeating: ".", count: 30 - filled))] \(Int(done * 100)) %, \(left) s left"
        }
        FileHandle.standardError.write(Data(line.utf8))
        written = true
    }

    func clear() {
        if written { FileHandle.standardError.write(Data("\r\u{1b}[K".utf8)) }
    }
}

/// Ctrl-C asks for what was found so far; a second one ends at once.
///
/// Unchecked, since what changes is behind the lock, and the source is set once.
final class LogsInterrupt: @unchecked Sendable {
    private let source: any DispatchSourceSignal
    private let lock = NSLock()
    private var asked = false

    init() {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: DispatchQueue(label: "sluice-logs-interrupt"))
        source.setEventHandler { [weak self] in
            guard let self else { return }
            let again = lock.withLock {
                defer { asked = true }
                return asked
            }
            if again { exit(130) }
        }
        source.resume()
    }

    var wasAsked: Bool { lock.withLock { asked } }
}
