import Crypto
import Dispatch
import MailTypes
import NIOConcurrencyHelpers
import Testing

@testable import Credentials

@Suite struct VerifierPartsTests {
    @Test func recentTablesAreBoundedAndKeepWhatIsUsed() {
        let table = Box(RecentTable<Int, Int>(capacity: 100))
        table.value.set(-1, for: -1)
        for number in 0..<10_000 {
            table.value.set(number, for: number)
            #expect(table.value.value(for: -1) == -1)
            #expect(table.value.count <= 100)
        }
        #expect(
            table.value.value(for: 9_999) == 9_999 && table.value.value(for: 9_960) == 9_960
                && table.value.value(for: 0) == nil)
        table.value.remove(9_999)
        #expect(table.value.value(for: 9_999) == nil)
        table.value.removeAll()
        #expect(table.value.count == 0)
    }

    @Test func failuresAreForgottenOneByOne() {
        let limiter = Box(FailureLimiter<String>(most: 3, recovery: .seconds(10), capacity: 100))
        let start = Timestamp(seconds: 1000)
        func isBlocked(_ key: String, _ time: Timestamp) -> Bool { limiter.value.isBlocked(key, at: time) }
        for _ in 0..<3 { limiter.value.failed("a", at: start) }
        #expect(isBlocked("a", start))
        #expect(!isBlocked("b", start))
        #expect(isBlocked("a", start + .seconds(9)))
        #expect(!isBlocked("a", start + .seconds(10)))
        limiter.value.failed("a", at: start + .seconds(10))
        #expect(isBlocked("a", start + .seconds(19)))
        // However many failures there were, one recovery time suffices for one more try.
        for _ in 0..<1000 { limiter.value.failed("a", at: start + .seconds(19)) }
        #expect(!isBlocked("a", start + .seconds(29)))
    }

    private static func attempt(_ user: String, _ site: UInt32) -> Attempt {
        let code = HMAC<SHA256>.authenticationCode(for: Array(user.utf8), using: SymmetricKey(data: [1, 2, 3]))
        return Attempt(user: user, site: IPNetwork(address: .v4(site), prefixLength: 32), digest: Digest(code))
    }

    @Test func oneSiteCannotFillTheQueue() throws {
        var settings = VerifierSettings()
        settings.pendingPerSite = 2
        let state = Box(VerifierState(try Fixtures.store(["joe": "x"]), settings))
        let now = Timestamp(seconds: 1000)
        #expect(state.value.begin(Self.attempt("a", 1), at: now) { _ in } == .compute)
        #expect(state.value.begin(Self.attempt("b", 1), at: now) { _ in } == .compute)
        #expect(state.value.begin(Self.attempt("b", 1), at: now) { _ in } == .wait)
        #expect(state.value.begin(Self.attempt("c", 1), at: now) { _ in } == .answer(.unavailable(.busy)))
        #expect(state.value.begin(Self.attempt("c", 2), at: now) { _ in } == .compute)
        let (answer, completions) = state.value.finish(Self.attempt("b", 1), nil, .made(.differs), at: now)
        #expect(answer == .rejected && completions.count == 2)
        #expect(state.value.begin(Self.attempt("d", 1), at: now) { _ in } == .compute)
        #expect(state.value.counters.unavailable == 1 && state.value.counters.rejected == 2)
    }

    @Test func anAccountThatChangedMeanwhileIsAskedAgain() throws {
        let old = try Fixtures.store(["joe": "old"])
        let state = Box(VerifierState(old, VerifierSettings()))
        let now = Timestamp(seconds: 1000)
        let attempt = Self.attempt("joe", 1)
        #expect(state.value.begin(attempt, at: now) { _ in } == .compute)
        state.value.replace(try Fixtures.store(["joe": "new"]))
        #expect(state.value.finish(attempt, old["joe"], .made(.matches), at: now).0 == .unavailable(.busy))
        #expect(state.value.begin(attempt, at: now) { _ in } == .compute)
    }

    @Test func failuresOfTheMachineAreNobodysFault() throws {
        let store = try Fixtures.store(["joe": "x"])
        var settings = VerifierSettings()
        settings.failuresPerSite = 1
        let state = Box(VerifierState(store, settings))
        let now = Timestamp(seconds: 1000)
        #expect(state.value.begin(Self.attempt("joe", 1), at: now) { _ in } == .compute)
        #expect(
            state.value.finish(Self.attempt("joe", 1), store["joe"], .made(.failed), at: now).0 == .unavailable(.failed)
        )
        #expect(state.value.begin(Self.attempt("joe", 1), at: now) { _ in } == .compute)
    }

    @Test func heavyJobsRunTwoAtATimeAndLightOnesPass() {
        let queue = WorkQueue(name: "test", threads: 4, capacity: 100, heavySlots: 2)
        let gate = DispatchSemaphore(value: 0)
        let done = DispatchGroup()
        let running = NIOLockedValueBox((now: 0, most: 0))
        let started = DispatchSemaphore(value: 0)
        for _ in 0..<6 {
            done.enter()
            let isTaken = queue.submit(isHeavy: true) { _ in
                running.withLockedValue {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                started.signal()
                gate.wait()
                running.withLockedValue { $0.now -= 1 }
                done.leave()
            }
            #expect(isTaken)
        }
        started.wait()
        started.wait()
        // Both slots are taken and held; light jobs still get through.
        let light = DispatchSemaphore(value: 0)
        for _ in 0..<10 { #expect(queue.submit(isHeavy: false) { _ in light.signal() }) }
        for _ in 0..<10 { light.wait() }
        for _ in 0..<6 { gate.signal() }
        done.wait()
        #expect(running.withLockedValue { $0.most } == 2)
        queue.stop()
        queue.join()
    }

    @Test func aFullQueueTakesNoMoreAndAStoppedOneCancels() {
        let queue = WorkQueue(name: "test", threads: 1, capacity: 3, heavySlots: 1)
        let gate = DispatchSemaphore(value: 0)
        let started = DispatchSemaphore(value: 0)
        #expect(
            queue.submit(isHeavy: false) { _ in
                started.signal()
                gate.wait()
            })
        started.wait()
        let cancelled = NIOLockedValueBox<[Bool]>([])
        for _ in 0..<3 {
            #expect(queue.submit(isHeavy: true) { isCancelled in cancelled.withLockedValue { $0.append(isCancelled) } })
        }
        #expect(!queue.submit(isHeavy: false) { _ in })
        #expect(queue.waiting == 3)
        queue.stop()
        #expect(cancelled.withLockedValue { $0 } == [true, true, true])
        gate.signal()
        queue.join()
        #expect(!queue.submit(isHeavy: false) { _ in })
    }
}
