import ContentAnalysis
import Glibc
import Testing

@testable import ContentTraining

/// A directory of its own for one test, removed at the end.
final class Scratch {
    let path: String

    init() throws {
        var template = Array("/tmp/sluice-training-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) } != nil
        }
        guard made else { throw TrainingError(.unwritable, "no directory under /tmp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in (try? Files.names(in: path)) ?? [] {
            let child = path + "/" + name
            for inner in (try? Files.names(in: child)) ?? [] { unlink(child + "/" + inner) }
            unlink(child)
            rmdir(child)
        }
        rmdir(path)
    }

    func file(_ name: String) -> String { path + "/" + name }

    func write(_ name: String, _ text: String) throws { try Files.replace(file(name), with: Array(text.utf8)) }

    func makeDirectory(_ name: String) { mkdir(file(name), 0o755) }
}

enum Invented {
    static func spam(_ n: Int) -> String {
        """
        From: Winner \(n) <w\(n)@prize.example>
        Subject: You have WON number \(n)

        Claim your free prize money now, dear winner! Click http://prize\(n).example.net/claim and send bank details.

        """
    }

    static func ham(_ n: Int) -> String {
        """
        From: Anna <anna@company.example>
        Subject: Minutes of meeting \(n)

        Hello, attached are the minutes of our project meeting. The review of the drawings is on Tuesday at \(n).

        """
    }

    static func training(_ count: Int = 20) -> ModelTraining {
        var training = ModelTraining()
        for n in 0..<count {
            training.add(Array(spam(n).utf8), isSpam: true)
            training.add(Array(ham(n).utf8), isSpam: false)
        }
        return training
    }
}

struct ModelFileTests {
    @Test func aSavedModelIsReadBackAndReplacesTheOldOne() throws {
        let scratch = try Scratch()
        let path = scratch.file("content.model")
        try scratch.write("content.model", "old")
        let model = try Invented.training().model(createdBy: "test")
        try ModelFile.save(model, to: path)
        let read = try ModelFile.load(path)
        #expect(read.createdBy == "test" && read.spamMessages == 20 && read.hamMessages == 20)
        #expect(try Files.names(in: scratch.path) == ["content.model"])
    }

    @Test func whatIsNoModelIsAnErrorThatNamesTheFile() throws {
        let scratch = try Scratch()
        try scratch.write("x.model", "SLUICEMODEL and more that is none of it")
        let damaged = #expect(throws: TrainingError.self) { try ModelFile.load(scratch.file("x.model")) }
        #expect(damaged?.code == .badModel && damaged?.message.contains("x.model") == true)
        let missing = #expect(throws: TrainingError.self) { try ModelFile.load(scratch.file("none")) }
        #expect(missing?.code == .unreadable)
        let place = #expect(throws: TrainingError.self) {
            try ModelFile.save(ContentModel(), to: scratch.file("none/x.model"))
        }
        #expect(place?.code == .unwritable)
    }

    @Test func theSeedIsReadAndTellsObviousCasesApart() throws {
        let seed = try ContentModel.seed()
        #expect(seed.spamMessages > 1000 && seed.hamMessages > 1000)
        let spam = MessageScore("a", Array(Invented.spam(1).utf8), by: seed)
        let ham = MessageScore("b", Array(Invented.ham(1).utf8), by: seed)
        #expect(spam.logOdds > ham.logOdds + 2)
        #expect(!spam.reasons.isEmpty && spam.description.contains("WON"))
    }

    @Test func aModelGoesOnLearningFromItsFile() throws {
        let scratch = try Scratch()
        let path = scratch.file("content.model")
        try ModelFile.save(try Invented.training().model(createdBy: "test"), to: path)
        let message = Array("From: x@y.example\nSubject: Offer\n\nPharmacy offer without prescription\n".utf8)
        let before = MessageScore("m", message, by: try ModelFile.load(path)).logOdds
        var more = ModelTraining(continuing: try ModelFile.load(path))
        for _ in 0..<3 { more.add(message, isSpam: true) }
        let model = try more.model(createdBy: "test")
        #expect(model.spamMessages == 23)
        #expect(MessageScore("m", message, by: model).logOdds > before)
    }
}
