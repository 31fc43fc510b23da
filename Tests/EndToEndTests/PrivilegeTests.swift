import Foundation
import Testing

/// How the gateway is started: as root it becomes somebody else; its ports may be bound by somebody else.
struct PrivilegeTests {
    private static let known = "customers: [{id: local, servers: [127.0.0.0/8]}]"

    private func send(_ port: Int) async throws -> String {
        try await MailClient.onThread {
            let client = try MailClient(port: port)
            try client.command("EHLO mail.local.example")
            let from = "joe@local.example"
            return try client.send(
                from: from, to: ["friend@elsewhere.example"],
                Letters.ordinary(1, from: from, to: "friend@elsewhere.example"))
        }
    }

    @Test(.timeLimit(.minutes(10)), .enabled(if: getuid() == 0, "only root can become somebody else"))
    func rootBecomesTheConfiguredUser() async throws {
        let sink = try await RecordingSink.start()
        let sluice = try SluiceProcess(sink: sink.port, Self.known + "\nuser: nobody\ngroup: nogroup")
        try await sluice.start()
        let status = try String(contentsOfFile: "/proc/\(sluice.identifier)/status", encoding: .utf8)
        let nobody = try #require(getpwnam("nobody")).pointee
        for (field, id) in [("Uid:", nobody.pw_uid), ("Gid:", nobody.pw_gid)] {
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(field) })
            #expect(line.split(whereSeparator: \.isWhitespace).dropFirst().allSatisfy { $0 == "\(id)" }, "\(line)")
        }
        #expect(try await send(sluice.port).hasPrefix("250"))
        #expect(try await sink.await(1).count == 1)
        #expect(try await sluice.stop() == 0)
        await sink.stop()
        sluice.remove()
    }

    @Test(.timeLimit(.minutes(10))) func unknownUserIsToldBeforeAnythingHappens() async throws {
        let sluice = try SluiceProcess(sink: nil, Self.known + "\nuser: nobody-of-that-name")
        let result = try await Command.run(try SluiceProcess.command, ["serve", "--config", sluice.path])
        #expect(result.status == 1)
        #expect(result.output.contains("nobody-of-that-name"), "\(result.output)")
        sluice.remove()
    }

    /// As systemd does it: a listening socket as descriptor 3, and the process id in the environment.
    @Test(.timeLimit(.minutes(10))) func takesSocketsThatSystemdBound() async throws {
        let sink = try await RecordingSink.start()
        let sluice = try SluiceProcess(sink: sink.port, Self.known)
        let script = """
            import os, socket, sys
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", int(sys.argv[1])))
            listener.listen(100)
            os.dup2(listener.fileno(), 3)
            os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
            os.execv(sys.argv[2], sys.argv[2:])
            """
        try await sluice.start(
            by: "/usr/bin/python3", ["-c", script, "\(sluice.port)", try SluiceProcess.command])
        #expect(try await send(sluice.port).hasPrefix("250"))
        #expect(try await sink.await(1).count == 1)
        #expect(try await sluice.stop() == 0)
        await sink.stop()
        sluice.remove()
    }
}
