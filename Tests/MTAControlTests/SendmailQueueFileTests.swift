import MailTypes
import Testing

@testable import MTAControl

@Suite struct SendmailQueueFileTests {
    static let ordinary: [UInt8] =
        Array(
            """
            V8
            T1795637233
            K0
            N0
            P60100
            F8bs
            $_mail.customer.example [192.0.2.7]
            $rESMTPA
            ${daemon_flags}
            ${auth_authen}joe
            S<joe@own.example>
            rRFC822; r@x.example
            RPFD:<r@x.example>
            RPFD:"a b"@y.example
            H?P?Return-Path: <
            """.utf8) + [0x81]
        + Array(
            """
            g>
            H??Received: from [192.0.2.7]
            \tby mx.own.example
            H?D?Date: Wed, 25 Nov 2026 20:07:13 GMT
            H?x?Full-Name: Joe
            H??Subject: hi \u{0}
            """.utf8.dropLast()) + [0xff, 0x81, 0x78, 0xff, 0xff] + Array("\n.\n".utf8)

    @Test func ordinaryFileIsRead() throws {
        let file = try SendmailQueueFile(Self.ordinary)
        #expect(file.sender == "joe@own.example")
        #expect(file.arrival == Timestamp(seconds: 1_795_637_233))
        #expect(file.recipients.map(\.address) == ["r@x.example", "\"a b\"@y.example"])
        #expect(file.origin == .init(account: "joe", client: "192.0.2.7"))
        #expect(!file.isQuarantined)
        let text = "Received: from [192.0.2.7]\n\tby mx.own.example\nDate: Wed, 25 Nov 2026 20:07:13 GMT\nSubject: hi "
        #expect(file.header == Array(text.utf8) + [0x81, 0x78, 0xff, 0x0a])
    }

    @Test func everyCutIsAnErrorNotAGuess() {
        for length in 0..<(Self.ordinary.count - 1) {
            #expect(throws: SendmailQueueFile.Malformed.self) { try SendmailQueueFile(Array(Self.ordinary[..<length])) }
        }
    }

    @Test(arguments: [
        ("V9\nT1\nS<a@b>\nR<c@d>\n.\n"), ("V8\nTx\nS<a@b>\nR<c@d>\n.\n"), ("V8\nT1\nR<c@d>\n.\n"),
        ("V8\nT1\nS<a@b>\n.\n"), ("V8\nS<a@b>\nR<c@d>\n.\n"),
    ])
    func strangeFilesAreErrors(_ text: String) {
        #expect(throws: SendmailQueueFile.Malformed.self) { try SendmailQueueFile(Array(text.utf8)) }
    }

    @Test func localUserAndQuarantineAreNoted() throws {
        let file = try SendmailQueueFile(Array("V8\nT1\n$_www-data@localhost\nqspam\nS<>\nRroot\nH??A: b\n.\n".utf8))
        #expect(file.origin == .init(user: "www-data"))
        #expect(file.isQuarantined && file.sender == "" && file.recipients.map(\.address) == ["root"])
    }
}

@Suite struct OpenSMTPDEnvelopeTests {
    static let ordinary = """
        version: 3
        dispatcher: out
        type: mta
        hostname: mail.customer.example
        sockaddr: 192.0.2.7
        username: joe
        sender: joe@own.example
        rcpt: r@x.example
        dest: r@x.example
        ctime: 1795636840
        retry: 2

        """

    @Test func ordinaryFileIsRead() throws {
        let file = try OpenSMTPDEnvelope(Array(Self.ordinary.utf8))
        #expect(file.sender == "joe@own.example" && file.recipient == "r@x.example")
        #expect(file.arrival == Timestamp(seconds: 1_795_636_840))
        #expect(file.origin == .init(account: "joe", client: "192.0.2.7"))
        let bounce = Self.ordinary.replacing("sender: joe@own.example", with: "sender: @")
        #expect(try OpenSMTPDEnvelope(Array(bounce.utf8)).sender.isEmpty)
    }

    @Test(arguments: [
        ("version: 3", "version: 99"), ("version: 3", "x"), ("ctime: 1795636840", "ctime: y"), ("sender:", "render:"),
        ("dest: r@x.example", "dest: "), ("sender: joe", "sender: \u{0}\u{ff}\n"),
    ])
    func strangeFilesAreErrors(_ from: String, _ to: String) {
        #expect(throws: OpenSMTPDEnvelope.Malformed.self) {
            try OpenSMTPDEnvelope(Array(Self.ordinary.replacing(from, with: to).utf8))
        }
    }
}
