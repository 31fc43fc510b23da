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

    static let forms = ArchiveForm.Layout.allCases.flatMap { layout in
        ArchiveForm.Compression.allCases.map { ArchiveForm(layout: layout, compression: $0) }
    }

    static func archive(_ queue: FakeQueue, to folder: String, _ form: ArchiveForm = .standard) throws -> ArchiveWriter
    {
        let writer = try ArchiveWriter(
            folder, head: .init(mta: .postfix, queue: "fake", host: "h", created: "now", by: "me", form: form))
        for message in queue.messages.values.sorted(by: { $0.id < $1.id }) {
            let identity = MessageIdentity(message)
            if writer.holds(message.id, identity) { continue }
            try writer.add(message, identity: identity, group: "g1", subject: "s", fingerprint: nil)
        }
        return writer
    }

    @Test(arguments: forms) func everyByteComesBack(_ form: ArchiveForm) throws {
        let folder = try TestFolder()
        let queue = FakeQueue()
        for (number, text) in Self.contents.enumerated() { queue.add(number, text) }
        try Self.archive(queue, to: folder.path + "/a/b", form).finish()
        let archive = try QueueArchive(folder.path + "/a/b")
        #expect(archive.isWhole && archive.head.form == form)
        #expect(try archive.damage().isEmpty)
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

    /// unzstd reads it, and Dovecot's files are files.
    @Test func otherProgramsReadIt() async throws {
        let folder = try TestFolder()
        let queue = FakeQueue()
        for number in 0..<1200 { queue.add(number, "Subject: \(number)\n\nFrom here\n") }
        try Self.archive(queue, to: folder.path + "/z", .init(layout: .mbox, compression: .zstd)).finish()
        try Self.archive(queue, to: folder.path + "/m", .init(layout: .maildir, compression: .gzip)).finish()
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/m/cur").sorted()
        #expect(files.count == 1200)
        let (mbox, file) = (folder.path + "/z/messages.mbox.zst", folder.path + "/m/cur/" + (try #require(files.first)))
        let single = try await blocking { try Program("/bin/gzip").run(["-dc", file], seconds: 120) }
        #expect(String(decoding: single.output, as: UTF8.self) == "Subject: 0\n\nFrom here\n")
        guard let zstd = Program.first(["/usr/bin/zstd"]) else { return }
        let result = try await blocking { try zstd.run(["-dcq", mbox], seconds: 120) }
        #expect(result.status == 0)
        #expect(result.output.split(separator: 0x0a).count { $0.starts(with: Array("From a@b.example".utf8)) } == 1200)
    }

    /// What a crash left of a Maildir is written again, and counts once.
    @Test(arguments: [0, 40, 99]) func aCutMaildirIsGoneOnWith(_ percent: Int) throws {
        let folder = try TestFolder()
        let queue = FakeQueue()
        for number in 0..<700 { queue.add(number, "Subject: \(number)\n\nbody \(number)\n") }
        let form = ArchiveForm(layout: .maildir, compression: .zstd)
        try Self.archive(queue, to: folder.path, form).flush()
        let manifest = URL(fileURLWithPath: folder.path + "/manifest.jsonl")
        let bytes = try Data(contentsOf: manifest)
        try Data(bytes.prefix(bytes.count * percent / 100)).write(to: manifest)
        try Self.archive(queue, to: folder.path, form).finish()
        let archive = try QueueArchive(folder.path)
        #expect(archive.isWhole && archive.messages.count == 700)
        #expect(try archive.damage().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cur").count == 700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/tmp").isEmpty)
    }

    @Test(arguments: forms) func damageIsNamed(_ form: ArchiveForm) throws {
        let folder = try TestFolder()
        let queue = FakeQueue()
        for number in 0..<20 { queue.add(number, "Subject: \(number)\n\nbody \(number)\n") }
        try Self.archive(queue, to: folder.path, form).finish()
        let cur = folder.path + "/cur"
        let path =
            form.layout == .mbox
            ? form.mbox(in: folder.path)
            : cur + "/" + (try #require(try FileManager.default.contentsOfDirectory(atPath: cur).sorted().first))
        var bytes = try #require(FileManager.default.contents(atPath: path))
        bytes[bytes.count / 2] ^= 0xff
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(try !QueueArchive(folder.path).damage().isEmpty)
        try FileManager.default.removeItem(atPath: path)
        if form.layout == .maildir {
            #expect(try QueueArchive(folder.path).damage() == ["QUEUE10000"])
        } else {
            #expect(throws: CleanupError.self) { try QueueArchive(folder.path).damage() }
        }
    }

    /// A manifest from elsewhere cannot name files outside of the archive.
    @Test(arguments: ["../../etc/passwd", "a/b", ".", "..", ".hidden", "", "a b", String(repeating: "a", count: 201)])
    func strangeFileNamesAreRefused(_ name: String) { #expect(!MaildirFolder.isName(name)) }

    /// A full disk: what was written before stays, the run can go on, and nothing is said to be archived that is not.
    @Test(arguments: ArchiveForm.Layout.allCases) func aFullDiskLosesNothing(_ layout: ArchiveForm.Layout) async throws
    {
        guard getuid() == 0 else { return }
        try await blocking {
            let folder = try TestFolder()
            let mounted = try Program("/bin/mount").run(["-t", "tmpfs", "-o", "size=256k", "none", folder.path])
            guard mounted.status == 0 else { return }
            defer { _ = try? Program("/bin/umount").run(["-l", folder.path]) }
            let queue = FakeQueue()
            var state: UInt64 = 1
            for number in 0..<600 {
                let noise = (0..<200).map { _ -> String in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return String(state >> 33, radix: 36)
                }
                queue.add(number, "Subject: \(number)\n\n" + noise.joined(separator: " ") + "\n")
            }
            let form = ArchiveForm(layout: layout, compression: .zstd)
            #expect(throws: CleanupError.self) { try Self.archive(queue, to: folder.path + "/a", form).finish() }
            #expect((try? QueueArchive(folder.path + "/a").isWhole) != true)
            #expect(try Program("/bin/mount").run(["-o", "remount,size=64m", folder.path]).status == 0)
            try Self.archive(queue, to: folder.path + "/a", form).finish()
            let archive = try QueueArchive(folder.path + "/a")
            #expect(archive.isWhole && archive.messages.count == 600)
            #expect(try archive.damage().isEmpty)
        }
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
