import ContentAnalysis
import Foundation
import MTAControl
import MailTypes
import Testing

@testable import QueueCleanup

/// The whole clean-up on real mail servers: queued by SMTP, grouped, held, archived, deleted with an interruption, proved, restored.
@Suite(.serialized) struct RealQueueTests {
    /// The servers that start a process a message get fewer.
    static let (count, fewer) = (800, 420)

    struct Killed: Error {}

    @Test(.enabled(if: TestPostfix.isInstalled), .timeLimit(.minutes(10))) func postfix() async throws {
        try await blocking {
            let folder = try TestFolder()
            let server = try TestPostfix(folder.path)
            defer { server.stop() }
            try Self.cleanUp(
                try PostfixQueue(configuration: server.configuration), port: server.port, folder: folder.path)
        }
    }

    /// Wrong places are told as such; another instance is named.
    @Test(.enabled(if: TestPostfix.isInstalled)) func placesOfPostfix() async throws {
        let folder = try TestFolder()
        let text = "queue_directory = /nowhere/queue\nmulti_instance_directories = /etc/postfix-out, /etc/postfix-in\n"
        try text.write(toFile: folder.path + "/main.cf", atomically: false, encoding: .utf8)
        let path = folder.path
        try await blocking {
            let queue = try PostfixQueue(configuration: path)
            #expect(queue.others == ["/etc/postfix-out", "/etc/postfix-in"])
            #expect(throws: MTAError.self) { try queue.list() }
            #expect(throws: MTAError.self) { try PostfixQueue(configuration: path + "/none") }
            #expect(throws: MTAError.self) { try SendmailQueue(program: "/bin/true", configuration: path + "/none") }
            #expect(throws: MTAError.self) { try OpenSMTPDQueue(program: "/bin/true", folder: path + "/none").list() }
            #expect(throws: MTAError.self) { try EximQueue(program: "/bin/false") }
        }
    }

    @Test(.enabled(if: TestExim.unpacked != nil), .timeLimit(.minutes(10))) func exim() async throws {
        try await blocking {
            let folder = try TestFolder()
            let server = try TestExim(folder.path, program: try #require(TestExim.unpacked))
            defer { server.stop() }
            let queue = try EximQueue(program: server.program, configuration: server.configuration)
            try Self.cleanUp(queue, port: server.port, folder: folder.path)
        }
    }

    @Test(.enabled(if: TestSendmail.unpacked != nil), .timeLimit(.minutes(10))) func sendmail() async throws {
        try await blocking {
            let folder = try TestFolder()
            let server = try TestSendmail(folder.path, program: try #require(TestSendmail.unpacked))
            defer { server.stop() }
            let queue = try SendmailQueue(program: server.program, configuration: server.configuration)
            try Self.cleanUp(queue, port: server.port, folder: folder.path, count: Self.fewer)
        }
    }

    @Test(.enabled(if: TestOpenSMTPD.unpacked != nil), .timeLimit(.minutes(10))) func openSMTPD() async throws {
        try await blocking {
            let folder = try TestFolder()
            let server = try TestOpenSMTPD(folder.path, program: try #require(TestOpenSMTPD.unpacked))
            defer { server.stop() }
            // It is there once the server answers.
            _ = try Self.injector(server.port)
            // What is being tried at the moment can be neither held nor deleted.
            #expect(try Program(server.program).run(["pause", "mta"]).status == 0)
            let queue = try OpenSMTPDQueue(program: server.program, folder: server.spool)
            try Self.cleanUp(queue, port: server.port, folder: folder.path, count: Self.fewer)
        }
    }

    static func injector(_ port: UInt16) throws -> SMTPInjector {
        let host = try #require(IPAddress("127.0.0.1"))
        for _ in 0..<1200 {
            if let injector = try? SMTPInjector(host, port: port) { return injector }
            usleep(100_000)
        }
        return try SMTPInjector(host, port: port)
    }

    /// All messages, by id: what the queue says itself.
    static func contents(_ queue: some MailQueue) throws -> [QueueID: QueuedMessage] {
        var messages: [QueueID: QueuedMessage] = [:]
        // A message on its way between two folders is looked for again.
        for _ in 0..<20 {
            let listing = try queue.list()
            for entry in listing.entries.values where messages[entry.id] == nil {
                if case .message(let message) = queue.read(entry) { messages[entry.id] = message }
            }
            messages = messages.filter { listing.entries[$0.key] != nil }
            if messages.count == listing.entries.count { break }
        }
        return messages
    }

    static func kind(_ content: [UInt8]) -> Letters.Kind? {
        let text = String(decoding: content, as: UTF8.self)
        guard let mark = text.range(of: "X-Kind: ") else { return nil }
        return Letters.Kind(rawValue: String(text[mark.upperBound...].prefix { $0 != "\n" }))
    }

    static func cleanUp(_ queue: some MailQueue, port: UInt16, folder: String, count: Int = count) throws {
        var maker = Letters(seed: 11)
        var injector = try injector(port)
        for letter in maker.mix(count) {
            try injector.inject(Array(letter.text.utf8), sender: letter.sender, recipients: [letter.recipient])
        }
        let before = try contents(queue)
        #expect(before.count == count)
        let scan = QueueScan(try QueueSurvey(queue, model: try ContentModel.seed()), after: nil)
        #expect(scan.survey.isWhole)
        var selection = QueueSelection()
        selection.groups = Set(scan.groups.filter { $0.members.count >= count / 8 }.map(\.name))
        #expect(selection.groups.count == 3)
        let targets = scan.targets(selection.chosen(from: scan))
        try hold(Array(targets.prefix(50)), queue)
        let archive = try archived(targets, queue, folder + "/archive")
        for message in archive.messages {
            #expect(before[message.id].map { MessageIdentity.digest($0.content) } == message.sha256)
        }
        try deleted(archive, queue, folder)
        let after = try contents(queue)
        let good = before.filter { kind($0.value.content)?.isSpam == false }
        #expect(Set(after.keys) == Set(good.keys))
        #expect(after.values.allSatisfy { $0.content == before[$0.id]?.content && !$0.isHeld })
        try proved(archive, queue, count)
        try restored(archive, queue, before, &injector)
    }

    static func hold(_ targets: [ActTarget], _ queue: some MailQueue) throws {
        var results: [MessageOutcome] = []
        try QueueActs(queue) { results += $0 }.hold(targets) { _ in true }
        #expect(results.count { $0.result == .held } == targets.count)
        let held = try contents(queue).values.filter(\.isHeld).map(\.id)
        #expect(Set(held) == Set(targets.map(\.id)))
    }

    static func archived(_ targets: [ActTarget], _ queue: some MailQueue, _ folder: String) throws -> QueueArchive {
        let writer = try ArchiveWriter(
            folder, head: .init(mta: queue.kind, queue: queue.name, host: "h", created: "now", by: "me"))
        var results: [MessageOutcome] = []
        try QueueActs(queue) { results += $0 }.archive(targets, to: writer) { _ in true }
        try writer.finish()
        #expect(results.count { $0.result == .archived } == targets.count)
        let archive = try QueueArchive(folder)
        #expect(archive.isWhole && archive.messages.count == targets.count)
        return archive
    }

    /// Interrupted after the mail server deleted, before that was noted; then resumed.
    static func deleted(_ archive: QueueArchive, _ queue: some MailQueue, _ folder: String) throws {
        let targets = archive.messages.map {
            ActTarget(id: $0.id, identity: $0.identity, group: $0.group, fingerprint: nil, subject: "")
        }
        #expect(throws: Killed.self) {
            try QueueActs(queue) { _ in throw Killed() }.delete(Array(targets.prefix(100))) { _ in true }
        }
        var results: [MessageOutcome] = []
        try QueueActs(queue) { results += $0 }.delete(targets) { _ in true }
        #expect(results.count { $0.result == .left } == 100)
        #expect(results.count { $0.result == .deleted } == targets.count - 100)
    }

    static func proved(_ archive: QueueArchive, _ queue: some MailQueue, _ count: Int) throws {
        var sought = CaseFingerprints()
        sought.add(archive)
        let scan = QueueScan(try QueueSurvey(queue, model: try ContentModel.seed()), after: nil)
        let statement = QueueStatement(scan, queue: queue.name, fingerprints: sought, author: "me")
        // The bank's own newsletter and the complaints look like the spam; nothing else does.
        #expect(statement.examined == count / 10)
        #expect(statement.matchingCount < count / 20)
    }

    /// Twenty by SMTP and five by the server's own program: the same bytes under the Received line that the server adds.
    static func restored(
        _ archive: QueueArchive, _ queue: some MailQueue, _ before: [QueueID: QueuedMessage],
        _ injector: inout SMTPInjector
    ) throws {
        let old = try contents(queue)
        let some = archive.messages.prefix(25)
        var results: [MessageOutcome] = []
        try archive.restore(Set(some.prefix(20).map(\.id)), through: &injector, progress: { _ in true }) {
            results.append($0)
        }
        if queue.kind == .opensmtpd {
            // Its sendmail is a link in a folder of its own: over SMTP here.
            try archive.restore(Set(some.dropFirst(20).map(\.id)), through: &injector, progress: { _ in true }) {
                results.append($0)
            }
        } else {
            var program = try ProgramInjector(queue)
            try archive.restore(Set(some.dropFirst(20).map(\.id)), through: &program, progress: { _ in true }) {
                results.append($0)
            }
        }
        #expect(results.allSatisfy { $0.result == .restored }, "\(results.filter { $0.result != .restored })")
        // What was given to the program goes through a folder of its own before it is in the queue.
        var back: [String: QueuedMessage] = [:]
        for _ in 0..<1200 {
            let new = try contents(queue).values.filter { old[$0.id] == nil && $0.place != "maildrop" }
            back = Dictionary(new.map { (withoutTrace($0.content), $0) }, uniquingKeysWith: { first, _ in first })
            if new.count == some.count { break }
            usleep(100_000)
        }
        #expect(back.count == some.count)
        for message in some {
            let original = try #require(before[message.id])
            let now = back[String(decoding: original.content, as: UTF8.self)]
            #expect(now != nil, "\(message.id) does not come back as it was")
            #expect(now?.sender == original.sender)
            #expect(now?.left == original.left)
        }
    }

    /// Without the topmost Received field.
    static func withoutTrace(_ content: [UInt8]) -> String {
        let text = String(decoding: content, as: UTF8.self)
        guard text.hasPrefix("Received:") else { return text }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
        while let first = lines.first, first.hasPrefix(" ") || first.hasPrefix("\t") { lines = lines.dropFirst() }
        return lines.joined(separator: "\n")
    }
}
