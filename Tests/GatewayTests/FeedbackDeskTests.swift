import Detection
import Foundation
import Inspection
import Journal
import Logging
import MailTypes
import NIOConcurrencyHelpers
import SluiceConfiguration
import Testing

@testable import Gateway

/// Reports that come back: what is believed, and what is not.
struct FeedbackDeskTests {
    private static let time = Timestamp(seconds: 1_790_000_000)
    private let directory: String
    private let hash = KeyedHash(key: (3, 4))
    private let event: SubmissionEvent
    private let told = NIOLockedValueBox<[DetectionEvent]>([])
    private let desk: FeedbackDesk
    private let book: LessonBook

    init() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("desk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: path.appendingPathComponent("journal"), withIntermediateDirectories: true)
        directory = path.path
        event = SubmissionEvent(
            id: SubmissionID.next(after: nil, at: Self.time), time: Self.time,
            identity: SubmissionIdentity(
                customer: try #require(CustomerID("acme")), server: .v4(0xc000_0201), account: AccountName("joe"),
                evidence: .login), contentLogOdds: 1,
            campaign: CampaignSighting(campaign: CampaignID(rawValue: 9), earlier: 3, firstSeen: Self.time),
            recipients: [1], sender: 2, senderIsBound: true, helo: 3, size: .kib(4),
            thread: ThreadTraits(id: hash.hash(Array("1@acme.example".utf8))))
        let writer = try JournalWriter(directory: directory + "/journal")
        writer.record(.submission(event))
        writer.flush()
        book = LessonBook(stateDirectory: directory)
        let told = told
        desk = FeedbackDesk(
            hash: hash, journal: JournalReader(directory: directory + "/journal"), lessons: book,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { event in told.withLockedValue { $0.append(event) } }
    }

    private func report(
        _ type: String = "abuse", seal: String?, messageID: String = "1@acme.example", below: String = ""
    ) -> [UInt8] {
        let field = seal.map { "\(SubmissionSeal.fieldName): \($0)\r\n" } ?? ""
        return Array(
            """
            From: fbl@big.example\r
            Content-Type: multipart/report; report-type=feedback-report; boundary=b\r
            \r
            --b\r
            Content-Type: message/feedback-report\r
            \r
            Feedback-Type: \(type)\r
            --b\r
            Content-Type: message/rfc822\r
            \r
            \(field)\(below)Message-ID: <\(messageID)>\r
            Subject: Buy\r
            \r
            Buy now, the best watches of all\r
            --b--\r\n
            """.utf8)
    }

    private var seal: String { SubmissionSeal(hash).text(for: event.id) }

    private func take(_ bytes: [UInt8], tags: [String] = []) -> FeedbackDesk.Outcome {
        desk.take(bytes, tags: tags, at: Self.time + .seconds(60))
    }

    @Test func aProvenComplaintCountsAndTeaches() throws {
        #expect(take(report(seal: seal)) == .counted(.complaint, event.id))
        guard case .feedback(let feedback)? = told.withLockedValue({ $0 }).first else {
            Issue.record("nothing was told")
            return
        }
        #expect(feedback.identity == event.identity && feedback.campaign == CampaignID(rawValue: 9))
        #expect(feedback.reporter == DomainName("big.example"))
        let lesson = try #require(try book.take().first.flatMap { Lesson(decoding: $0) })
        #expect(lesson.isSpam && lesson.teacher == .complaint && lesson.id == event.id)
        // Said again and again it counts no more.
        for _ in 0..<10 { _ = take(report(seal: seal)) }
        #expect(told.withLockedValue { $0.count } == 3)
        #expect(take(report(seal: seal)) == .spent)
    }

    @Test func whatIsNotOursIsNotBelieved() throws {
        let other = SubmissionSeal(KeyedHash(key: (3, 5))).text(for: event.id)
        let made = "\(event.id)-0000000000000"
        for forged in [nil, other, made, "\(event.id)", "", "x"] {
            #expect(take(report(seal: forged)) == .unproven)
        }
        // A real seal of another message, put below ours by the sender: the topmost counts.
        #expect(
            take(report(seal: made, below: "\(SubmissionSeal.fieldName): \(seal)\r\n")) == .unproven)
        // A seal of ours about what the journal does not have.
        let gone = SubmissionSeal(hash).text(for: SubmissionID(rawValue: event.id.rawValue + 1))
        #expect(take(report(seal: gone)) == .spent)
        #expect(told.withLockedValue { $0.isEmpty })
        #expect(try book.take().isEmpty)
    }

    @Test(arguments: ["not-spam", "opt-out", "auth-failure"])
    func notEveryReportIsAComplaint(type: String) {
        #expect(take(report(type, seal: seal)) == .noted)
        #expect(told.withLockedValue { $0.isEmpty })
    }

    @Test func anotherTextUnderARightSealTeachesNothing() throws {
        #expect(take(report(seal: seal, messageID: "other@acme.example")) == .counted(.complaint, event.id))
        #expect(try book.take().isEmpty)
    }

    @Test(arguments: [("5.1.1", true), ("5.7.1", false)])
    func bouncesFindTheirSubmissionByTheirAddress(status: String, isUnknown: Bool) {
        let bytes = Array(
            """
            From: mailer-daemon@big.example\r
            Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
            \r
            --b\r
            Content-Type: message/delivery-status\r
            \r
            Reporting-MTA: dns; mx.big.example\r
            \r
            Final-Recipient: rfc822; a@big.example\r
            Action: failed\r
            Status: \(status)\r
            --b--\r\n
            """.utf8)
        #expect(take(bytes) == .unproven)
        #expect(take(bytes, tags: [seal]) == (isUnknown ? .counted(.bounce, event.id) : .refused(event.id)))
        #expect(told.withLockedValue { $0.count } == 1)
    }

    @Test func whatIsNoReportIsRefused() {
        #expect(take(Array("Subject: hello\r\n\r\nhello\r\n".utf8)) == .notReport)
        #expect(FeedbackIntake.reply(.notReport).code == .mailboxUnavailable)
    }
}
