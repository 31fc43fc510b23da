import Detection
import Foundation
import MailTypes
import Testing

@testable import Journal

struct JournalTests {
    private let directory: String

    init() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("journal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        directory = path.path
    }

    private static func events(_ count: Int) throws -> [DetectionEvent] {
        let customer = try #require(CustomerID("acme"))
        let account = try #require(AccountName("joe@acme.example"))
        return try (0..<count).map { number in
            let time = Timestamp(seconds: 1_790_000_000 + Int64(number))
            let server = try #require(IPAddress(number % 2 == 0 ? "192.0.2.1" : "2001:db8::7"))
            let identity = SubmissionIdentity(
                customer: customer, server: server, account: number % 3 == 0 ? nil : account, evidence: .header)
            let id = SubmissionID(rawValue: Int64(number))
            switch number % 5 {
            case 0, 1:
                return .submission(
                    SubmissionEvent(
                        id: id, time: time, identity: identity, contentLogOdds: -1.25,
                        campaign: number % 2 == 0
                            ? CampaignSighting(campaign: CampaignID(rawValue: 7), earlier: 3, firstSeen: time) : nil,
                        recipients: (0..<UInt64(number % 7)).map { $0 &* 77 }, sender: 5,
                        senderIsBound: number % 2 == 0,
                        helo: 9, size: .kib(4), senderDomain: 11,
                        client: ClientTraits(
                            program: 1, zone: number % 2 == 0 ? -330 : nil, format: .alternative, from: 2, fromName: 3),
                        thread: ThreadTraits(id: 8, repliesTo: [1, 2]), links: [4, 5], bulk: .oneClick, listed: 0.5))
            case 2:
                return .outcome(
                    OutcomeEvent(
                        id: id, time: time, identity: identity, campaign: CampaignID(rawValue: 3),
                        result: .policyRefusal, receiver: number % 2 == 0 ? DomainName("big.example") : nil))
            case 3:
                return .login(
                    LoginEvent(
                        time: time, customer: customer, account: account, address: server,
                        succeeded: number % 2 == 0, autonomousSystem: 64_496, country: 0x4445))
            default:
                if number % 3 == 0 { return .returned(ReturnedEvent(id: id, time: time, message: 99)) }
                return number % 2 == 0
                    ? .feedback(
                        FeedbackEvent(
                            id: id, time: time, identity: identity, campaign: nil, kind: .foundSpam,
                            reporter: DomainName("big.example")))
                    : .reinstatement(.account(account, customer), time)
            }
        }
    }

    private static func withoutNames(_ event: DetectionEvent) -> DetectionEvent? {
        switch event {
        case .outcome(var outcome) where outcome.receiver != nil:
            outcome.receiver = nil
            return .outcome(outcome)
        case .feedback(var feedback) where feedback.reporter != nil:
            feedback.reporter = nil
            return .feedback(feedback)
        default: return nil
        }
    }

    @Test func onlyTheTimeAskedForIsRead() throws {
        var limits = JournalWriter.Limits()
        limits.segmentBytes = 4096
        let writer = try JournalWriter(directory: directory, limits: limits)
        let customer = try #require(CustomerID("acme"))
        let account = try #require(AccountName("joe"))
        func time(_ day: Int) -> Timestamp { Timestamp(seconds: 1_790_000_000 + Int64(day) * 86_400) }
        for day in 0..<200 {
            for _ in 0..<5 {
                writer.record(
                    .login(
                        LoginEvent(
                            time: time(day), customer: customer, account: account, address: .v4(7), succeeded: true)))
            }
            writer.flush()
        }
        let segments = try JournalFiles.numbers(in: directory).count
        #expect(segments > 5)
        var days: [Timestamp] = []
        var shares: [Double] = []
        try JournalReader(directory: directory).forEach(
            since: time(100), until: time(110), progress: { shares.append($0) }
        ) { days.append($0.time) }
        #expect(days.count == 55 && days.first == time(100) && days.last == time(110))
        // Its own segments, and one on either side.
        #expect(shares.count < segments / 2)
        var all = 0
        try JournalReader(directory: directory).forEach { _ in all += 1 }
        #expect(all == 1000)
    }

    @Test func aSubmissionIsFoundByItsNumber() throws {
        var limits = JournalWriter.Limits()
        limits.segmentBytes = 4096
        let writer = try JournalWriter(directory: directory, limits: limits)
        let customer = try #require(CustomerID("acme"))
        var events: [SubmissionEvent] = []
        for number in 0..<200 {
            let time = Timestamp(seconds: 1_790_000_000 + Int64(number) * 86_400)
            let event = SubmissionEvent(
                id: SubmissionID.next(after: nil, at: time), time: time,
                identity: SubmissionIdentity(customer: customer, server: .v4(1), account: nil, evidence: .address),
                contentLogOdds: 0, campaign: nil, recipients: [], sender: 0, senderIsBound: true, helo: 0, size: .kib(1)
            )
            events.append(event)
            writer.record(.submission(event))
            if number % 20 == 0 { writer.flush() }
        }
        writer.flush()
        let reader = JournalReader(directory: directory)
        for number in [0, 1, 100, 199] { #expect(try reader.submission(events[number].id) == events[number]) }
        #expect(try reader.submission(SubmissionID(rawValue: events[100].id.rawValue + 1)) == nil)
        #expect(try reader.submission(SubmissionID(rawValue: 5)) == nil)
    }

    private func read() throws -> [DetectionEvent] {
        var events: [DetectionEvent] = []
        try JournalReader(directory: directory).forEach { events.append($0) }
        return events
    }

    @Test func everyKindComesBackAsItWas() throws {
        let events = try Self.events(200)
        let writer = try JournalWriter(directory: directory)
        for event in events { writer.record(event) }
        writer.flush()
        #expect(writer.lost == 0 && writer.failure == nil)
        #expect(try read() == events)
    }

    @Test func codingIsExactAndRefusesWhatItDidNotWrite() throws {
        for event in try Self.events(20) {
            let bytes = EventCoding.encode(event)
            #expect(EventCoding.decode(bytes[...]) == event)
            // A name at the end is one that older journals do not have; the record's own checksum finds a cut.
            for count in 0..<bytes.count {
                let cut = EventCoding.decode(bytes[..<count])
                #expect(cut == nil || cut == Self.withoutNames(event))
            }
            #expect(EventCoding.decode((bytes + [0])[...]) == nil)
        }
    }

    @Test(arguments: [1, 7, 60, 200])
    func aTornTailIsCutOffAndTheRestGoesOn(cut: Int) throws {
        let events = try Self.events(50)
        let writer = try JournalWriter(directory: directory)
        for event in events { writer.record(event) }
        writer.flush()
        let path = "\(directory)/\(JournalFiles.name(1))"
        let whole = try JournalFiles.read(path)
        try Data(whole.dropLast(cut)).write(to: URL(fileURLWithPath: path))
        let left = try read()
        #expect(left.count < events.count && left == Array(events.prefix(left.count)))
        let again = try JournalWriter(directory: directory)
        again.record(events[0])
        again.flush()
        #expect(try read() == left + [events[0]])
    }

    @Test func aDamagedRecordEndsItsSegment() throws {
        let events = try Self.events(50)
        let writer = try JournalWriter(directory: directory)
        for event in events { writer.record(event) }
        writer.flush()
        let path = "\(directory)/\(JournalFiles.name(1))"
        let whole = try JournalFiles.read(path)
        for position in stride(from: 12, to: whole.count, by: 101) {
            var bytes = whole
            bytes[position] ^= 0x20
            var seen: [DetectionEvent] = []
            _ = Segment.read(bytes) { seen.append($0) }
            #expect(seen.count < events.count && seen == Array(events.prefix(seen.count)))
        }
    }

    @Test func segmentsRotateAndTheOldestGo() throws {
        var limits = JournalWriter.Limits()
        limits.segmentBytes = 4096
        limits.totalBytes = 16_384
        let events = try Self.events(400)
        let writer = try JournalWriter(directory: directory, limits: limits)
        for event in events {
            writer.record(event)
            writer.flush()
        }
        let left = try read()
        #expect(left.count > 20 && left.count < events.count)
        #expect(left == Array(events.suffix(left.count)))
        #expect(try JournalFiles.numbers(in: directory).count <= 5)
        #expect(try JournalFiles.numbers(in: directory).first != 1)
    }

    @Test func whatDoesNotFitInMemoryIsCounted() throws {
        var limits = JournalWriter.Limits()
        limits.waitingBytes = 300
        let writer = try JournalWriter(directory: directory, limits: limits)
        for event in try Self.events(50) { writer.record(event) }
        #expect(writer.lost > 0)
    }

    @Test func aDirectoryThatIsNoneIsAnError() {
        #expect(throws: JournalError.self) { try JournalWriter(directory: directory + "/none") }
        #expect(throws: JournalError.self) { try JournalReader(directory: directory + "/none").forEach { _ in } }
    }
}
