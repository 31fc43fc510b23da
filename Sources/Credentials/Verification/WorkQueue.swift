import Dispatch
import Foundation
import NIOConcurrencyHelpers

/// A bounded queue with threads of its own, for work that blocks. In order, but for heavy jobs, of which only some run at
/// the same time while lighter ones pass them.
final class WorkQueue: Sendable {
    private struct Job: Sendable {
        var number: UInt64
        var run: @Sendable (_ isCancelled: Bool) -> Void
    }

    private struct State {
        var light: [Job] = []
        var heavy: [Job] = []
        var heavyRunning = 0
        var numbers: UInt64 = 0
        var isStopping = false
    }

    private let capacity: Int
    private let heavySlots: Int
    private let threads: Int
    private let state = NIOLockedValueBox(State())
    private let wakeup = DispatchSemaphore(value: 0)
    private let ended = DispatchGroup()

    init(name: String, threads: Int, capacity: Int, heavySlots: Int) {
        self.capacity = capacity
        self.heavySlots = heavySlots
        self.threads = threads
        for number in 1...threads {
            ended.enter()
            let thread = Thread { [self] in
                work()
                ended.leave()
            }
            thread.name = "\(name) \(number)"
            thread.start()
        }
    }

    /// Jobs that wait.
    var waiting: Int { state.withLockedValue { $0.light.count + $0.heavy.count } }

    /// Runs the job on a thread of the queue; false if there is no room, and then never. `isCancelled`: the queue stops.
    func submit(isHeavy: Bool, _ run: @escaping @Sendable (_ isCancelled: Bool) -> Void) -> Bool {
        let isTaken = state.withLockedValue { state in
            guard !state.isStopping, state.light.count + state.heavy.count < capacity else { return false }
            state.numbers += 1
            let job = Job(number: state.numbers, run: run)
            if isHeavy { state.heavy.append(job) } else { state.light.append(job) }
            return true
        }
        if isTaken { wakeup.signal() }
        return isTaken
    }

    /// Cancels what waits, on this thread. What runs goes on; `join` waits for it.
    func stop() {
        let cancelled = state.withLockedValue { state in
            defer { (state.light, state.heavy, state.isStopping) = ([], [], true) }
            return state.light + state.heavy
        }
        for _ in 0..<threads { wakeup.signal() }
        for job in cancelled { job.run(true) }
    }

    /// Blocks until all threads have ended, after `stop`.
    func join() { ended.wait() }

    private func work() {
        while true {
            // A thread that ended a heavy job looks again before it sleeps: a heavy one may wait for just that.
            while let (job, isHeavy) = take() {
                job.run(false)
                if isHeavy { state.withLockedValue { $0.heavyRunning -= 1 } }
            }
            if state.withLockedValue({ $0.isStopping }) { return }
            wakeup.wait()
        }
    }

    /// The oldest job that may run now.
    private func take() -> (Job, isHeavy: Bool)? {
        state.withLockedValue { state in
            let light = state.light.first?.number ?? .max
            let heavy = state.heavyRunning < heavySlots ? state.heavy.first?.number ?? .max : .max
            if light == .max, heavy == .max { return nil }
            if light < heavy { return (state.light.removeFirst(), false) }
            state.heavyRunning += 1
            return (state.heavy.removeFirst(), true)
        }
    }
}
