import Foundation
import Testing

/// A file system that fills up: mail is asked to come later, nothing accepted is lost, and it goes on without a restart.
@Suite(.enabled(if: getuid() == 0, "mounting a small file system needs root"))
struct FullDiskTests {
    @Test(.timeLimit(.minutes(10))) func fullAndThenFree() async throws {
        let sink = try await RecordingSink.start()
        let sluice = try SluiceProcess(
            sink: sink.port, "customers: [{id: local, servers: [127.0.0.0/8]}]\nspool: {minimum-free: 16MiB}")
        let state = sluice.scratch.path + "/var"
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        try await Command.check("/bin/mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", state])
        do {
            try await sluice.start()
            let port = sluice.port
            let send: @Sendable (Int) async throws -> String = { number in
                try await MailClient.onThread {
                    let client = try MailClient(port: port)
                    try client.command("EHLO mail.local.example")
                    let from = "joe@local.example"
                    return try client.send(
                        from: from, to: ["friend@elsewhere.example"],
                        Letters.ordinary(number, from: from, to: "friend@elsewhere.example"))
                }
            }
            #expect(try await send(1).hasPrefix("250"))
            let filler = state + "/filler"
            #expect(FileManager.default.createFile(atPath: filler, contents: Data(count: 49 << 20)))
            var reply = ""
            for number in 2..<200 where !reply.hasPrefix("452") {
                reply = try await send(number)
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(reply.hasPrefix("452"), "\(reply)")
            try FileManager.default.removeItem(atPath: filler)
            for number in 200..<400 where !reply.hasPrefix("250") {
                reply = try await send(number)
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(reply.hasPrefix("250"), "\(reply)")
            #expect(try await sluice.command("spool", "check").status == 0)
            #expect(try await sluice.stop() == 0)
        } catch {
            try? await sluice.killHard()
            _ = try? await Command.run("/bin/umount", [state])
            throw error
        }
        try await Command.check("/bin/umount", [state])
        await sink.stop()
        sluice.remove()
    }
}
