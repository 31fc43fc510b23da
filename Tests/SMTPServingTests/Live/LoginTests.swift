import MailTypes
import SMTPProtocol
import Testing

@testable import SMTPServing

/// AUTH over real TLS.
struct LoginTests {
    private let joe = Base64.encode(Array("joe".utf8))
    private let pencil = Base64.encode(Array("pencil".utf8))

    @Test(arguments: ["submission", "submissions", "relay"])
    func eachMechanism(listener: String) async throws {
        try await LiveServer.run { live in
            for mechanism in ["PLAIN", "PLAIN-2", "LOGIN", "LOGIN-2", "SCRAM"] {
                let client = try await live.encrypted(listener)
                #expect(try await client.ask("EHLO c").contains("250-AUTH SCRAM-SHA-256 PLAIN LOGIN"))
                let plain = Base64.encode(Array("\0joe\0pencil".utf8))
                switch mechanism {
                case "PLAIN": #expect(try await client.ask("AUTH PLAIN \(plain)").hasPrefix("235 2.7.0"))
                case "PLAIN-2":
                    #expect(try await client.ask("AUTH PLAIN") == "334 ")
                    #expect(try await client.ask(plain).hasPrefix("235 2.7.0"))
                case "LOGIN":
                    #expect(try await client.ask("auth login") == "334 VXNlcm5hbWU6")
                    #expect(try await client.ask(joe) == "334 UGFzc3dvcmQ6")
                    #expect(try await client.ask(pencil).hasPrefix("235 2.7.0"))
                case "LOGIN-2":
                    #expect(try await client.ask("AUTH LOGIN \(joe)") == "334 UGFzc3dvcmQ6")
                    #expect(try await client.ask(pencil).hasPrefix("235 2.7.0"))
                default:
                    let scram = ScramClient(user: "joe", password: "pencil")
                    let challenge = try await client.ask("AUTH SCRAM-SHA-256 \(scram.first)")
                    let (message, serverFinal) = try scram.final(String(challenge.dropFirst(4)))
                    #expect(try await client.ask(message) == "334 \(serverFinal)")
                    #expect(try await client.ask("").hasPrefix("235 2.7.0"))
                }
                #expect(!(try await client.ask("EHLO c")).contains("AUTH"))
                #expect(try await client.ask("AUTH PLAIN \(plain)").hasPrefix("503"))
                #expect(try await client.ask("MAIL FROM:<a@example.org>").hasPrefix("250"))
                _ = try await client.ask("RCPT TO:<b@example.com>")
                _ = try await client.ask("DATA")
                #expect(try await client.ask("x\r\n.").hasPrefix("250"))
                _ = try await client.ask("QUIT")
                try await client.closed()
            }
            #expect(live.policy.accepted.count == 5)
            #expect(live.policy.accepted.allSatisfy { $0.identity.evidence == .login })
            #expect(live.policy.accepted.allSatisfy { $0.identity.account == AccountName("joe") })
            #expect(live.accounts.scramOutcomes == [true])
        }
    }

    @Test func wrongPasswords() async throws {
        try await LiveServer.run { live in
            let client = try await live.encrypted()
            let wrong = Base64.encode(Array("\0joe\0wrong".utf8))
            #expect(try await client.ask("AUTH PLAIN \(wrong)").hasPrefix("535 5.7.8"))
            #expect(try await client.ask("MAIL FROM:<a@example.org>").hasPrefix("530 5.7.0"))
            let scram = ScramClient(user: "joe", password: "wrong")
            let challenge = try await client.ask("AUTH SCRAM-SHA-256 \(scram.first)")
            #expect(
                try await client.ask(try scram.final(String(challenge.dropFirst(4))).message).hasPrefix("535 5.7.8"))
            // The third is the last.
            #expect(try await client.ask("AUTH PLAIN \(wrong)").hasPrefix("421 4.7.0 too many errors"))
            try await client.closed()
            #expect(live.accounts.scramOutcomes == [false])
            // A user who is not there looks like one who is.
            let other = try await live.encrypted()
            let nobody = ScramClient(user: "nobody", password: "pencil")
            let answer = try await other.ask("AUTH SCRAM-SHA-256 \(nobody.first)")
            #expect(answer.hasPrefix("334 "))
            #expect(try await other.ask(try nobody.final(String(answer.dropFirst(4))).message).hasPrefix("535 5.7.8"))
        }
    }

    @Test func exchangesThatAreNone() async throws {
        try await LiveServer.run { live in
            let client = try await live.encrypted()
            #expect(try await client.ask("AUTH CRAM-MD5").hasPrefix("504 5.5.4"))
            #expect(try await client.ask("AUTH PLAIN !!!!").hasPrefix("501"))
            _ = try await client.ask("AUTH LOGIN")
            #expect(try await client.ask("*").hasPrefix("501 5.7.0"))
            // Acting for somebody else is not offered.
            let other = Base64.encode(Array("ann\0joe\0pencil".utf8))
            #expect(try await client.ask("AUTH PLAIN \(other)").hasPrefix("535"))
            let broken = Base64.encode(Array("\0broken\0x".utf8))
            #expect(try await client.ask("AUTH PLAIN \(broken)").hasPrefix("454 4.7.0"))
            #expect(try await client.ask("MAIL FROM:<a@example.org>").hasPrefix("530"))
        }
    }

    /// A login is no licence: the policy is asked about each sender, and what it refuses reaches no receiver.
    @Test func foreignSendersAfterALogin() async throws {
        let policy = RecordingPolicy()
        policy.set { $0.ownDomain = "example.org" }
        try await LiveServer.run(policy) { live in
            let client = try await live.encrypted()
            _ = try await client.ask("AUTH PLAIN \(Base64.encode(Array("\0joe\0pencil".utf8)))")
            #expect(try await client.ask("MAIL FROM:<ceo@bank.example>").hasPrefix("550 5.7.1"))
            #expect(try await client.ask("RCPT TO:<b@example.com>").hasPrefix("503"))
            #expect(try await client.ask("DATA").hasPrefix("503"))
            #expect(try await client.ask("MAIL FROM:<joe@example.org>").hasPrefix("250"))
            #expect(policy.taken.isEmpty)
        }
    }
}
