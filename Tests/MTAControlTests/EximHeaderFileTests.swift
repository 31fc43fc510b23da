import Foundation
import MailTypes
import Testing

@testable import MTAControl

@Suite struct EximHeaderFileTests {
    static func field(_ mark: Character, _ text: String) -> String {
        let digits = String(text.utf8.count)
        return String(repeating: "0", count: max(0, 3 - digits.count)) + digits + "\(mark) " + text
    }

    static let id = "1xWFwD-0001LZ-1j"
    static let ordinary =
        """
        \(id)-H
        www-data 33 33
        <a@b.example>
        1795624421 0
        -received_time_usec .536311
        --helo_name client
        -host_address [192.0.2.9]:4711
        --auth_id joe
        -aclm 0 4
        a
        -x
        -frozen 1795624500
        YY m@y.example
        NN a@y.example
        NN z@y.example
        4
        x@y.example
        m@y.example
        "q r"@z.example 6 1,0#1
        j@y.example

        \(field("P", "Received: from x\n\tby y\n"))\(field(" ", "Subject: hi\n"))\(field("*", "X-Old: 1\n"))\(field("F", "From: a@b.example\n"))
        """

    static func read(_ text: String, journal: String = "") throws -> EximHeaderFile {
        try EximHeaderFile(Array(text.utf8), id: #require(QueueID(id)), journal: Array(journal.utf8))
    }

    @Test func ordinaryFileIsRead() throws {
        let file = try Self.read(String(Self.ordinary.dropLast(0)), journal: "j@y.example\n")
        #expect(file.sender == "a@b.example")
        #expect(file.arrival.microseconds == 1_795_624_421_536_311)
        #expect(file.isFrozen)
        #expect(file.origin.account == "joe")
        #expect(file.origin.client == "192.0.2.9")
        #expect(file.recipients.map(\.address) == ["x@y.example", "m@y.example", "\"q r\"@z.example", "j@y.example"])
        #expect(file.recipients.map(\.isDone) == [false, true, false, true])
        #expect(
            String(decoding: file.header, as: UTF8.self)
                == "Received: from x\n\tby y\nSubject: hi\nFrom: a@b.example\n")
    }

    @Test func localUserIsNoted() throws {
        let text = "\(Self.id)-H\nwww-data 33 33\n<>\n1 0\n-local\nXX\n1\nx@y.example\n\n" + Self.field(" ", "A: b\n")
        let file = try Self.read(text)
        #expect(file.origin == .init(user: "www-data"))
        #expect(file.sender.isEmpty)
    }

    /// Up to the header a cut is an error; a cut between fields cannot be seen, Exim writes the file whole or not at all.
    @Test func everyCutOfTheEnvelopeIsAnError() throws {
        let end = try #require(Self.ordinary.range(of: "\n\n")?.lowerBound)
        for length in 0...Self.ordinary[..<end].utf8.count {
            #expect(throws: EximHeaderFile.Malformed.self) {
                try Self.read(String(decoding: Array(Self.ordinary.utf8)[..<length], as: UTF8.self))
            }
        }
    }

    @Test(arguments: [
        ("1xWFwD-0001LZ-1j-H", "2xWFwD-0001LZ-1j-H"), ("<a@b.example>", "a@b.example"), ("YY m@", "QQ m@"),
        ("\n4\n", "\n3\n"), ("\n4\n", "\n99999999\n"), ("\n4\n", "\n5\n"), ("-aclm 0 4", "-aclm 0 500000"),
        ("012  Subject", "999  Subject"), ("012  Subject", "x"),
    ])
    func damageIsAnError(_ from: String, _ to: String) throws {
        let range = try #require(Self.ordinary.range(of: from))
        #expect(throws: EximHeaderFile.Malformed.self) {
            try Self.read(Self.ordinary.replacingCharacters(in: range, with: to))
        }
    }
}
