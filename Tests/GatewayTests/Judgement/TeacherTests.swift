import ContentAnalysis
import Detection
import Foundation
import Inspection
import Journal
import Logging
import MailTypes
import MessageFormat
import NIOConcurrencyHelpers
import Spool
import Testing

@testable import Gateway

/// From held mail in a real spool to a model that knows better.
struct TeacherTests {
    private static let time = Timestamp(seconds: 1_790_000_000)
    private let directory: String
    private let spool: Spool
    private let teacher: Teacher
    private let identity: SubmissionIdentity
    private let envelope: Envelope

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("teacher-\(UUID().uuidString)").path
        spool = try Spool(directory: directory)
        teacher = Teacher(stateDirectory: directory, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        identity = SubmissionIdentity(
            customer: try #require(CustomerID("acme")), server: .v4(0xc000_0201), account: AccountName("joe"),
            evidence: .login)
        envelope = Envelope(
            sender: .mailbox(try #require(EmailAddress("joe@acme.example"))),
            recipients: [.init(address: try #require(EmailAddress("ann@b.example")))])
    }

    private static let text =
        "From: joe@acme.example\r\nSubject: Allotments\r\n\r\nThe allotment association waters its tomatoes on Tuesdays\r\n"

    /// Puts a message into the spool, as the gateway does: its own fields on top.
    private func keep(_ number: Int64, held: Bool, _ text: String = Self.text, chunkBytes: Int = 4096) async throws
        -> SubmissionID
    {
        let id = SubmissionID(rawValue: number)
        let content = Array(
            "Received: from x by y\r\n with ESMTP\r\n\(SubmissionSeal.fieldName): 1-2\r\n\(text)".utf8)
        let chunks = stride(from: 0, to: content.count, by: chunkBytes).map {
            Array(content[$0..<min($0 + chunkBytes, content.count)])
        }
        let message = SpooledMessage(
            id: id, kind: .submission, identity: identity, envelope: envelope, size: ByteCount(content.count),
            chunkCount: chunks.count, received: Self.time,
            state: held ? .held(until: Self.time + .seconds(86_400)) : .queued, campaign: CampaignID(rawValue: 5),
            expires: Self.time + .seconds(432_000))
        let spool = spool
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            spool.commit(message, chunks: chunks) { done.resume(with: $0.mapError { $0 as any Error }) }
        }
        return id
    }

    private static func score(_ scoring: some ContentScoring, _ text: String = Self.text) -> Double {
        scoring.logOdds(ContentSample(MessageReader.read(Array(text.utf8))))
    }

    @Test(arguments: [4096, 37])
    func whatAPersonSaysOfHeldMailIsLearnt(chunkBytes: Int) async throws {
        let model = LearningModel(try ContentModel.seed())
        let inspector = Inspector(scoring: model, policy: DetectionPolicy(), hashKey: (1, 2))
        let id = try await keep(1, held: true, chunkBytes: chunkBytes)
        #expect(teacher.note([id], in: spool, isSpam: true, teacher: .operator, at: Self.time) == 1)
        let before = Self.score(model)
        teacher.teach(model, inspector)
        #expect(Self.score(model) > before)
        let remembered = teacher.remembered()
        #expect(remembered.map(\.id) == [id] && remembered.first?.campaign == CampaignID(rawValue: 5))
        // The gateway's own hand is no part of what was learnt: it is as if the text itself had been the lesson.
        let direct = ContentFeatures(ContentSample(MessageReader.read(Array(Self.text.utf8))))
        #expect(remembered.first?.features.encoded == direct.encoded)
        // It is taken once.
        let after = Self.score(model)
        teacher.teach(model, inspector)
        #expect(Self.score(model) == after)
        spool.close()
    }

    @Test func onlyHeldMailThatIsThereTeaches() async throws {
        let queued = try await keep(1, held: false)
        #expect(
            teacher.note(
                [queued, SubmissionID(rawValue: 99)], in: spool, isSpam: true, teacher: .operator, at: Self.time) == 0)
        #expect(try teacher.book.take().isEmpty)
        spool.close()
    }

    @Test func oneActTeachesSoMuchAndNoMore() async throws {
        let id = try await keep(1, held: true)
        let many = Array(repeating: id, count: 500)
        #expect(teacher.note(many, in: spool, isSpam: false, teacher: .customer, at: Self.time) == 200)
        // The same message is one lesson, the last word of it.
        #expect(try teacher.book.take().count == 1)
        spool.close()
    }

    @Test func aLargeMessageIsReadInPart() async throws {
        let id = try await keep(
            1, held: true, Self.text + String(repeating: "word \r\n", count: 150_000), chunkBytes: 60_000)
        #expect(teacher.note([id], in: spool, isSpam: true, teacher: .incident, at: Self.time) == 1)
        spool.close()
    }
}
