import Foundation
import MailTypes
import NIOConcurrencyHelpers
import Testing

@testable import Spool

/// Held mail: found, acted on by many at once, and never lost.
struct SpoolHeldTests {
    private let directory: TestDirectory
    private let now = Timestamp(seconds: 1_000_000)

    init() throws { directory = try TestDirectory() }

    private func id(_ number: Int64) -> SubmissionID { SubmissionID(rawValue: number) }

    @Test func everyFilterFindsItsOwnInOrderAPageAtATime() async throws {
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        let (acme, other) = (try #require(CustomerID("acme")), try #require(CustomerID("other")))
        for number in Int64(1)...60 {
            var message = try TestMail.message(number, held: number % 10 != 0)
            message.identity?.customer = number % 2 == 0 ? acme : other
            message.identity?.account = AccountName(number % 3 == 0 ? "joe" : "ann")
            message.identity?.server = try #require(IPAddress(number % 5 == 0 ? "192.0.2.9" : "192.0.2.1"))
            message.campaign = CampaignID(rawValue: UInt64(number % 4))
            message.caseID = number % 7 == 0 ? CaseID(rawValue: 7) : nil
            try await TestMail.commit(spool, message)
        }
        let joe = try #require(AccountName("joe"))
        let cases: [(Spool.HeldFilter, (Int64) -> Bool)] = [
            (.init(), { _ in true }), (.init(customer: acme), { $0 % 2 == 0 }),
            (.init(customer: acme, account: joe), { $0 % 6 == 0 }), (.init(account: joe), { $0 % 3 == 0 }),
            (.init(campaign: CampaignID(rawValue: 3)), { $0 % 4 == 3 }),
            (.init(caseID: CaseID(rawValue: 7)), { $0 % 7 == 0 }),
            (.init(server: IPAddress("192.0.2.9")), { $0 % 5 == 0 }),
            (.init(source: .account(joe, other)), { $0 % 2 == 1 && $0 % 3 == 0 }),
            (.init(source: .customer(other)), { $0 % 2 == 1 }),
            (.init(source: .campaign(CampaignID(rawValue: 1), acme)), { _ in false }),
            (.init(source: .server(try #require(IPAddress("192.0.2.1")), acme)), { $0 % 2 == 0 && $0 % 5 != 0 }),
            (.init(customer: CustomerID("nobody")), { _ in false }),
        ]
        for (filter, matches) in cases {
            let expected = (Int64(1)...60).filter { $0 % 10 != 0 && matches($0) }
            var found: [Int64] = []
            while true {
                let page = try spool.held(filter, after: found.last.map(id), limit: 7).map(\.id.rawValue)
                if page.isEmpty { break }
                found += page
            }
            #expect(found == expected, "\(filter)")
            #expect(try spool.heldTotal(filter).messages == expected.count)
        }
    }

    @Test func actsOnManyTouchHeldMailOnlyAndReachTheRelay() async throws {
        let gateway = try Spool(directory: directory.path)
        defer { gateway.close() }
        for number in Int64(1)...6 {
            try await TestMail.commit(gateway, try TestMail.message(number, held: number != 2))
        }
        #expect(try gateway.act(.delete, onHeld: [id(2), id(99)], author: "a", at: now).isEmpty)
        #expect(try gateway.pickUpReleased().isEmpty)
        // The gateway's own acts come to the relay on the same way as a command's.
        #expect(try gateway.act(.release, onHeld: [id(1), id(1), id(2)], author: "policy", at: now) == [id(1)])
        #expect(try gateway.act(.delete, onHeld: [id(3)], author: "policy", at: now) == [id(3)])
        #expect(gateway.size == ByteCount(60))
        #expect(try gateway.pickUpReleased() == [id(1), id(3)])
        #expect(gateway.size == ByteCount(50))
        #expect(try gateway.pickUpReleased().isEmpty)
        let command = try Spool(directory: directory.path, role: .command)
        defer { command.close() }
        #expect(
            try command.act(.delete, onHeld: [id(1), id(4), id(5)], author: "person:ann", at: now) == [id(4), id(5)])
        // A command never takes what the gateway may be sending.
        let at = now
        await #expect(throws: SpoolError.self) {
            try await TestMail.done { command.settle(SubmissionID(rawValue: 2), as: .deleted, author: "x", at: at, $0) }
        }
        #expect(try gateway.pickUpReleased() == [id(4), id(5)])
        #expect(try gateway.fates(id(4)).map(\.fate) == [.deleted])
        #expect(try gateway.message(id(1))?.pool == .risky)
        #expect(try gateway.queued(after: nil, limit: 9).map(\.id) == [id(1), id(2)])
        #expect(try gateway.assign([id(1), id(77)], to: CaseID(rawValue: 9)) == [id(1)])
        #expect(try gateway.message(id(1))?.caseID == CaseID(rawValue: 3))
    }

    @Test func aFullDiskLetsHeldMailGo() async throws {
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        for number in Int64(1)...30 {
            try await TestMail.commit(
                spool, try TestMail.message(number, size: 60_000, held: true), [[UInt8](repeating: 1, count: 60_000)])
        }
        try spool.writer.perform { tables throws(SpoolError) in
            let pages = try tables.connection.integer("PRAGMA page_count") ?? 0
            _ = try tables.connection.integer("PRAGMA max_page_count = \(pages)")
        }
        let deleted = try spool.act(.delete, onHeld: (1...30).map { id($0) }, author: "person:ann", at: now)
        #expect(deleted.count == 30)
        #expect(try spool.held(after: nil, limit: 9).isEmpty)
        #expect(try spool.integrityProblems().isEmpty)
    }

    @Test func aSpoolOfTheFirstVersionIsTakenOver() async throws {
        do {
            let spool = try Spool(directory: directory.path)
            try await TestMail.commit(spool, try TestMail.message(1, held: true))
            try spool.writer.perform { tables throws(SpoolError) in
                try tables.connection.execute(
                    """
                    DROP INDEX held_deadline; DROP INDEX held_id; DROP INDEX held_customer; DROP INDEX held_account;
                    DROP INDEX held_campaign; DROP INDEX held_case; PRAGMA user_version = 1;
                    CREATE INDEX message_held ON message (held_until, id) WHERE held_until IS NOT NULL
                    """)
            }
            spool.close()
        }
        // A command leaves that to the gateway.
        #expect(throws: SpoolError.self) { try Spool(directory: directory.path, role: .command) }
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        #expect(try spool.held(after: nil, limit: 9).count == 1)
        #expect(try spool.heldPastDeadline(Timestamp(seconds: 100), limit: 9).count == 1)
    }

    @Test func aNoticeLeavesItsRecord() async throws {
        let spool = try Spool(directory: directory.path)
        defer { spool.close() }
        var notice = try TestMail.message(1)
        notice.kind = .notice
        try await TestMail.commit(spool, notice)
        let id = notice.id
        try await TestMail.done { spool.remove(id, $0) }
        #expect(try spool.fates(id).map(\.fate) == [.queued])
        #expect(try spool.latestID() == id)
    }
}
