import MailTypes
import Testing

@testable import Enforcement

/// The way back: what is asked, who may say so, probation, relapse.
struct RecoveryTests {
    private let acme: CustomerID
    private let joe: SourceID
    private let server: SourceID
    private let now = Timestamp(seconds: 1_000_000)

    init() throws {
        acme = try #require(CustomerID("acme"))
        joe = .account(try #require(AccountName("joe")), acme)
        server = .server(try #require(IPAddress("192.0.2.1")), acme)
    }

    private func confirmed(earlier: Int = 0) -> IncidentCase {
        var incident = IncidentCase(id: CaseID(rawValue: 1), source: joe, at: now)
        _ = incident.event(.stopped(joe, evidence: ["spam"]), at: now)
        let checks = CheckPolicy().checks(
            [.stolenPassword], .init(hasServers: true, mayProbe: true, watchesLists: true, earlier: earlier))
        _ = incident.event(.classified([.stolenPassword], checks, ProbationPlan(), earlier: earlier), at: now)
        return incident
    }

    private func pass(_ incident: inout IncidentCase, at time: Timestamp) {
        for check in incident.recovery.checks {
            _ = incident.event(.stated(check.name, check.needs, .init(.pass, at: time, author: "x")), at: time)
        }
    }

    @Test func theWholeWayBack() {
        var incident = confirmed()
        #expect(incident.event(.noticed, at: now) == .moved(from: .contained, to: .notified))
        #expect(incident.event(.acknowledged, at: now) == .moved(from: .notified, to: .remediating))
        #expect(incident.event(.asked, at: now) == .moved(from: .remediating, to: .verifying))
        guard case .missing(let names) = incident.event(.reinstated(isOperator: false), at: now) else {
            Issue.record("reinstated without checks")
            return
        }
        #expect(names == [.campaignQuiet, .noAlienLogin, .noForwarding, .noListing, .passwordChanged, .queueClean])
        #expect(incident.event(.closed, at: now) == .missing(names))
        pass(&incident, at: now)
        #expect(incident.event(.reinstated(isOperator: false), at: now) == .reinstated(from: .verifying, lift: [joe]))
        #expect(incident.state == .probation && incident.stopped.isEmpty)
        var time = now
        var looks = 0
        while incident.state == .probation, looks < 10_000 {
            time = time + .seconds(600)
            _ = incident.event(.delivered(20), at: time)
            _ = incident.event(.tick, at: time)
            looks += 1
        }
        #expect(incident.state == .closed && incident.ended == time)
        #expect(time - now >= .seconds(62 * 3600))
    }

    @Test func aFailureWhileVerifyingSendsItBack() {
        var incident = confirmed()
        _ = incident.event(.asked, at: now)
        let action = incident.event(
            .stated(.queueClean, .reported, .init(.fail, at: now, author: "report:mail", detail: "3 left")), at: now)
        #expect(action == .moved(from: .verifying, to: .remediating))
        #expect(incident.recovery[.queueClean]?.missing(at: now) == "it failed when it was looked at")
    }

    /// Weaker words never outweigh, unknown is never a pass, age and wrong clocks count.
    @Test func whatIsProofAndWhatIsNot() {
        func check(_ statements: (Assurance, CheckState.Result, Int64)...) -> RequiredCheck {
            var state = CheckState()
            for (assurance, result, seconds) in statements {
                state.add(.init(result, at: now + .seconds(seconds), author: "x"), as: assurance)
            }
            return RequiredCheck(.relayClosed, needs: .reported, maximumAge: .seconds(3600), state: state)
        }
        #expect(!check().isSatisfied(at: now))
        #expect(!check((.attested, .pass, 0)).isSatisfied(at: now))
        #expect(check((.attested, .pass, 0)).missing(at: now)?.contains("does not suffice") == true)
        #expect(check((.reported, .pass, 0)).isSatisfied(at: now))
        #expect(check((.verified, .pass, 0)).isSatisfied(at: now))
        #expect(!check((.reported, .pass, 0), (.reported, .unknown, 1)).isSatisfied(at: now))
        #expect(!check((.reported, .pass, 5), (.verified, .fail, 0)).isSatisfied(at: now))
        #expect(!check((.reported, .pass, 0), (.attested, .fail, 1)).isSatisfied(at: now))
        #expect(check((.verified, .pass, 0), (.reported, .fail, -5)).isSatisfied(at: now))
        #expect(!check((.reported, .pass, 0)).isSatisfied(at: now + .seconds(3601)))
        #expect(check((.reported, .pass, 0)).isSettled(at: now + .seconds(3601)))
        #expect(!check((.reported, .pass, 7200)).isSatisfied(at: now))
    }

    @Test func aRelapseStopsAtOnceAndAsksAgain() {
        var incident = confirmed()
        pass(&incident, at: now)
        _ = incident.event(.reinstated(isOperator: false), at: now)
        let plan = incident.recovery.plan
        #expect(
            incident.event(.stopped(server, evidence: ["again"]), at: now) == .moved(from: .probation, to: .reopened))
        #expect(incident.recovery.relapses == 1 && incident.recovery.probation == nil)
        #expect(incident.missing(at: now).count == incident.recovery.checks.count)
        #expect(incident.recovery.plan == plan.stretched(by: 2))
        #expect(incident.event(.noticed, at: now) == .moved(from: .reopened, to: .notified))
    }

    @Test func liftedByHandIsProbationAndNotTheEnd() {
        var incident = confirmed()
        #expect(incident.event(.lifted(joe), at: now) == .moved(from: .contained, to: .probation))
        for day in 1...60 { _ = incident.event(.tick, at: now + .seconds(Int64(day) * 86_400)) }
        for step in 1...4000 { _ = incident.event(.tick, at: now + .seconds(6_000_000 + Int64(step) * 900)) }
        #expect(incident.recovery.probation?.isOver == true)
        #expect(incident.state == .probation)
        for check in incident.recovery.checks {
            _ = incident.event(.waived(check.name, .init(author: "person:ann", reason: "known", time: now)), at: now)
        }
        #expect(incident.event(.tick, at: now) == .ended(from: .probation, to: .closed, lift: []))
    }

    /// A source that comes back without end makes its probation long, and nothing overflow.
    @Test func relapsesWithoutEndAreBounded() {
        var plan = ProbationPlan()
        for _ in 0..<500 { plan = plan.stretched(by: 8) }
        #expect(
            plan.steps.allSatisfy { $0.atLeast == ProbationPlan.longestStep && $0.clean == ProbationPlan.mostClean })
        #expect(plan.steps.map(\.perHour) == ProbationPlan().steps.map(\.perHour))
        #expect(ProbationPlan().stretched(by: 2).steps.map(\.clean) == ProbationPlan().steps.map { $0.clean * 2 })
    }

    @Test func probationCountsOnlyWatchedTime() {
        var probation = Probation(ProbationPlan(), at: now)
        probation.sent(1000)
        #expect(probation.look(at: now + .seconds(86_400 * 365)) == false)
        #expect(probation.watched == Probation.longestLook)
        #expect(probation.look(at: now - .seconds(86_400 * 365)) == false)
        #expect(probation.watched == Probation.longestLook)
        var time = now - .seconds(86_400 * 365)
        var steps = 0
        while probation.step == 0, steps < 100 {
            time = time + .seconds(900)
            _ = probation.look(at: time)
            steps += 1
        }
        #expect(steps == 7)
    }

    @Test func mergedAndSplitCasesKeepWhatWasAsked() throws {
        var first = confirmed()
        pass(&first, at: now)
        var second = IncidentCase(id: CaseID(rawValue: 2), source: server, at: now)
        _ = second.event(.stopped(server, evidence: []), at: now)
        let relay = CheckPolicy().checks([.openRelay], .init(hasServers: true, mayProbe: true, watchesLists: true))
        _ = second.event(.classified([.openRelay], relay, ProbationPlan(), earlier: 2), at: now)
        let isTaken = first.absorb(&second, at: now)
        #expect(isTaken)
        #expect(second.state == .merged && second.recovery.mergedInto == first.id && second.stopped.isEmpty)
        #expect(first.stopped == [joe, server] && first.state == .contained && first.recovery.earlier == 2)
        #expect(Set(first.missing(at: now).map(\.name)) == [.queueClean, .campaignQuiet, .noListing, .relayClosed])
        let isTakenAgain = first.absorb(&second, at: now)
        #expect(!isTakenAgain)
        let new = first.split([server], to: CaseID(rawValue: 3), at: now)
        let part = try #require(new)
        #expect(part.stopped == [server] && part.state == .contained && first.stopped == [joe])
        #expect(part.recovery.checks.map(\.name) == first.recovery.checks.map(\.name))
        #expect(first.split([joe], to: CaseID(rawValue: 4), at: now) == nil)
    }

    @Test(arguments: [
        (IncidentKind.stolenPassword, true, true, 0), (.openRelay, true, false, 0), (.script, true, true, 1),
        (.stolenPassword, false, false, 0), (.unknown, true, true, 0),
    ]) func policyAsksWhatThereIs(kind: IncidentKind, hasServers: Bool, mayProbe: Bool, earlier: Int) {
        let checks = CheckPolicy().checks(
            [kind], .init(hasServers: hasServers, mayProbe: mayProbe, watchesLists: false, earlier: earlier))
        let needs = Dictionary(uniqueKeysWithValues: checks.map { ($0.name, $0.needs) })
        #expect(needs[.campaignQuiet] == .verified && needs[.noListing] == nil)
        #expect((needs[.queueClean] != nil) == hasServers)
        if kind == .openRelay { #expect(needs[.relayClosed] == .reported) }
        if kind == .script { #expect(needs[.scriptRemoved] == .reported) }
        if kind == .unknown { #expect(needs[.relayClosed] == .verified && needs[.causeRemoved] == .attested) }
    }

    /// Random events, clock jumps, merges and splits: no way to `closed` around a required check.
    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6]) func nothingClosesAroundAnOpenCheck(seed: UInt64) {
        var random = Numbers(state: seed)
        var ends = 0
        for _ in 0..<60 {
            var incident = confirmed()
            var other = IncidentCase(id: CaseID(rawValue: 9), source: server, at: now)
            var time = now
            for _ in 0..<120 where !incident.state.isFinal {
                let jump = Int64.random(in: -3...40, using: &random)
                time = time + .seconds(jump == 40 ? 86_400 * 30 : jump == -3 ? -86_400 * 3 : jump * 60)
                let before = incident
                let name = RequiredCheck.Name.allCases.randomElement(using: &random) ?? .queueClean
                let assurance = Assurance.allCases.randomElement(using: &random) ?? .attested
                let result = CheckState.Result.allCases.randomElement(using: &random) ?? .unknown
                switch Int.random(in: 0..<16, using: &random) {
                case 0: _ = incident.event(.stopped(Bool.random(using: &random) ? joe : server, evidence: []), at: time)
                case 1: _ = incident.event(.lifted(joe), at: time)
                case 2: _ = incident.event(.reinstated(isOperator: Bool.random(using: &random)), at: time)
                case 3: _ = incident.event(.closed, at: time)
                case 4: _ = incident.event(.asked, at: time)
                case 5: _ = incident.event(.noticed, at: time)
                case 6: _ = incident.event(.acknowledged, at: time)
                case 7: _ = incident.event(.reopened(reason: "x"), at: time)
                case 8: _ = incident.event(.delivered(50), at: time)
                case 9: _ = incident.absorb(&other, at: time)
                case 10: _ = incident.split([server], to: CaseID(rawValue: 10), at: time)
                case 11, 12:
                    let statement = CheckState.Statement(result, at: time, author: "x")
                    _ = incident.event(.stated(name, assurance, statement), at: time)
                case 13 where Int.random(in: 0..<8, using: &random) == 0: pass(&incident, at: time)
                default: _ = incident.event(.tick, at: time)
                }
                #expect(incident.recovery.checks.count >= before.recovery.checks.count)
                if incident.state == .closed {
                    ends += 1
                    #expect(incident.recovery.checks.allSatisfy { $0.isSettled(at: time) })
                    #expect(!incident.recovery.checks.isEmpty)
                }
                switch incident.state {
                case .contained, .notified: #expect(!incident.stopped.isEmpty)
                case .probation: #expect(incident.stopped.isEmpty && incident.recovery.probation != nil)
                case .open, .closed, .falseAlarm, .merged: #expect(incident.stopped.isEmpty)
                // Without stops when a person opened it again.
                case .reopened, .remediating, .verifying: break
                }
            }
        }
        #expect(ends > 0)
    }
}

private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
