import Foundation
import Testing

/// The running gateway against clients of all kinds.
@Suite(.serialized)
struct IntakeTests {
    private static let known = "customers: [{id: local, servers: [127.0.5.1/32], domains: [local.example]}]"

    /// Whatever a stranger tries at RCPT, nothing is taken, and nothing of it reaches the sink.
    @Test(.timeLimit(.minutes(10))) func isNoOpenRelay() async throws {
        let sink = try await RecordingSink.start()
        let sluice = try SluiceProcess(sink: sink.port, Self.known)
        try await sluice.start()
        let port = sluice.port
        let senders = [
            "<spammer@elsewhere.example>", "<>", "<joe@local.example>", "<postmaster@sluice.example>",
            "<joe@[127.0.0.1]>",
            "<\"joe\"@local.example>", "<root@localhost>",
        ]
        let recipients = [
            "<victim@target.example>", "<victim%target.example@sluice.example>", "<target.example!victim>",
            "<target.example!victim@sluice.example>", "<\"victim@target.example\">",
            "<\"victim@target.example\"@sluice.example>", "<\"victim%target.example\"@sluice.example>",
            "<@sluice.example:victim@target.example>", "<@local.example,@sluice.example:victim@target.example>",
            "<victim@target.example@sluice.example>", "<victim@[192.0.2.1]>", "<victim@[127.0.0.1]>",
            "<victim@[IPv6:::1]>", "<victim%target.example@[127.0.0.1]>", "<postmaster>", "<postmaster@target.example>",
            "<abuse@sluice.example>", "victim@target.example", "<victim@target.example> NOTIFY=SUCCESS",
            "<victim@target.example.>", "<VICTIM@TARGET.EXAMPLE>",
        ]
        let taken = try await MailClient.onThread { () throws -> [String] in
            var taken: [String] = []
            for sender in senders {
                for hello in ["EHLO sluice.example", "HELO local.example"] {
                    let client = try MailClient(port: port)
                    try client.command(hello)
                    // A session ends by itself after so many errors: a new one for each sender, in two halves.
                    for recipient in recipients {
                        let first = try client.command("MAIL FROM:\(sender)")
                        let second = try client.command("RCPT TO:\(recipient)")
                        let third = try client.command("DATA")
                        for reply in [first, second, third] where reply.hasPrefix("2") || reply.hasPrefix("3") {
                            taken.append("\(hello) \(sender) \(recipient): \(reply)")
                        }
                        if third.hasPrefix("421") { break }
                    }
                }
            }
            return taken
        }
        #expect(taken.isEmpty, "\(taken.prefix(5))")
        #expect(sink.messages.isEmpty)
        try await sluice.stop()
        await sink.stop()
        sluice.remove()
    }

    /// Ends of data that other servers might see: at the sink there is one message, or none, never two.
    @Test(.timeLimit(.minutes(10))) func nothingIsSmuggled() async throws {
        let sink = try await RecordingSink.start()
        let sluice = try SluiceProcess(sink: sink.port, Self.known)
        try await sluice.start()
        let port = sluice.port
        let ends = [
            "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\r\r\n.\r\r\n", "\n\n.\n\n", "\r\n\0.\r\n",
            "\r\n.\0\r\n",
        ]
        let smuggled =
            "MAIL FROM:<admin@local.example>\r\nRCPT TO:<victim@target.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx"
        let replies = try await MailClient.onThread { () throws -> [String] in
            try ends.map { end in
                let client = try MailClient(port: port, from: "127.0.5.1")
                try client.command("EHLO mail.local.example")
                try client.command("MAIL FROM:<joe@local.example>")
                try client.command("RCPT TO:<friend@elsewhere.example>")
                try client.command("DATA")
                return try client.command("Subject: outer\r\n\r\nfirst\(end)\(smuggled)\r\n.")
            }
        }
        for (end, reply) in zip(ends, replies) { #expect(reply.hasPrefix("5"), "\(end.debugDescription): \(reply)") }
        #expect(sink.messages.isEmpty)
        // The right end, dots doubled: byte for byte what was sent.
        let good = try await MailClient.onThread {
            let client = try MailClient(port: port, from: "127.0.5.1")
            try client.command("EHLO mail.local.example")
            return try client.send(
                from: "joe@local.example", to: ["friend@elsewhere.example"],
                "Subject: dots\r\n\r\n..one\r\n..\r\n...three\r\nend\r\n")
        }
        #expect(good.hasPrefix("250"))
        let messages = try await sink.await(1)
        #expect(messages.count == 1)
        #expect(messages.first?.text.hasSuffix("Subject: dots\r\n\r\n..one\r\n..\r\n...three\r\nend\r\n") == true)
        try await sluice.stop()
        await sink.stop()
        sluice.remove()
    }

    /// Messages larger than what is kept in memory go to the disk as they come, and out again to the byte.
    @Test(.timeLimit(.minutes(10)), arguments: [300_000, 600_000, 6_000_000]) func largeMessages(size: Int) async throws
    {
        let sink = try await RecordingSink.start()
        let sluice = try SluiceProcess(sink: sink.port, Self.known)
        try await sluice.start()
        let port = sluice.port
        let lines = (0..<(size / 60)).map { "line \($0) of a large message, some sixty bytes of it, not more\r\n" }
        let content = "Subject: large\r\n\r\n" + lines.joined()
        let replies = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    try await MailClient.onThread {
                        let client = try MailClient(port: port, from: "127.0.5.1")
                        try client.command("EHLO mail.local.example")
                        return try client.send(
                            from: "joe@local.example", to: ["friend@elsewhere.example"], content)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(replies.allSatisfy { $0.hasPrefix("250") }, "\(replies)")
        let messages = try await sink.await(3, seconds: 60)
        #expect(messages.count == 3)
        #expect(messages.allSatisfy { $0.text.hasSuffix(content) })
        try await sluice.stop()
        await sink.stop()
        sluice.remove()
    }

    /// 100,000 recipients on one connection: the message's limit, then the session's, and others are served.
    @Test(.timeLimit(.minutes(10))) func aHundredThousandRecipients() async throws {
        let sink = try await RecordingSink.start()
        let sluice = try SluiceProcess(sink: sink.port, Self.known)
        try await sluice.start()
        let port = sluice.port
        let (accepted, refused, last) = try await MailClient.onThread { () throws -> (Int, Int, String) in
            let client = try MailClient(port: port, from: "127.0.5.1")
            try client.command("EHLO mail.local.example")
            try client.command("MAIL FROM:<joe@local.example>")
            var (accepted, refused) = (0, 0)
            for block in 0..<1000 {
                try client.write(
                    (0..<100).map { "RCPT TO:<to\(block * 100 + $0)@target.example>\r\n" }.joined())
                for _ in 0..<100 {
                    let reply = try client.reply()
                    if reply.hasPrefix("250") { accepted += 1 } else { refused += 1 }
                    if reply.hasPrefix("421") { return (accepted, refused, reply) }
                }
            }
            return (accepted, refused, "")
        }
        #expect(accepted == 1000)
        #expect(refused > 0)
        #expect(last.hasPrefix("421"), "\(accepted) accepted, \(refused) refused")
        let reply = try await MailClient.onThread {
            let client = try MailClient(port: port, from: "127.0.5.1")
            try client.command("EHLO mail.local.example")
            return try client.send(
                from: "joe@local.example", to: ["friend@elsewhere.example"],
                Letters.ordinary(1, from: "joe@local.example", to: "friend@elsewhere.example"))
        }
        #expect(reply.hasPrefix("250"), "\(reply)")
        try await sluice.stop()
        await sink.stop()
        sluice.remove()
    }

    /// 10,000 idle connections, and a customer is served beside them.
    @Test(.timeLimit(.minutes(10))) func tenThousandIdleConnections() async throws {
        let sink = try await RecordingSink.start()
        let sluice = try SluiceProcess(
            sink: sink.port,
            "customers: [{id: local, servers: [127.0.0.0/8]}]\n"
                + "limits: {connections: 20000, connections-per-ip: 20000, connections-per-customer: 20000}")
        try await sluice.start()
        let script = """
            import resource, socket, sys
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            held = []
            for number in range(10000):
                held.append(socket.create_connection(("127.0.0.1", int(sys.argv[1])), 30))
            for one in held:
                one.settimeout(120)
                assert one.recv(100).startswith(b"220"), "no greeting"
            print(len(held), flush=True)
            sys.stdin.read()
            """
        let crowd = Process()
        crowd.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        crowd.arguments = ["-c", script, "\(sluice.port)"]
        let (input, output) = (Pipe(), Pipe())
        crowd.standardInput = input
        crowd.standardOutput = output
        try crowd.run()
        let told = try await MailClient.onThread {
            String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        }
        #expect(told.hasPrefix("10000"), "\(told)")
        let status = try String(contentsOfFile: "/proc/\(sluice.identifier)/status", encoding: .utf8)
        let resident = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }?.split(
            whereSeparator: \.isWhitespace)
        let kilobytes = resident.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? Int.max
        #expect(kilobytes <= 150 * 1024, "\(kilobytes) KiB")
        let port = sluice.port
        let reply = try await MailClient.onThread {
            let client = try MailClient(port: port)
            try client.command("EHLO mail.local.example")
            return try client.send(
                from: "joe@local.example", to: ["friend@elsewhere.example"],
                Letters.ordinary(1, from: "joe@local.example", to: "friend@elsewhere.example"))
        }
        #expect(reply.hasPrefix("250"), "\(reply)")
        try input.fileHandleForWriting.close()
        for _ in 0..<2400 where crowd.isRunning { try await Task.sleep(for: .milliseconds(50)) }
        try await sluice.stop()
        await sink.stop()
        sluice.remove()
    }

    /// Logins over STARTTLS and TLS from the first byte, by every mechanism; never in the clear.
    @Test(.timeLimit(.minutes(10)), arguments: ["PLAIN", "LOGIN"]) func logins(mechanism: String) async throws {
        let sink = try await RecordingSink.start()
        let scratch = try Scratch("tls")
        try await Command.check(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                "-subj", "/CN=localhost", "-keyout", scratch.path + "/key.pem", "-out", scratch.path + "/cert.pem",
            ])
        let hash = try await Command.run(
            try SluiceProcess.command, ["credential", "hash", "--scheme", "scram-sha-256"], input: "open-sesame\n")
        #expect(hash.status == 0)
        let (submission, submissions) = (try Loopback.freePort(), try Loopback.freePort())
        let sluice = try SluiceProcess(
            sink: sink.port,
            """
            tls: {certificate: \(scratch.path)/cert.pem, key: \(scratch.path)/key.pem}
            customers:
              - id: people
                domains: [people.example]
                sender-binding: enforce
                accounts:
                  - name: ann@people.example
                    credential: \(hash.output.split(separator: "\n").first.map(String.init) ?? "")
                    addresses: [ann@people.example]
            """,
            listeners: """
                  - {address: "127.0.0.1:\(submission)", kind: submission}
                  - {address: "127.0.0.1:\(submissions)", kind: submissions}
                """)
        try await sluice.start()
        func swaks(_ port: Int, _ more: [String], from: String = "ann@people.example", password: String = "open-sesame")
            async throws -> Command.Result
        {
            try await Command.run(
                "/usr/bin/swaks",
                [
                    "--server", "127.0.0.1:\(port)", "--from", from, "--to", "friend@elsewhere.example", "--auth",
                    mechanism, "--auth-user", "ann@people.example", "--auth-password", password,
                ] + more)
        }
        let starttls = try await swaks(submission, ["--tls"])
        #expect(starttls.status == 0, "\(starttls.output)")
        let implicit = try await swaks(submissions, ["--tls-on-connect"])
        #expect(implicit.status == 0, "\(implicit.output)")
        #expect(try await swaks(submission, []).status != 0)
        #expect(try await swaks(submission, ["--tls"], password: "wrong").status != 0)
        #expect(try await swaks(submission, ["--tls"], from: "boss@people.example").status != 0)
        #expect(try await swaks(submission, ["--tls"], from: "ann@elsewhere.example").status != 0)
        let messages = try await sink.await(2)
        #expect(messages.count == 2)
        #expect(messages.allSatisfy { $0.text.contains("with ESMTPSA id") && $0.text.contains("ann@people.example") })
        #expect(!sluice.log.contains("open-sesame"))
        try await sluice.stop()
        await sink.stop()
        sluice.remove()
        scratch.remove()
    }

    /// SIGHUP: a kept session goes on, a new customer may send, a bad file changes nothing.
    @Test(.timeLimit(.minutes(10))) func reloads() async throws {
        let sink = try await RecordingSink.start()
        let sluice = try SluiceProcess(sink: sink.port, Self.known)
        try await sluice.start()
        let port = sluice.port
        let client = try await MailClient.onThread {
            let client = try MailClient(port: port, from: "127.0.5.1")
            try client.command("EHLO mail.local.example")
            return client
        }
        let letter = Letters.ordinary(1, from: "joe@local.example", to: "friend@elsewhere.example")
        let send: @Sendable (MailClient) throws -> String = {
            try $0.send(from: "joe@local.example", to: ["friend@elsewhere.example"], letter)
        }
        #expect(try await MailClient.onThread { try send(client) }.hasPrefix("250"))

        try sluice.write(Self.known + "\nlistenrs: []\n", sink: sink.port)
        sluice.signal(SIGHUP)
        try await sluice.awaitLog("the old configuration stays in use")
        #expect(sluice.log.contains("did you mean"))
        #expect(try await MailClient.onThread { try send(client) }.hasPrefix("250"))

        try sluice.write(
            "customers: [{id: local, servers: [127.0.5.1/32]}, {id: second, servers: [127.0.5.2/32]}]", sink: sink.port)
        sluice.signal(SIGHUP)
        try await sluice.awaitLog("configuration reloaded")
        #expect(try await MailClient.onThread { try send(client) }.hasPrefix("250"))
        let fresh = try await MailClient.onThread {
            let client = try MailClient(port: port, from: "127.0.5.2")
            try client.command("EHLO mail.second.example")
            return try send(client)
        }
        #expect(fresh.hasPrefix("250"), "\(fresh)")
        #expect(try await sink.await(4).count == 4)
        try await sluice.stop()
        await sink.stop()
        sluice.remove()
    }
}
