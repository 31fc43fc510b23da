import MailTypes
import SMTPProtocol
import Testing

@testable import SMTPServing

/// Clients that others wrote: swaks, Python's smtplib, Postfix's smtp-source.
struct ForeignClientTests {
    private func swaks(_ live: LiveServer, _ listener: String, _ more: [String]) async throws -> Tool.Result {
        try await Tool.run(
            "/usr/bin/swaks",
            [
                "--server", "127.0.0.1", "--port", "\(live.port(listener))", "--from", "a@example.org", "--to",
                "b@example.com", "--timeout", "60", "--ehlo", "client.example",
            ] + more)
    }

    @Test(arguments: ["PLAIN", "LOGIN"])
    func swaksLogsInUnderTLS(mechanism: String) async throws {
        try await LiveServer.run { live in
            let login = ["--auth", mechanism, "--auth-user", "joe", "--auth-password", "pencil"]
            let start = try await swaks(live, "submission", ["--tls"] + login)
            #expect(start.status == 0, "\(start.output)")
            let implicit = try await swaks(live, "submissions", ["--tls-on-connect"] + login)
            #expect(implicit.status == 0, "\(implicit.output)")
            #expect(live.policy.accepted.count == 2)
            // 28: the server does not offer AUTH in the clear, and swaks sends no password.
            let clear = try await swaks(live, "submission", login)
            #expect(clear.status == 28, "\(clear.output)")
            let wrong = try await swaks(
                live, "submission", ["--tls", "--auth", mechanism, "--auth-user", "joe", "--auth-password", "x"])
            #expect(wrong.status == 28, "\(wrong.output)")
            #expect(live.policy.accepted.count == 2)
        }
    }

    @Test func swaksRelaysAndPipelines() async throws {
        try await LiveServer.run { live in
            let plain = try await swaks(live, "relay", [])
            #expect(plain.status == 0, "\(plain.output)")
            let pipelined = try await swaks(live, "relay", ["--pipeline", "--tls"])
            #expect(pipelined.status == 0, "\(pipelined.output)")
            let many = try await swaks(live, "relay", ["--to", "b@example.com,c@example.com,d@example.com"])
            #expect(many.status == 0, "\(many.output)")
            #expect(live.policy.accepted.last?.envelope.recipients.count == 3)
            let dots = try await swaks(live, "relay", ["--body", ".\\n..\\n.x"])
            #expect(dots.status == 0, "\(dots.output)")
            #expect(live.policy.accepted.last?.text.hasSuffix("\r\n\r\n.\r\n..\r\n.x\r\n\r\n\r\n") == true)
        }
    }

    /// SIZE, 8BITMIME, SMTPUTF8 and DSN as smtplib says them, BDAT by hand.
    @Test func python() async throws {
        let script = """
            import smtplib, sys
            s = smtplib.SMTP('127.0.0.1', int(sys.argv[1]), 'client.example', 60)
            s.ehlo()
            assert s.esmtp_features['size'] == '52428800', s.esmtp_features
            body = 'Subject: h\\u00e9\\r\\n\\r\\nUml\\u00e4ut\\r\\n'.encode()
            s.sendmail('j\\u00f6rg@example.org', ['\\u00fcnal@example.com'], body,
                       ['SMTPUTF8', 'BODY=8BITMIME', 'RET=HDRS', 'ENVID=x1'],
                       ['NOTIFY=FAILURE', 'ORCPT=utf-8;x'])
            assert s.docmd('MAIL FROM:<a@example.org> SIZE=99999999999')[0] == 552
            for command, code in [('MAIL FROM:<a@example.org>', 250), ('RCPT TO:<b@example.com>', 250)]:
                assert s.docmd(command)[0] == code
            s.sock.sendall(b'BDAT 7\\r\\nA: b\\r\\n\\rBDAT 4 LAST\\r\\n\\n.\\r\\n')
            assert s.getreply()[0] == 250
            assert s.getreply()[0] == 250
            s.quit()
            """
        try await LiveServer.run { live in
            let result = try await Tool.run("/usr/bin/python3", ["-c", script, "\(live.port("relay"))"])
            #expect(result.status == 0, "\(result.output)")
            #expect(live.policy.accepted.map(\.text) == ["Subject: hé\r\n\r\nUmläut\r\n", "A: b\r\n\r\n.\r\n"])
            #expect(live.policy.accepted.first?.envelope.needsSMTPUTF8 == true)
        }
    }

    @Test func smtpSourceOnManyConnections() async throws {
        try await LiveServer.run { live in
            let target = "127.0.0.1:\(live.port("relay"))"
            let kept = try await Tool.run(
                "/usr/sbin/smtp-source",
                ["-s", "10", "-m", "300", "-l", "4096", "-f", "a@example.org", "-t", "b@example.com", target])
            #expect(kept.status == 0, "\(kept.output)")
            let fresh = try await Tool.run(
                "/usr/sbin/smtp-source",
                ["-d", "-s", "10", "-m", "300", "-l", "4096", "-f", "a@example.org", "-t", "b@example.com", target])
            #expect(fresh.status == 0, "\(fresh.output)")
            #expect(live.policy.accepted.count == 600)
        }
    }
}
