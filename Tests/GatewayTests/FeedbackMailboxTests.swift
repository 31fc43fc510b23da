import MailTypes
import SluiceConfiguration
import Testing

@testable import Gateway

/// Who may bring reports, and to which mailbox.
struct FeedbackMailboxTests {
    private func mailbox(_ text: String) throws -> FeedbackMailbox {
        let reading = Configuration.parse(text: text)
        return FeedbackMailbox(try #require(reading.configuration, "\(reading.problems)").feedback)
    }

    private static let both = """
        feedback:
          addresses: [feedback@mail.example.org]
          networks: [192.0.2.25, "2001:db8:5::/48"]
        """

    @Test(arguments: [
        ("192.0.2.25", true), ("192.0.2.26", false), ("2001:db8:5::9", true), ("2001:db8:6::9", false),
        ("127.0.0.1", false),
    ])
    func onlyTheNamedHostsMayBringThem(address: String, admits: Bool) throws {
        #expect(try mailbox(Self.both).admits(try #require(IPAddress(address))) == admits)
    }

    @Test func withoutAMailboxNobodyMay() throws {
        let mailbox = try mailbox("feedback:\n  networks: [192.0.2.25]\n")
        #expect(!mailbox.admits(.v4(0xc000_0219)))
    }

    @Test(
        arguments: [
            ("feedback@mail.example.org", true, nil), ("FeedBack@MAIL.example.org", true, nil),
            ("feedback+06s3-1@mail.example.org", true, "06s3-1"), ("Feedback+X@mail.example.org", true, "X"),
            ("feedback+@mail.example.org", true, ""), ("feedback-x@mail.example.org", false, nil),
            ("other+feedback@mail.example.org", false, nil), ("feedback@example.org", false, nil),
            ("feedback+x@other.example.org", false, nil),
        ] as [(String, Bool, String?)])
    func aTagMayFollowTheName(address: String, isOurs: Bool, tag: String?) throws {
        let mailbox = try mailbox(Self.both)
        let address = try #require(EmailAddress(address))
        #expect(mailbox.owns(address) == isOurs)
        #expect(mailbox.tag(of: address) == tag)
    }

    @Test func aTagIsBounded() throws {
        let mailbox = try mailbox("feedback:\n  addresses: [f@m.example]\n")
        if let address = EmailAddress("f+\(String(repeating: "a", count: 60))@m.example") {
            #expect(mailbox.tag(of: address)?.count == 60)
        }
        if let address = EmailAddress("f+\(String(repeating: "a", count: 300))@m.example") {
            #expect((mailbox.tag(of: address)?.count ?? 0) <= 64)
        }
    }
}
