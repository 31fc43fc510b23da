import MailTypes
import NIOCore
import SMTPProtocol
import Testing

@testable import SMTPServing

struct TLSTests {
    /// RFC 3207 §4.2 and CVE-2011-0411: what was sent in the clear behind STARTTLS counts for nothing under TLS.
    @Test func injectedCommandsAreThrownAway() async throws {
        try await LiveServer.run { live in
            let client = try await live.client("relay")
            _ = try await client.reply()
            _ = try await client.ask("EHLO c")
            try await client.send("STARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@example.org>\r\n")
            #expect(try await client.reply().hasPrefix("220 2.0.0"))
            try await client.startTLS(live.certificate.client)
            // The first reply under TLS is that of the first command under TLS.
            #expect(try await client.ask("NOOP") == "250 2.0.0 ok")
            #expect(try await client.ask("MAIL FROM:<a@example.org>").hasPrefix("503 5.5.1 send EHLO first"))
            let extensions = try await client.ask("EHLO c")
            #expect(!extensions.contains("STARTTLS"))
            #expect(extensions.contains("AUTH"))
            #expect(try await client.ask("STARTTLS").hasPrefix("503"))
        }
    }

    @Test func whatWasSaidInTheClearIsForgotten() async throws {
        try await LiveServer.run { live in
            let client = try await live.client("relay")
            _ = try await client.reply()
            _ = try await client.ask("EHLO c")
            _ = try await client.ask("MAIL FROM:<a@example.org>")
            // Not in the middle of a message.
            #expect(try await client.ask("STARTTLS").hasPrefix("503"))
            _ = try await client.ask("RSET")
            #expect(try await client.ask("STARTTLS now").hasPrefix("501"))
            _ = try await client.ask("STARTTLS")
            try await client.startTLS(live.certificate.client)
            #expect(try await client.ask("RCPT TO:<b@example.com>").hasPrefix("503"))
            #expect(live.policy.events.contains(.encrypted))
        }
    }

    @Test func plainTextWhereTLSIsDue() async throws {
        try await LiveServer.run { live in
            for listener in ["submissions", "relay"] {
                let client = try await LiveClient.connect(port: live.port(listener))
                if listener == "relay" {
                    _ = try await client.reply()
                    _ = try await client.ask("EHLO c")
                    _ = try await client.ask("STARTTLS")
                }
                client.push("EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\n")
                #expect(!(try await client.reply()).hasPrefix("250"))
                try await client.closed()
            }
            #expect(live.policy.taken.isEmpty)
        }
    }

    @Test func aProxyHeaderBeforeImplicitTLS() async throws {
        try await LiveServer.run(RecordingPolicy([]), proxies: ["127.0.0.0/8"]) { live in
            let client = try await LiveClient.connect(port: live.port("submissions"))
            try await client.send("PROXY TCP4 198.51.100.77 127.0.0.1 1000 465\r\n")
            try await client.startTLS(live.certificate.client)
            #expect(try await client.reply().hasPrefix("220"))
            _ = try await client.ask("EHLO c")
            #expect(try await client.ask("AUTH PLAIN \(Base64.encode(Array("\0joe\0pencil".utf8)))").hasPrefix("235"))
            _ = try await client.ask("MAIL FROM:<a@example.org>")
            _ = try await client.ask("RCPT TO:<b@example.com>")
            _ = try await client.ask("DATA")
            #expect(try await client.ask("x\r\n.").hasPrefix("250"))
            #expect(live.policy.accepted.first?.identity.server == IPAddress("198.51.100.77"))
        }
    }
}
