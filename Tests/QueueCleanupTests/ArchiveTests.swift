import Foundation
import MTAControl
import MailTypes
import Testing

@testable import QueueCleanup

@Suite struct ArchiveTests {
    static let contents = [
        "Subject: a\n\nbody\n", "Subject: a\n\nno end", "", "\n", "From me\n>From you\n>>From them\nFromage\n",
        "a\r\nb\rc\n\n\n",
        "Subject: nul\n\n\u{0}\u{1}\u{7f}\n", ">From ", "Subject: dots\n\n.\n..\n...\n",
    ]

    static func archive(_ queue: FakeQueue, to folder: String) throws -> ArchiveWriter {
        let writer = try ArchiveWriter(
            folder, head: .init(mta: .postfix, queue: "fake", host: "h", created: "now", by: "me"))
        for message in queue.messages.values.sorted(by: { $0.id < $1.id }) {
            let identity = MessageIdentity(message)
            if writer.holds(message.id, identity) { continue }
            try writer.add(message, identity: identity, group: "g1", subject: "s", fingerprint: nil)
        }
        return writer
    }

    @Test func everyByteComesBack() throws {
        let folder = try TestFolder()
        let queue = FakeQueue()
        for (number, text) in Self.contents.enumerated() { queue.add(number, text) }
        try Self.archive(queue, to: folder.path + "/a/b").finish()
        let archive = try QueueArchive(folder.path + "/a/b")
        #expect(archive.isWhole)
        var back: [String?] = []
        try archive.read { _, content in back.append(content.map { String(decoding: $0, as: UTF8.self) }) }
        #expect(back == Self.contents)
        #expect(archive.messages.first?.recipients == ["r0@x.example"])
        #expect(archive.messages.first?.delivered == ["done@x.example"])
    }

    /// gzip and any mail program read it.
    @Test func itIsAnOrdinaryMbox() async throws {
        let folder = try TestFolder()
        let queue = FakeQueue()
        for number in 0..<1200 { queue.add(number, "Subject: \(number)\n\nFrom here\n") }
        try Self.archive(queue, to: folder.path + "/a").finish()
        let path = folder.path + "/a/messages.mbox.gz"
        let result = try await blocking { try Program("/bin/gzip").run(["-dc", path], seconds: 120) }
        let text = String(decoding: result.output, as: UTF8.self)
        #expect(result.status == 0)
        #expect(text.split(separator: "\n").count { $0.hasPrefix("From a@b.example Thu Jan  1 00:") } == 1200)
        #expect(text.split(separator: "\n").count { $0 == ">From here" } == 1200)
    }

    /// Cut at any point of writing, what is there is read, and the next run makes it whole.
    @Test(arguments: [0, 1, 10, 50, 90, 99])
    func aCutArchiveIsGoneOnWith(_ percent: Int) throws {
        let folder = try TestFolder()
        let queue = FakeQueue()
        for number in 0..<1100 { queue.add(number, "Subject: \(number)\n\nbody \(number)\n") }
        let path = folder.path + "/a"
        try Self.archive(queue, to: path).flush()
        for file in ["messages.mbox.gz", "manifest.jsonl"] {
            let bytes = try #require(FileManager.default.contents(atPath: path + "/" + file))
            // The messages are on the disk before the lines that name them: never less of them.
            let share = file == "manifest.jsonl" ? percent : 100
            try Data(bytes.prefix(bytes.count * share / 100)).write(to: URL(fileURLWithPath: path + "/" + file))
        }
        try Self.archive(queue, to: path).finish()
        let archive = try QueueArchive(path)
        var whole = 0
        try archive.read { message, content in
            #expect(content == queue.messages[message.id]?.content)
            whole += 1
        }
        #expect(whole == 1100)
        #expect(archive.isWhole)
    }

    @Test func damageIsFoundBeforeAnythingIsDeleted() throws {
        let folder = try TestFolder()
        let queue = FakeQueue()
        for number in 0..<20 { queue.add(number, "Subject: \(number)\n\nbody \(number)\n") }
        let writer = try Self.archive(queue, to: folder.path)
        try writer.flush()
        let path = folder.path + "/messages.mbox.gz"
        var bytes = try #require(FileManager.default.contents(atPath: path))
        bytes[bytes.count / 2] ^= 0xff
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(throws: CleanupError.self) { try writer.finish() }
        #expect(try !QueueArchive(folder.path).isWhole)
    }

    @Test(arguments: [
        "", "{}\n", "nonsense\n",
        "{\"archive\":{\"version\":9,\"mta\":\"postfix\",\"queue\":\"q\",\"host\":\"h\",\"created\":\"c\",\"by\":\"b\"}}\n",
        "{\"segment\":{\"start\":0,\"end\":9,\"bytes\":1,\"messages\":5}}\n",
    ])
    func strangeManifestsAreRefused(_ text: String) throws {
        let folder = try TestFolder()
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/manifest.jsonl"))
        #expect(throws: CleanupError.self) { try QueueArchive(folder.path) }
    }

    @Test func anotherQueuesArchiveIsNotGoneOnWith() throws {
        let folder = try TestFolder()
        try Self.archive(FakeQueue(), to: folder.path).finish()
        #expect(throws: CleanupError.self) {
            try ArchiveWriter(folder.path, head: .init(mta: .exim, queue: "x", host: "h", created: "now", by: "me"))
        }
    }

    @Test func linesGoOutWithDotsDoubled() {
        let wire = SMTPInjector.dotted(Array(".a\n..\nb\r\nc".utf8))
        #expect(String(decoding: wire, as: UTF8.self) == "..a\r\n...\r\nb\r\nc\r\n.\r\n")
        #expect(
            String(decoding: SMTPInjector.dotted([]), as: UTF8.self) == "\r\n.\r\n"
                || SMTPInjector.dotted([]) == Array(".\r\n".utf8))
    }

    @Test(arguments: ["a\r\nRCPT TO:<b>", "a>", "<a", "a\u{0}b", ""])
    func hostileAddressesGoNowhere(_ address: String) {
        #expect(throws: CleanupError.self) { try InjectedAddress.check(address, isSender: false) }
    }
}
