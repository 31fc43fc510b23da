import Glibc
import Testing

@testable import ContentTraining

struct MailCollectionTests {
    private func read(_ path: String) throws -> [(name: String, text: String)] {
        var found: [(String, String)] = []
        try MailCollection(path).forEach { name, message in
            found.append((name, String(decoding: message, as: UTF8.self)))
            return true
        }
        return found
    }

    private static let mbox = """
        From a@example Thu Jan  1 00:00:00 2026
        Subject: one

        first
        >From the sea
        >>From twice
        From here it is text, since no blank line is before it

        From b@example Thu Jan  1 00:00:00 2026
        Subject: two

        second

        """

    @Test func anMboxIsSplitAndUnquoted() throws {
        let scratch = try Scratch()
        try scratch.write("box", Self.mbox)
        let found = try read(scratch.file("box"))
        #expect(found.map(\.name) == ["box", "box#2"])
        #expect(
            found[0].text
                == "Subject: one\n\nfirst\nFrom the sea\n>From twice\nFrom here it is text, since no blank line is before it\n"
        )
        #expect(found[1].text == "Subject: two\n\nsecond\n")
    }

    @Test func everySplitOfAnMboxReadsTheSame() {
        func split(_ bytes: [UInt8], at cuts: [Int]) -> [[UInt8]] {
            var reader = MboxReader(limit: 1000)
            var found: [[UInt8]] = []
            var start = 0
            for cut in cuts + [bytes.count] {
                bytes[start..<cut].withUnsafeBytes { piece in
                    _ = reader.feed(piece) {
                        found.append($0)
                        return true
                    }
                }
                start = cut
            }
            reader.finish {
                found.append($0)
                return true
            }
            return found
        }
        for text in [Self.mbox, Self.mbox.replacing("\n", with: "\r\n")] {
            let bytes = Array(text.utf8)
            let whole = split(bytes, at: [])
            #expect(whole.count == 2)
            for cut in 0...bytes.count { #expect(split(bytes, at: [cut]) == whole, "cut at \(cut)") }
            #expect(split(bytes, at: Array(0..<bytes.count)) == whole)
        }
    }

    @Test func longLinesAndMessagesAreBounded() {
        var reader = MboxReader(limit: 10_000)
        var sizes: [Int] = []
        let bytes = Array("From x\nSubject: y\n\n".utf8) + [UInt8](repeating: 0x61, count: 300_000) + Array("\n".utf8)
        bytes.withUnsafeBytes { all in
            for start in stride(from: 0, to: all.count, by: 777) {
                let piece = UnsafeRawBufferPointer(rebasing: all[start..<min(all.count, start + 777)])
                _ = reader.feed(piece) {
                    sizes.append($0.count)
                    return true
                }
            }
        }
        reader.finish {
            sizes.append($0.count)
            return true
        }
        #expect(sizes == [10_000])
    }

    @Test func directoriesAreReadInOrderAndMaildirToItsLeaves() throws {
        let scratch = try Scratch()
        for name in ["cur", "new", "tmp"] { scratch.makeDirectory(name) }
        try scratch.write("cur/2", "Subject: b\n\n")
        try scratch.write("cur/1", "Subject: a\n\n")
        try scratch.write("new/3", "Subject: c\n\n")
        try scratch.write("tmp/4", "Subject: half\n\n")
        try scratch.write(".hidden", "Subject: no\n\n")
        #expect(try read(scratch.path).map(\.name) == ["cur/1", "cur/2", "new/3"])
        #expect(throws: TrainingError.self) { try MailCollection(scratch.file("none")) }
    }

    @Test func linksToFilesAreReadAndLinksInACircleAreNot() throws {
        let scratch = try Scratch()
        try scratch.write("kept", "Subject: one\n\ntext\n")
        scratch.makeDirectory("chosen")
        #expect(symlink("../kept", scratch.file("chosen/one")) == 0)
        #expect(symlink("..", scratch.file("chosen/up")) == 0)
        #expect(symlink("nowhere", scratch.file("chosen/lost")) == 0)
        #expect(try read(scratch.file("chosen")).map(\.name) == ["one"])
        unlink(scratch.file("chosen/one"))
        unlink(scratch.file("chosen/up"))
        unlink(scratch.file("chosen/lost"))
    }

    @Test func aListGivesItsMessages() throws {
        let scratch = try Scratch()
        try scratch.write("a.eml", "Subject: a\n\n")
        try scratch.write("b", "Subject: b\n\n")
        try scratch.write("list", "# made by hand\na\t1\nb 0\r\n\n")
        var found: [LabelledList.Entry] = []
        try LabelledList(scratch.file("list"), directory: scratch.path).forEach { entry, _ in found.append(entry) }
        #expect(found == [.init(id: "a", isSpam: true), .init(id: "b", isSpam: false)])
    }

    @Test(arguments: ["a", "a maybe", "../a 1", "/etc/passwd 0", "a 1 2"])
    func aWrongListIsAnErrorWithItsLine(_ line: String) throws {
        let scratch = try Scratch()
        try scratch.write("list", "x ham\n" + line + "\n")
        let error = #expect(throws: TrainingError.self) {
            try LabelledList(scratch.file("list"), directory: scratch.path)
        }
        #expect(error?.code == .badList && error?.message.contains("list:2") == true)
    }
}

/// What is no mail.
struct MailFormTests {
    @Test(arguments: [
        ("Subject: x\n\n", MailForm.mail), ("rubbish\nReceived: from a\n", .mail), ("\r\n\r\nX-Y : 1\r\n", .mail),
        ("BZh91AY&SY", .compressed(by: "bzip2")), ("PK\u{3}\u{4}xxxx", .compressed(by: "zip")), ("", .other),
        ("3 V1700000000 N17 G00\n1 :123.M4.host\n", .other), (": no name\n", .other), ("two words: x\n", .other),
        (String(repeating: "\u{0}", count: 3000), .other),
    ])
    func isToldByItsFirstBytes(_ text: String, _ form: MailForm) { #expect(MailForm(Array(text.utf8)) == form) }

    @Test func gzipIsNamed() {
        #expect(MailForm([0x1f, 0x8b, 8, 0]) == .compressed(by: "gzip"))
        #expect(MailForm([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0]) == .compressed(by: "xz"))
        #expect(MailForm([0x28, 0xb5, 0x2f, 0xfd, 4]) == .compressed(by: "zstd"))
    }

    private func names(_ path: String) throws -> [String] {
        var names: [String] = []
        try MailCollection(path).forEach { name, _ in
            names.append(name)
            return true
        }
        return names
    }

    @Test func indexesOfMailServersArePassedOver() throws {
        let scratch = try Scratch()
        scratch.makeDirectory("cur")
        try scratch.write("cur/1", "Subject: a\n\n")
        try scratch.write("dovecot-uidlist", "3 V1700000000 N17 G00\n1 :123.M4.host\n")
        try scratch.write("maildirsize", "0S\n12 1\n")
        #expect(try names(scratch.path) == ["cur/1"])
    }

    @Test func noMailIsAnError() throws {
        let scratch = try Scratch()
        try scratch.write("noise", "\u{1}\u{2}\u{3}")
        try scratch.write("packed", "BZh91AY&SY")
        for (file, text) in [("noise", "there is no mail in"), ("packed", "compressed (bzip2)")] {
            let error = #expect(throws: TrainingError.self) { try names(scratch.file(file)) }
            #expect(error?.code == .notMail && error?.message.contains(text) == true)
        }
        scratch.makeDirectory("empty")
        let error = #expect(throws: TrainingError.self) { try names(scratch.file("empty")) }
        #expect(error?.code == .notMail)
    }

    @Test func whereAModelCannotBeWrittenIsToldBeforeTraining() throws {
        let scratch = try Scratch()
        try ModelFile.checkPlace(scratch.file("new.model"))
        let none = #expect(throws: TrainingError.self) { try ModelFile.checkPlace(scratch.file("none/x.model")) }
        #expect(none?.code == .unwritable && none?.message.contains("none/x.model") == true)
        let directory = #expect(throws: TrainingError.self) { try ModelFile.checkPlace(scratch.path) }
        #expect(directory?.message.contains("is a directory") == true)
    }
}
