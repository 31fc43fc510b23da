import Console
import Forensics
import Foundation
import MailTypes

/// Sends events to a gateway, some each second, from a thread of its own: a gateway that is slow or away holds up nothing.
///
/// What it does not take stays here and is sent again; beyond a bound the oldest goes, and is counted.
///
/// Unchecked, since all that changes is behind the lock, but the connection, which only the thread uses.
final class LogsReporter: EventSink, @unchecked Sendable {
    /// Events in one request; the gateway takes 1,000.
    private static let batch = 500
    /// Events kept while the gateway is away.
    private static let limit = 100_000
    /// Rounds of a second after a failure.
    private static let pause = 5

    private struct Body: Encodable {
        var customer: String
        var server: String?
        var events: [EventReports.Report]
    }

    private let api: GatewayAPI
    private let customer: String
    private let server: String?
    private let lock = NSLock()
    private var reports = EventReports()
    private var waiting: [EventReports.Report] = []
    private var dropped = 0
    private var isEnding = false
    private let done = DispatchGroup()

    init(api: GatewayAPI, customer: String, server: String?) {
        self.api = api
        self.customer = customer
        self.server = server
        done.enter()
        let thread = Thread { [self] in
            run()
            done.leave()
        }
        thread.name = "sluice-logs-report"
        thread.start()
    }

    func take(_ timed: TimedEvent, file: String, line: Int) {
        lock.withLock {
            waiting += reports.take(timed)
            let excess = waiting.count - LogsReporter.limit
            guard excess > 0 else { return }
            waiting.removeFirst(excess)
            dropped += excess
        }
    }

    /// Sends what is left, once, and ends.
    func end() {
        lock.withLock { isEnding = true }
        done.wait()
        let (left, lost) = lock.withLock { (waiting.count, dropped) }
        if left + lost > 0 { LogsRun.complain("\(left + lost) events did not reach the gateway") }
    }

    private func run() {
        var rest = 0
        while true {
            let ending = lock.withLock { isEnding }
            if rest == 0 || ending { rest = sendAll() ? 0 : LogsReporter.pause }
            if ending { return }
            rest = max(0, rest - 1)
            for _ in 0..<10 where !lock.withLock({ isEnding }) { usleep(100_000) }
        }
    }

    /// Whether the gateway took all that was there.
    private func sendAll() -> Bool {
        while true {
            let events = lock.withLock { Array(waiting.prefix(LogsReporter.batch)) }
            guard !events.isEmpty else { return true }
            do {
                let answer: ReportsTaken = try api.post(
                    "events", body: Body(customer: customer, server: server, events: events))
                remove(events.count)
                if answer.taken == 0 { LogsRun.complain("the gateway took none of \(events.count) events: too old?") }
            } catch let failure as CommandFailure where failure.status == 2 {
                // It will not take them later either.
                remove(events.count)
                LogsRun.complain("the gateway refused \(events.count) events: \(failure.message)")
            } catch {
                LogsRun.complain(
                    SafeText.printable("the gateway did not take events, which wait: \(error)", limit: 500))
                return false
            }
        }
    }

    /// New ones may have come, and the oldest may have gone meanwhile: never more than are there.
    private func remove(_ count: Int) { lock.withLock { waiting.removeFirst(min(count, waiting.count)) } }
}
