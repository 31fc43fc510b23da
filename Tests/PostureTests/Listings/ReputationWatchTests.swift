import Foundation
import MailTypes
import Posture
import Testing

@Suite struct ReputationWatchTests {
    typealias Key = ReputationWatch.Key
    let start = Timestamp(seconds: 1_800_000_000)
    let key: Key
    let other: Key

    init() throws {
        key = Key(try #require(ListingSubject("192.0.2.1")), on: "zen")
        other = Key(try #require(ListingSubject("192.0.2.2")), on: "zen")
    }

    func answer(_ key: Key, _ word: String) -> ListingObservation {
        let answer: ListingObservation.Answer =
            switch word {
            case "listed": .listed([.init(.spam, "spam")])
            case "clean": .notListed
            default: .unknown("timeout")
            }
        return ListingObservation(subject: key.subject, list: key.list, answer: answer)
    }

    /// Plays answers, each at the time when it is due, and gives the standings.
    func play(_ words: [String]) -> [String] {
        var watch = ReputationWatch([key], at: start)
        var standings: [String] = []
        for word in words {
            let now = watch.next ?? start
            #expect(watch.due(at: now) == [key] && watch.due(at: now - .seconds(1)).isEmpty)
            _ = watch.record(answer(key, word), at: now)
            standings.append(watch.entries[key]?.standing.rawValue ?? "gone")
        }
        return standings
    }

    @Test(arguments: [
        (["clean"], ["unlisted"]), (["listed"], ["listed"]), (["x", "clean"], ["unknown", "unlisted"]),
        // A listing ends when two answers in a row say so; what says nothing does not count, and begins anew.
        (["listed", "clean", "clean"], ["listed", "listed", "unlisted"]),
        (["listed", "clean", "x", "clean", "clean"], ["listed", "listed", "listed", "listed", "unlisted"]),
        (["listed", "clean", "listed", "clean", "clean"], ["listed", "listed", "listed", "listed", "unlisted"]),
        (["clean", "listed", "x", "x"], ["unlisted", "listed", "listed", "listed"]),
    ]) func changes(words: [String], standings: [String]) { #expect(play(words) == standings) }

    @Test func silenceIsNoPass() {
        var watch = ReputationWatch([key], at: start)
        _ = watch.record(answer(key, "clean"), at: start)
        #expect(watch.isClean(key.subject) == true)
        let soon = watch.record(answer(key, "x"), at: start + .seconds(3600))
        #expect(soon == nil && watch.isClean(key.subject) == true)
        let late = watch.record(answer(key, "x"), at: start + .seconds(6 * 3600))
        #expect(late?.from == .unlisted && late?.to == .unknown && watch.isClean(key.subject) == nil)
        // A listing that cannot be asked for any more is not over.
        _ = watch.record(answer(key, "listed"), at: start + .seconds(7 * 3600))
        _ = watch.record(answer(key, "x"), at: start + .seconds(70 * 3600))
        #expect(watch.isClean(key.subject) == false && watch.listed.map(\.key) == [key])
        #expect(watch.isClean(other.subject) == nil)
    }

    @Test func failuresWaitLonger() {
        var watch = ReputationWatch([key], at: start)
        var now = start
        var waits: [Int64] = []
        for _ in 0..<8 {
            _ = watch.record(answer(key, "x"), at: now)
            let next = watch.entries[key]?.next ?? now
            waits.append(next.seconds - now.seconds)
            now = next
        }
        #expect(waits == [120, 240, 480, 960, 1920, 3600, 3600, 3600])
    }

    @Test func tellsWhatChangedOnce() {
        var watch = ReputationWatch([key, other], at: start)
        #expect(watch.record(answer(key, "listed"), at: start)?.to == .listed)
        #expect(watch.record(answer(key, "listed"), at: start + .seconds(60)) == nil)
        #expect(watch.entries[key]?.since == start)
        #expect(watch.listings(since: start).count == 1 && watch.listings(since: start + .seconds(1)).isEmpty)
        #expect(watch.record(answer(Key(key.subject, on: "gone"), "listed"), at: start) == nil)
        watch.watch([other], at: start)
        #expect(watch.entries[key] == nil && watch.history.count == 1)
    }

    @Test func keepsWithinBounds() {
        var watch = ReputationWatch([key], at: start)
        for round in 0..<3000 {
            let words = round % 2 == 0 ? ["listed"] : ["clean", "clean"]
            for word in words { _ = watch.record(answer(key, word), at: start + .seconds(round)) }
        }
        #expect(watch.history.count == ReputationWatch.maximumHistory)
    }

    @Test func asksSpreadAndAtOnceWhenTold() {
        let keys = (0..<40).compactMap { ListingSubject("192.0.2.\($0)").map { Key($0, on: "zen") } }
        var watch = ReputationWatch(keys, at: start)
        #expect(watch.due(at: start).count == 1 && watch.due(at: start + .seconds(9)).count == 10)
        #expect(watch.due(at: start + .seconds(3600)).count == 32)
        for key in keys { _ = watch.record(answer(key, "clean"), at: start) }
        #expect(watch.due(at: start + .seconds(60)).isEmpty)
        watch.expedite(keys[7].subject, at: start + .seconds(60))
        #expect(watch.due(at: start + .seconds(60)) == [keys[7]])
    }

    @Test func aClockPutBackDoesNotSilenceIt() {
        var watch = ReputationWatch([key], at: start)
        _ = watch.record(answer(key, "clean"), at: start + .seconds(86_400))
        #expect(watch.due(at: start) == [key])
    }

    @Test func isTheSameAfterARestart() throws {
        var watch = ReputationWatch([key, other], at: start)
        _ = watch.record(answer(key, "listed"), at: start)
        _ = watch.record(answer(other, "x"), at: start + .seconds(5))
        let kept = try JSONDecoder().decode(ReputationWatch.self, from: try JSONEncoder().encode(watch))
        #expect(kept == watch && kept.due(at: start + .seconds(4000)) == watch.due(at: start + .seconds(4000)))
    }

    /// Whatever is answered, and however the clock jumps: no listing ends without two clean answers in a row, nothing is clean
    /// that was not asked, and what is watched stays due.
    @Test(arguments: 0..<20) func holdsWhateverComes(seed: Int) {
        var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1
        func next(_ bound: UInt64) -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state % bound
        }
        var watch = ReputationWatch([key], at: start)
        var now = start
        var clean = 0
        var last = ReputationWatch.Standing.unknown
        for _ in 0..<400 {
            let word = ["listed", "clean", "clean", "x"][Int(next(4))]
            now = next(10) == 0 ? start - .seconds(Int64(next(1_000_000))) : now + .seconds(Int64(next(5000)))
            clean = word == "clean" ? clean + 1 : 0
            let change = watch.record(answer(key, word), at: now)
            let standing = watch.entries[key]?.standing ?? .unknown
            #expect((change != nil) == (standing != last))
            if last == .listed, standing != .listed { #expect(standing == .unlisted && clean >= 2) }
            if standing == .unlisted, last != .unlisted { #expect(word == "clean") }
            if word == "listed" { #expect(standing == .listed) }
            #expect(watch.due(at: now + .seconds(3601)) == [key])
            last = standing
        }
    }
}
