import ControlStore
import Detection
import Enforcement
import Foundation
import Journal
import Logging
import MailTypes
import NIOPosix
import Testing

@testable import Gateway

/// From a real journal into the case.
struct DamageKeeperTests {
    private static let time = Timestamp(seconds: 1_795_000_000)

    private func event(_ number: Int64, _ account: String) throws -> (DetectionEvent, DetectionEvent) {
        let identity = SubmissionIdentity(
            customer: try #require(CustomerID(account)), server: try #require(IPAddress("192.0.2.1")),
            account: AccountName(account), evidence: .login)
        let id = SubmissionID(rawValue: number)
        return (
            .submission(
                SubmissionEvent(
                    id: id, time: Self.time, identity: identity, contentLogOdds: 5, campaign: nil, recipients: [1],
                    sender: 1, senderIsBound: true, helo: 1, size: ByteCount(100))),
            .outcome(
                OutcomeEvent(
                    id: id, time: Self.time, identity: identity, campaign: nil, result: .delivered,
                    receiver: DomainName("big.example")))
        )
    }

    @Test func theJournalSaysWhatGotOut() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("damage-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: directory + "/journal", withIntermediateDirectories: true)
        let control = try ControlDatabase(directory: directory)
        let workers = NIOThreadPool(numberOfThreads: 1)
        workers.start()
        let journal = try JournalWriter(directory: directory + "/journal")
        var cases: [CaseID] = []
        for account in ["joe", "ann"] {
            let source = SourceID.account(try #require(AccountName(account)), try #require(CustomerID(account)))
            cases.append(
                try control.stop(
                    .init(source: source, reason: "spam", certainty: .confirmed, author: .detector), at: Self.time
                ).incident.id)
        }
        for number in 0..<5 as Range<Int64> {
            let (submission, outcome) = try event(number + 1, number < 3 ? "joe" : "ann")
            journal.record(submission)
            journal.record(outcome)
        }
        let keeper = DamageKeeper(
            control: control, journal: JournalReader(directory: directory + "/journal"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            blocking: CaseKeeper.Blocking(pool: workers), flush: { journal.flush() })
        await keeper.look(at: Self.time + .seconds(10))
        #expect(try cases.map { try control.damage(of: $0)?.suspect } == [3, 2])
        #expect(try control.damage(of: cases[0])?.receivers.first?.domain == DomainName("big.example"))
        // Later answers are counted when it is time again.
        let (submission, outcome) = try event(9, "joe")
        journal.record(submission)
        journal.record(outcome)
        await keeper.look(at: Self.time + .seconds(20))
        #expect(try control.damage(of: cases[0])?.messages == 3)
        await keeper.look(at: Self.time + .seconds(120))
        #expect(try control.damage(of: cases[0])?.messages == 4)
        try await workers.shutdownGracefully()
        try control.close()
        try FileManager.default.removeItem(atPath: directory)
    }
}
