import Foundation
import LogFormats

/// Port: where events go as they happen: standard output, a gateway.
package protocol EventSink: AnyObject {
    /// Called from one thread at a time; the event's texts are good until it returns.
    func take(_ timed: TimedEvent, file: String, line: Int)
}

/// Reads files as they grow. Events that were there before count for the findings; new ones go to the sink as well.
///
/// Unchecked, since analysis, sink, counts and failures are touched with the lock held only, and the tails are set before
/// the threads start.
package final class LogFollower: @unchecked Sendable {
    private let lock = NSLock()
    private let analysis: LogAnalysis
    private let files: [LogFile]
    private let sink: any EventSink
    private var tails: [TailSource] = []
    private var tally = LineTally()
    private var failures: [LogInputError] = []
    private let done = DispatchGroup()

    package init(set: LogSet, seed: UInt64, sink: any EventSink, now: Int64) throws {
        files = set.files
        self.sink = sink
        analysis = LogAnalysis(seed: seed)
        for index in files.indices where files[index].path != LogFile.standardInput {
            let tail = try TailSource(path: files[index].path)
            tails.append(tail)
            let reader = BatchReader(source: tail, file: index, reader: set.reader(index, now: now))
            start(reader, tail, files[index].path)
        }
    }

    private func start(_ reader: BatchReader, _ tail: TailSource, _ path: String) {
        done.enter()
        let box = Unchecked(reader)
        let thread = Thread { [self] in
            do {
                while true {
                    guard let batch = try box.value.next(eager: true) else { break }
                    take(batch, isNew: tail.isFresh, path)
                }
            } catch let error as LogInputError {
                lock.withLock { failures.append(error) }
            } catch {
                lock.withLock { failures.append(LogInputError(code: .unreadable, path: path, message: "\(error)")) }
            }
            done.leave()
        }
        thread.stackSize = 1 << 20
        thread.start()
    }

    private func take(_ batch: EventBatch, isNew: Bool, _ path: String) {
        lock.withLock {
            tally.add(batch.tally)
            analysis.consume(batch, batch.events.indices)
            guard isNew else { return }
            for timed in batch.events {
                sink.take(timed, file: path, line: batch.firstLine + Int(timed.line))
            }
        }
    }

    /// All files were read to their ends: what comes from now on is new.
    package var isCaughtUp: Bool { tails.allSatisfy(\.isCaughtUp) }

    /// Ends following; the findings of all that was read.
    package func stop(options: AnalysisOptions, places: (any PlaceFinding)?) -> LogReport {
        for tail in tails { tail.stop() }
        done.wait()
        return lock.withLock {
            var report = analysis.report(options: options, places: places)
            report.tally = tally
            report.totals.lines = tally.total
            report.totals.unparsed = tally.totalUnparsed
            report.files = files
            report.errors = failures
            EvidenceReader(files: files).fill(&report.findings)
            return report
        }
    }
}

/// Hands a reader to the one thread that uses it from then on: unchecked, since nobody else keeps it.
private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
