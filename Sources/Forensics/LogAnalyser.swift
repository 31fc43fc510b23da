import Foundation
import LogFormats

/// The whole way: files → events in time's order → findings with their evidence.
package final class LogAnalyser: Sendable {
    package struct Progress: Sendable {
        package var lines = 0
        /// Bytes read of all files, compressed where they are.
        package var bytes = 0
        package var total = 0
    }

    private let set: LogSet
    private let now: Int64
    private let seed: UInt64
    private let limits: AnalysisLimits

    package init(set: LogSet, now: Int64, seed: UInt64, limits: AnalysisLimits = AnalysisLimits()) {
        self.set = set
        self.now = now
        self.seed = seed
        self.limits = limits
    }

    /// Blocks until all is read. Call it on a thread of its own.
    ///
    /// - Parameters:
    ///   - onProgress: called for each megabyte read; gives `false` to break off.
    package func run(
        options: AnalysisOptions, places: (any PlaceFinding)? = nil, onProgress: (Progress) -> Bool = { _ in true }
    ) -> LogReport {
        let analysis = LogAnalysis(limits: limits, seed: seed)
        let streams = streams()
        let counter = BatchCounter(total: set.files.reduce(0) { $0 + $1.size })
        var merge = EventMerge(streams) { counter.add($0) }
        var interrupted = false
        var reported = -1
        while let (batch, range) = merge.next() {
            analysis.consume(batch, range)
            if counter.batches != reported {
                reported = counter.batches
                if !onProgress(counter.progress) {
                    interrupted = true
                    break
                }
            }
        }
        for stream in streams { stream.cancel() }
        var report = analysis.report(options: options, places: places)
        report.tally = counter.tally
        report.totals.lines = counter.tally.total
        report.totals.unparsed = counter.tally.totalUnparsed
        report.files = set.files
        report.errors = streams.flatMap(\.errors)
        report.zone = set.zoneReason
        report.interrupted = interrupted
        EvidenceReader(files: set.files, marks: counter.marks).fill(&report.findings)
        return report
    }
}

extension LogAnalyser {
    /// Hands out every event in time's order with its file and line, until `body` says `false`.
    package func events(_ body: (TimedEvent, _ file: Int, _ line: Int) -> Bool) -> [LogInputError] {
        let streams = streams()
        var merge = EventMerge(streams) { _ in }
        reading: while let (batch, range) = merge.next() {
            for index in range {
                let timed = batch.events[index]
                if !body(timed, batch.file, batch.firstLine + Int(timed.line)) { break reading }
            }
        }
        for stream in streams { stream.cancel() }
        return streams.flatMap(\.errors)
    }

    private func streams() -> [EventStream] {
        let set = set
        let now = now
        return set.groups.map { files in
            EventStream(files: files) { index in
                BatchReader(
                    source: try ByteSources.open(set.files[index].path), file: index,
                    reader: set.reader(index, now: now))
            }
        }
    }
}

/// Counts what the batches hold as they come in.
private final class BatchCounter {
    private(set) var tally = LineTally()
    private(set) var batches = 0
    private var positions: [Int: Int] = [:]
    /// Where batches begin, by file: from there evidence is read again.
    private(set) var marks: [Int: [LineMark]] = [:]
    private let total: Int

    init(total: Int) { self.total = total }

    func add(_ batch: EventBatch) {
        tally.add(batch.tally)
        positions[batch.file] = batch.position
        if let start = batch.start {
            marks[batch.file, default: []].append(LineMark(line: batch.firstLine, offset: start))
        }
        batches += 1
    }

    var progress: LogAnalyser.Progress {
        LogAnalyser.Progress(lines: tally.total, bytes: positions.values.reduce(0, +), total: total)
    }
}
