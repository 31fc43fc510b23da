import Detection
import Enforcement
import Foundation
import GRDB
import Logging
import MailTypes
import NIOConcurrencyHelpers
import Spool
import Testing

@testable import ControlStore
@testable import Response

/// A gateway without sockets: a real spool and a real control database in a directory of their own, and a clock that the
/// test turns.
final class TestWorld: Sendable {
    static let start = Timestamp(seconds: 1_795_000_000)

    let path: String
    let spool: Spool
    let control: ControlDatabase
    let responder: Responder
    let acme: CustomerID
    let joe: SourceID
    private let seen: NIOLockedValueBox<Seen>

    struct Seen: Sendable {
        var now = TestWorld.start
        var last: SubmissionID?
        var lifted: [SourceID] = []
        var stopped: [Stop] = []
        /// What the relay was given.
        var spooled: [SubmissionID] = []
    }

    /// - Parameter path: the directory of a world that has ended.
    init(path: String? = nil, maximumSize: ByteCount = .mib(100), _ change: (inout ResponseSettings) -> Void = { _ in })
        throws
    {
        let directory = try path ?? Self.makeDirectory()
        self.path = directory
        acme = try #require(CustomerID("acme"))
        joe = .account(try #require(AccountName("joe")), acme)
        spool = try Spool(directory: directory, settings: .init(maximumSize: maximumSize))
        control = try ControlDatabase(directory: directory)
        var seen = Seen()
        seen.last = try spool.latestID()
        let box = NIOLockedValueBox(seen)
        self.seen = box
        var settings = ResponseSettings()
        settings.sender = .init(
            address: try #require(EmailAddress("abuse@relay.example.net")),
            hostname: try #require(DomainName("relay.example.net")))
        settings.operators = [EmailAddress("night@relay.example.net")].compactMap(\.self)
        settings.contacts[acme] = .init(
            name: "Acme Ltd", addresses: [EmailAddress("it@acme.example")].compactMap(\.self))
        settings.baseURL = "https://sluice.example.net"
        change(&settings)
        responder = try Responder(
            control: control, spool: spool, settings: settings,
            callbacks: .init(
                lifted: { source in box.withLockedValue { $0.lifted.append(source) } },
                stopped: { stop in box.withLockedValue { $0.stopped.append(stop) } },
                spooled: { message, _ in box.withLockedValue { $0.spooled.append(message.id) } },
                nextID: { time in
                    box.withLockedValue { seen in
                        let id = SubmissionID.next(after: seen.last, at: time)
                        seen.last = id
                        return id
                    }
                }, now: { box.withLockedValue { $0.now } }), logger: Logger(label: "test"))
    }

    static func makeDirectory() throws -> String {
        var template = Array((NSTemporaryDirectory() + "response-XXXXXX").utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.flatMap { mkdtemp($0) } }
        return String(cString: try #require(made))
    }

    var now: Timestamp { seen.withLockedValue { $0.now } }
    var lifted: [SourceID] { seen.withLockedValue { $0.lifted } }
    var stopped: [Stop] { seen.withLockedValue { $0.stopped } }
    var spooled: [SubmissionID] { seen.withLockedValue { $0.spooled } }

    func wait(_ time: Duration) { seen.withLockedValue { $0.now = $0.now + time } }

    /// Until all that was asked for is on the disk.
    func settle() throws {
        for _ in 0..<3 {
            responder.flush()
            _ = try spool.act(.release, onHeld: [], author: "", at: now)
        }
        responder.flush()
    }

    func tick() throws {
        responder.tick(at: now)
        try settle()
    }

    /// Ends as the gateway does.
    func close(removes: Bool = true) {
        responder.close()
        spool.close()
        try? control.close()
        if removes { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Does something to the control database that no function does.
    func execute(_ sql: String) throws { try control.pool.writeWithoutTransaction { try $0.execute(sql: sql) } }

    // MARK: - Mail

    func identity(_ account: String = "joe") throws -> SubmissionIdentity {
        SubmissionIdentity(
            customer: acme, server: try #require(IPAddress("192.0.2.1")), account: AccountName(account),
            evidence: .login)
    }

    func submission(
        _ account: String = "joe", to recipient: UInt64 = 1, logOdds: Double = 5, campaign: UInt64? = nil,
        subject: String = "Your invoice", text: String = "Pay at http://evil.example/now today.", date: Timestamp? = nil
    ) throws -> JudgedSubmission {
        let (time, id) = seen.withLockedValue { seen in
            let id = SubmissionID.next(after: seen.last, at: seen.now)
            seen.last = id
            return (seen.now, id)
        }
        return JudgedSubmission(
            event: SubmissionEvent(
                id: id, time: time, identity: try identity(account), contentLogOdds: logOdds,
                campaign: campaign.map {
                    CampaignSighting(campaign: CampaignID(rawValue: $0), earlier: 3, firstSeen: time)
                }, recipients: [recipient], sender: 1, senderIsBound: true, helo: 1, size: ByteCount(100)),
            header: Array(
                ("Subject: \(subject)\r\nFrom: joe@acme.example\r\n" + (date.map { "Date: \($0.rfc5322)\n" } ?? ""))
                    .utf8), text: Array(text.utf8))
    }

    /// Judges a submission and commits it as held, as the intake does.
    @discardableResult
    func hold(_ submission: JudgedSubmission, stop: SourceID? = nil, committed: Bool = true) async throws
        -> SubmissionID
    {
        let event = submission.event
        let evidence = Evidence(.campaign, logOdds: 4, "38 messages of one campaign in 2 minutes to 37 new recipients")
        let verdict = Verdict(
            .hold, evidence: [evidence], logOdds: event.contentLogOdds, campaign: event.campaign?.campaign, stop: stop)
        let caseID = responder.record(verdict, of: submission)
        if committed { try await commit(event, caseID: caseID) }
        return event.id
    }

    func commit(_ event: SubmissionEvent, caseID: CaseID?) async throws {
        var envelope = Envelope(sender: .mailbox(try #require(EmailAddress("joe@acme.example"))))
        envelope.recipients = [.init(address: try #require(EmailAddress("friend@elsewhere.example")))]
        let message = SpooledMessage(
            id: event.id, kind: .submission, identity: event.identity, envelope: envelope, size: ByteCount(3),
            chunkCount: 1, received: event.time, state: .held(until: event.time + .seconds(1_000_000)),
            action: .hold, logOdds: event.contentLogOdds, campaign: event.campaign?.campaign, reasons: "because",
            caseID: caseID, expires: event.time + .seconds(1_000_000))
        let spool = spool
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            spool.commit(message, chunks: [[1, 2, 3]]) { continuation.resume(with: $0.mapError { $0 as any Error }) }
        }
    }

    /// Our own messages in the spool, in the order of their coming.
    func letters() throws -> [Letter] {
        try spool.queued(after: nil, limit: 10_000).filter { $0.kind == .notice }.map { message in
            let bytes = try (0..<message.chunkCount).flatMap { try spool.chunk(message.id, index: $0) ?? [] }
            return Letter(message: message, bytes: bytes)
        }
    }

    struct Letter {
        var message: SpooledMessage
        var bytes: [UInt8]

        var to: String { message.envelope.recipients.first?.address.description ?? "" }
    }
}
