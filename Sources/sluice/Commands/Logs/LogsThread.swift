import Forensics
import Foundation
import MailTypes

/// `--account`, `--ip`, `--queue-id`: prints one thread, event by event.
struct LogsThread {
    let analyser: LogAnalyser
    let files: [LogFile]
    let options: AnalysisOptions
    let json: Bool

    /// How many events were printed.
    func print(_ seed: ThreadFollower.Seed, _ interrupt: LogsInterrupt) -> (count: Int, errors: [LogInputError]) {
        var follower = ThreadFollower(seed)
        if follower.needsLearning {
            _ = analyser.events { timed, _, _ in
                follower.learn(timed.event)
                return !interrupt.wasAsked
            }
        }
        var count = 0
        let errors = analyser.events { timed, file, line in
            guard timed.seconds >= options.since, timed.seconds <= options.until, follower.includes(timed) else {
                return !interrupt.wasAsked
            }
            count += 1
            let path = files.indices.contains(file) ? files[file].path : "?"
            if json {
                Swift.print(EventText.json(timed.event, seconds: timed.seconds, file: path, line: line))
            } else {
                let time = Timestamp(seconds: Int64(timed.seconds)).iso8601.prefix(19)
                Swift.print("\(time)Z  \(EventText.describe(timed.event))  [\(SafeText.printable(path)):\(line)]")
            }
            return !interrupt.wasAsked
        }
        return (count, errors)
    }
}

/// Standard output, a JSON object a line.
final class LogsPrinter: EventSink {
    func take(_ timed: TimedEvent, file: String, line: Int) {
        print(EventText.json(timed.event, seconds: timed.seconds, file: file, line: line))
        fflush(nil)
    }
}
