import ContentAnalysis
import MTAControl
import MailTypes
import Testing

@testable import QueueCleanup

@Suite struct GroupingTests {
    static func queue(_ letters: [Letters.Letter]) -> FakeQueue {
        let queue = FakeQueue()
        for (number, letter) in letters.enumerated() { queue.add(number, letter.text, sender: letter.sender) }
        return queue
    }

    static func kinds(_ group: MessageGroup, _ scan: QueueScan, _ letters: [Letters.Letter]) -> Set<Letters.Kind> {
        Set(
            scan.messages(of: group).compactMap { message in
                Int(message.id.description.dropFirst(5)).map { letters[$0 - 10_000].kind }
            })
    }

    static func scan(_ queue: FakeQueue, after record: ScanRecord? = nil) async throws -> QueueScan {
        let queue = queue
        return try await blocking { QueueScan(try QueueSurvey(queue, model: try ContentModel.seed()), after: record) }
    }

    /// Whole campaigns in one group each, and no good message among them: neither the complaint that quotes the spam, nor the
    /// newsletter that the spam copies.
    @Test func campaignsAreFoundWholeAndAlone() async throws {
        var maker = Letters(seed: 3)
        let letters = maker.mix(420)
        let scan = try await Self.scan(Self.queue(letters))
        let large = scan.groups.filter { $0.members.count >= 60 }
        #expect(large.count == 3)
        for group in large {
            let kinds = Self.kinds(group, scan, letters)
            #expect(kinds.count == 1 && kinds.allSatisfy(\.isSpam), "\(group.name): \(kinds)")
            #expect(group.members.count == letters.count { kinds.contains($0.kind) })
            #expect(group.verdict != .good)
        }
        for group in scan.groups where !Self.kinds(group, scan, letters).allSatisfy(\.isSpam) {
            #expect(group.verdict != .spam, "\(group.name): \(Self.kinds(group, scan, letters))")
        }
    }

    /// A day later much of the queue has left and more has come: groups keep their names, and marks hold.
    @Test func namesAndMarksStay() async throws {
        var maker = Letters(seed: 5)
        let letters = maker.mix(300)
        let queue = Self.queue(letters)
        let first = try await Self.scan(queue)
        var record = ScanRecord(first, queue: "fake", after: nil)
        record.marks["g2"] = .spam
        let before = Dictionary(
            uniqueKeysWithValues: first.groups.prefix(3).map { ($0.name, Self.kinds($0, first, letters)) })
        for number in 0..<100 { queue.messages[try #require(QueueID("QUEUE\(10_000 + number)"))] = nil }
        let second = try await Self.scan(queue, after: record)
        for (name, kinds) in before {
            let group = try #require(second.group(named: name))
            #expect(Self.kinds(group, second, letters) == kinds)
        }
        #expect(second.group(named: "g2")?.standing == .spam)
    }

    @Test func whatCannotBeReadIsTold() async throws {
        let queue = Self.queue([])
        queue.problems = ["3 damaged messages"]
        let scan = try await Self.scan(queue)
        #expect(!scan.survey.isWhole)
        var sought = CaseFingerprints()
        try sought.add(lines: "# of the case\n" + String(repeating: "ab", count: 32) + "\n")
        let statement = QueueStatement(scan, queue: "fake", fingerprints: sought, author: "me")
        #expect(statement.result == .unknown)
        #expect(statement.evidence.contains { $0.contains("3 damaged messages") })
    }

    @Test func theStatementFindsNearCopiesAndTakesMarks() async throws {
        var maker = Letters(seed: 9)
        let spam = (0..<30).map { _ in maker.letter(.bank) }
        let scan = try await Self.scan(Self.queue(spam))
        let centre = try #require(scan.groups.first?.centre)
        var sought = CaseFingerprints()
        try sought.add(lines: centre.text)
        let later = (0..<20).map { _ in maker.letter(.realBank) } + (0..<5).map { _ in maker.letter(.letter) }
        let queue = Self.queue(later)
        let look = try await Self.scan(queue)
        let statement = QueueStatement(look, queue: "fake", fingerprints: sought, author: "me")
        #expect(statement.result == .fail)
        #expect(statement.matchingCount == 20)
        var record = ScanRecord(look, queue: "fake", after: nil)
        record.marks[look.groups[0].name] = .good
        let marked = QueueStatement(
            try await Self.scan(queue, after: record), queue: "fake", fingerprints: sought, author: "me")
        #expect(marked.result == .pass)
        #expect(marked.markedGood == 20)
        #expect(marked.evidence.contains { $0.contains("marked as good by me") })
    }

    @Test(arguments: ["xyz", "abcd", String(repeating: "g", count: 64), String(repeating: "0", count: 255)])
    func strangeFingerprintsAreRefused(_ line: String) {
        var sought = CaseFingerprints()
        #expect(throws: CleanupError.self) { try sought.add(lines: line) }
    }

    @Test func nothingChosenIsNothing() async throws {
        var maker = Letters(seed: 1)
        let scan = try await Self.scan(Self.queue(maker.mix(40)))
        #expect(QueueSelection().chosen(from: scan).isEmpty)
        var selection = QueueSelection()
        selection.everything = true
        #expect(selection.chosen(from: scan).count == 40)
        selection = QueueSelection()
        selection.senders = ["promo@shop.example"]
        let chosen = selection.chosen(from: scan)
        #expect(!chosen.isEmpty && chosen.allSatisfy { scan.survey.messages[$0].sender == "promo@shop.example" })
        selection.standings = [.good]
        #expect(selection.chosen(from: scan).isEmpty)
    }

    /// Control bytes of terminals and markup in a subject do not come out.
    @Test func subjectsAreHarmless() async throws {
        let queue = FakeQueue()
        queue.add(
            0, "Subject: \u{1b}]0;x\u{7}=?utf-8?q?=1b[31mred=00?=\nX-PHP-Originating-Script: 33:\u{1b}[2Ja.php\n\nhi\n")
        let scan = try await Self.scan(queue)
        let message = try #require(scan.survey.messages.first)
        #expect(!message.subject.unicodeScalars.contains { $0.value < 0x20 })
        #expect(message.origin.script == "33:?[2Ja.php")
    }
}
