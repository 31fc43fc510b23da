import ControlStore
import Enforcement
import MailTypes
import Spool
import Testing

@testable import Response

/// Whatever happens to a case, also when the gateway starts anew in between and the clock jumps: every message that was held is
/// held, queued, or has a record of its end, by its number.
struct AccountingTests {
    @Test(arguments: [UInt64(1), 2, 3]) func everyHeldMessageIsAccountedFor(seed: UInt64) async throws {
        var world = try TestWorld()
        defer { world.close() }
        world.control.use(CasePolicy(serverOwners: [world.acme]))
        var service = CaseService(control: world.control)
        var random = Steps(state: seed)
        var held: [SubmissionID] = []
        for step in 0..<60 {
            let account = ["joe", "ann", "bob"][Int(random.next() % 3)]
            let source = SourceID.account(try #require(AccountName(account)), world.acme)
            let cases = try world.control.incidents(onlyOpen: true, limit: 9)
            let id = cases.first?.id
            switch random.next() % 10 {
            case 0: _ = try? world.responder.stop(source, reason: "x", until: nil, author: "ann", at: world.now)
            case 1: _ = try world.responder.lift(source, reason: "x", author: "ann", at: world.now)
            case 2: if let id { _ = try? service.reinstate(id, reason: "x", force: true, author: "ann", at: world.now) }
            case 3 where step % 3 == 0:
                if let id { _ = try world.control.apply([.falseAlarm], to: id, author: "ann", at: world.now) }
            case 4:
                if let id, let other = cases.last?.id, id != other {
                    _ = try? world.control.merge(other, into: id, author: "ann", at: world.now)
                }
            case 5:
                let desk = HeldDesk(spool: world.spool, control: world.control)
                if let one = held.randomElement(using: &random) {
                    _ = try desk.act(.delete, on: [one], author: "ann", at: world.now)
                }
            case 6 where step % 2 == 0:
                // The clock of a new world begins where the first one's did.
                world.close(removes: false)
                world = try TestWorld(path: world.path)
                world.control.use(CasePolicy(serverOwners: [world.acme]))
                service = CaseService(control: world.control)
                world.responder.resume()
            default:
                let odds = Double(random.next() % 15)
                let submission = try world.submission(
                    account, to: UInt64(step), logOdds: odds, campaign: random.next() % 2 == 0 ? 7 : nil)
                held.append(try await world.hold(submission))
            }
            world.wait(.seconds(Int64(random.next() % 4000) - (step % 7 == 0 ? 3000 : 0)))
            try world.tick()
        }
        for _ in 0..<8 { try world.tick() }
        #expect(try world.control.heldOrders(limit: 99).isEmpty)
        for id in held {
            let fates = try world.spool.fates(id).map(\.fate)
            guard let message = try world.spool.message(id) else {
                #expect(fates.contains(.deleted), "\(id) is gone without a record")
                continue
            }
            if case .held = message.state {
                #expect(!fates.contains(.deleted) && !fates.contains(.released))
            } else {
                #expect(fates.contains(.released), "\(id) left without a record")
            }
        }
        guard case .intact = try world.control.verifyAudit() else {
            Issue.record("the audit log's chain is broken")
            return
        }
    }
}

private struct Steps: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 17
    }
}
