import MailTypes
import Testing

@testable import Enforcement

struct IncidentCaseTests {
    private let acme: CustomerID
    private let sources: [SourceID]
    private let now = Timestamp(seconds: 1_000_000)

    init() throws {
        acme = try #require(CustomerID("acme"))
        sources = [
            .account(try #require(AccountName("joe")), acme), .server(try #require(IPAddress("192.0.2.1")), acme),
            .customer(acme),
        ]
    }

    private func incident(_ number: Int64 = 1) -> IncidentCase {
        IncidentCase(id: CaseID(rawValue: number), source: sources[0], at: now, evidence: ["first"])
    }

    @Test func theWayOfAnIncident() {
        var incident = incident()
        #expect(incident.event(.held(3), at: now) == .recorded)
        #expect(incident.event(.noticed, at: now) == .none)
        #expect(
            incident.event(.stopped(sources[0], evidence: ["second"]), at: now) == .moved(from: .open, to: .contained))
        #expect(incident.event(.noticed, at: now) == .moved(from: .contained, to: .notified))
        #expect(incident.event(.stopped(sources[1], evidence: []), at: now) == .moved(from: .notified, to: .contained))
        #expect(incident.event(.lifted(sources[1]), at: now) == .recorded)
        #expect(incident.event(.lifted(sources[1]), at: now) == .none)
        #expect(incident.event(.lifted(sources[0]), at: now) == .moved(from: .contained, to: .open))
        #expect(incident.evidence == ["second", "first"])
        let late = now + IncidentCase.quietPeriod
        #expect(incident.event(.tick, at: late - .seconds(1)) == .none)
        #expect(incident.event(.tick, at: late) == .ended(from: .open, to: .closed, lift: []))
        #expect(incident.event(.held(1), at: late) == .none)
        #expect(incident.counts == .init(held: 3))
    }

    @Test func endingLiftsTheStopsNarrowestFirst() {
        var incident = incident()
        for source in sources.reversed() { _ = incident.event(.stopped(source, evidence: []), at: now) }
        #expect(incident.event(.falseAlarm, at: now) == .ended(from: .contained, to: .falseAlarm, lift: sources))
        #expect(incident.ended == now)
    }

    @Test func aStopFindsItsIncident() throws {
        let other = try #require(CustomerID("other"))
        let (first, second) = (incident(1), incident(2))
        var closed = incident(3)
        _ = closed.event(.closed, at: now)
        #expect(IncidentCase.home(of: sources[0], among: [first, closed], at: now) == first.id)
        #expect(IncidentCase.home(of: sources[2], among: [first, second], at: now) == second.id)
        #expect(IncidentCase.home(of: .customer(other), among: [first, second], at: now) == nil)
        #expect(IncidentCase.home(of: sources[0], among: [closed], at: now) == nil)
        #expect(IncidentCase.home(of: sources[0], among: [first], at: now + IncidentCase.quietPeriod) == nil)
    }

    @Test func nothingGrowsWithoutBound() throws {
        var incident = incident()
        for number in 0..<200 {
            let account = try #require(AccountName("account\(number)"))
            let sentence = "\(number)" + String(repeating: "ü", count: 1000)
            _ = incident.event(.stopped(.account(account, acme), evidence: [sentence]), at: now)
            let sample = CaseSample(
                id: SubmissionID(rawValue: Int64(number)), time: now, header: [UInt8](repeating: 1, count: 9999),
                text: [])
            _ = incident.event(.sampled(sample), at: now)
        }
        _ = incident.event(.refused(Int.max), at: now)
        _ = incident.event(.refused(Int.max), at: now)
        _ = incident.event(.refused(-5), at: now)
        #expect(incident.counts.refused == Int.max)
        #expect(incident.sources.count == IncidentCase.sourceLimit)
        #expect(incident.samples.count == IncidentCase.sampleLimit)
        #expect(incident.samples.allSatisfy { $0.header.count == 2048 })
        #expect(incident.evidence.count == IncidentCase.evidenceLimit)
        #expect(incident.evidence.allSatisfy { $0.utf8.count <= IncidentCase.evidenceLength })
    }

    /// Random events against what must always hold.
    @Test(arguments: [UInt64(1), 2, 3, 4]) func invariantsHold(seed: UInt64) throws {
        var generator = Numbers(state: seed)
        var incident = incident()
        var time = now
        var (refused, stopped): (Int, Set<SourceID>) = (0, [])
        for _ in 0..<2000 {
            time = time + .seconds(Int64.random(in: 0...3600, using: &generator))
            let source = sources[Int.random(in: 0..<3, using: &generator)]
            let before = incident
            let event: IncidentCase.Event =
                switch Int.random(in: 0..<400, using: &generator) {
                case 0: .closed
                case 1: .falseAlarm
                case 2..<80: .stopped(source, evidence: [])
                case 80..<200: .lifted(source)
                case 200..<260: .noticed
                case 260..<300: .tick
                default: .refused(1)
                }
            let action = incident.event(event, at: time)
            if before.state.isFinal {
                #expect(action == .none)
                #expect(incident == before)
                continue
            }
            switch event {
            case .stopped(let source, _): stopped.insert(source)
            case .lifted(let source): stopped.remove(source)
            case .refused: refused += 1
            default: break
            }
            if incident.state.isFinal { stopped = [] }
            #expect(incident.stopped == stopped)
            #expect(incident.counts.refused == refused)
            #expect(incident.first <= incident.last)
            switch incident.state {
            case .open, .probation, .reopened: #expect(stopped.isEmpty)
            case .contained, .notified, .remediating, .verifying: #expect(!stopped.isEmpty)
            case .closed, .falseAlarm, .merged: #expect(incident.ended == time)
            }
            if case .moved(let old, let new) = action {
                #expect(old == before.state && new == incident.state && old != new)
            }
        }
    }
}

struct NoticePlanTests {
    private let now = Timestamp(seconds: 1_000_000)

    @Test func oneNoticeAStageAndDigestsAfter() {
        var plan = NoticePlan()
        #expect(plan.event(.activity, at: now).isEmpty)
        #expect(
            plan.event(.reached(.doubted), at: now) == [.notice(.doubted, .customer), .notice(.doubted, .operator)])
        #expect(plan.event(.reached(.held), at: now).isEmpty)
        #expect(plan.event(.reached(.stopped), at: now).count == 2)
        #expect(plan.event(.reached(.stopped), at: now).isEmpty)
        #expect(plan.event(.tick, at: now + .seconds(60)).isEmpty)
        let later = now + NoticePlan.digestInterval
        #expect(plan.event(.tick, at: later) == [.digest(.customer), .digest(.operator)])
        #expect(plan.event(.tick, at: later + NoticePlan.digestInterval).isEmpty)
    }

    /// A doubt that was lifted must not swallow the stop that comes after it.
    @Test func aStopAfterALiftingIsTold() {
        var plan = NoticePlan()
        _ = plan.event(.reached(.doubted), at: now)
        #expect(plan.event(.reached(.lifted), at: now).count == 2)
        #expect(plan.event(.reached(.stopped), at: now).count == 2)
        #expect(plan.event(.reached(.lifted), at: now).isEmpty)
    }

    @Test func neverTwiceTheSameAndNeverManyDigests() {
        var generator = Numbers(state: 9)
        var plan = NoticePlan()
        var sent: [NoticePlan.Action: Int] = [:]
        var time = now
        for _ in 0..<5000 {
            time = time + .seconds(600)
            let event: NoticePlan.Event =
                switch Int.random(in: 0..<10, using: &generator) {
                case 0: .reached([.held, .doubted, .stopped, .lifted].randomElement(using: &generator) ?? .held)
                case 1..<5: .activity
                default: .tick
                }
            for action in plan.event(event, at: time) { sent[action, default: 0] += 1 }
        }
        let days = Int((time - now).inSeconds / 86_400)
        for (action, count) in sent {
            switch action {
            case .notice: #expect(count == 1)
            case .digest: #expect(count <= days)
            }
        }
    }
}

struct AuditEntryTests {
    /// Any function of the bytes will do here; SHA-256 is the store's.
    private func digest(_ bytes: [UInt8]) -> [UInt8] {
        var sum: UInt64 = 14_695_981_039_346_656_037
        for byte in bytes { sum = (sum ^ UInt64(byte)) &* 1_099_511_628_211 }
        return (0..<8).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
    }

    @Test func entriesFollowEachOtherAndShowEveryChange() {
        let time = Timestamp(seconds: 5)
        let first = AuditEntry(after: nil, time: time, author: "a", act: "b", subject: "c", digest: digest)
        let second = AuditEntry(
            after: first, time: time, author: "a", act: "b", subject: "c", detail: "d", digest: digest)
        #expect(first.follows(nil, digest: digest))
        #expect(second.follows(first, digest: digest))
        #expect(!second.follows(nil, digest: digest))
        for change: (inout AuditEntry) -> Void in [
            { $0.sequence += 1 }, { $0.time = Timestamp(seconds: 6) }, { $0.author = "ab" }, { $0.act = "" },
            { $0.subject = "cd" }, { $0.detail = "" }, { $0.previous[0] ^= 1 }, { $0.hash[0] ^= 1 },
        ] {
            var changed = second
            change(&changed)
            #expect(!changed.follows(first, digest: digest))
        }
        let long = AuditEntry(
            after: nil, time: time, author: String(repeating: "ü", count: 5000), act: "", subject: "", digest: digest)
        #expect(long.author.utf8.count <= AuditEntry.textLimit)
    }
}

private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
