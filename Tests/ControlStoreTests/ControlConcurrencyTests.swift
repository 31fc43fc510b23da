import Enforcement
import Foundation
import MailTypes
import NIOConcurrencyHelpers
import Testing

@testable import ControlStore

/// Several processes at once, and a sudden end.
struct ControlConcurrencyTests {
    @Test func severalWritersKeepOneChain() async throws {
        let directory = try Directory()
        let databases = try (0..<3).map { _ in try ControlDatabase(directory: directory.path) }
        let acme = try #require(CustomerID("acme"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (writer, database) in databases.enumerated() {
                group.addTask {
                    for step in 0..<40 {
                        let source = SourceID.account(try #require(AccountName("a\(step % 7)")), acme)
                        let now = Timestamp(seconds: Int64(step))
                        switch (writer + step) % 3 {
                        case 0:
                            _ = try database.stop(
                                .init(source: source, reason: "x", certainty: .confirmed, author: .detector), at: now)
                        case 1: _ = try database.lift(source, author: .person("ann"), reason: "y", at: now)
                        default: try database.record(author: "daemon", act: "a", subject: "s", at: now)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        guard case .intact(let count) = try databases[0].verifyAudit() else {
            Issue.record("the chain is broken")
            return
        }
        #expect(count >= 40)
        // Stop and case never part.
        let incident = try #require(try databases[1].incidents(onlyOpen: true, limit: 9).first)
        let stops = try databases[2].stops(at: Timestamp(seconds: 99), limit: 99)
        #expect(Set(stops.map(\.source)) == incident.stopped)
        #expect(try databases[0].incidents(onlyOpen: false, limit: 9).count == 1)
    }

    @Test(arguments: [1, 40]) func killedInTheMiddleAnsweredStopsAreThere(answers: Int) async throws {
        let directory = try Directory()
        let path = directory.path
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, answers = answers as Int] in
            let control = try ControlDatabase(directory: path)
            let acme = try #require(CustomerID("acme"))
            let notes = open(path + "/notes", O_WRONLY | O_CREAT | O_APPEND, 0o600)
            let count = NIOLockedValueBox(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        for step in 0..<100_000 {
                            let name = "w\(writer)-\(step)"
                            _ = try control.stop(
                                .init(
                                    source: .account(try #require(AccountName(name)), acme), reason: "x",
                                    certainty: .doubt, author: .detector), at: Timestamp(seconds: 1))
                            let note = Array((name + "\n").utf8)
                            _ = write(notes, note, note.count)
                            if count.withLockedValue({
                                $0 += 1
                                return $0
                            }) >= answers {
                                kill(getpid(), SIGKILL)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        let noted = try String(contentsOfFile: path + "/notes", encoding: .utf8).split(separator: "\n").map(String.init)
        let control = try ControlDatabase(directory: path)
        let stopped = Set(try control.register(at: Timestamp(seconds: 2)).all.map(\.source.key))
        #expect(noted.count >= answers && stopped.isSuperset(of: noted))
        #expect(try control.verifyAudit() == .intact(Int64(stopped.count + 2)))
        #expect(try control.integrityProblems().isEmpty)
    }
}
