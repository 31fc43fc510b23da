import MailTypes
import Testing

@testable import MTAControl

@Suite struct PostfixQueueFileTests {
    static func record(_ type: Character, _ text: String) -> [UInt8] {
        var bytes: [UInt8] = [type.asciiValue ?? 0]
        var length = text.utf8.count
        repeat {
            bytes.append(UInt8(length & 0x7f) | (length > 127 ? 0x80 : 0))
            length >>= 7
        } while length > 0
        return bytes + Array(text.utf8)
    }

    static let ordinary: [UInt8] =
        record("C", "           3320             303               2               0            3320               0")
        + record("T", "1795624650  19347") + record("A", "sasl_username=joe") + record("A", "client_address=192.0.2.7")
        + record("S", "a@b.example") + record("O", "x@y.example") + record("D", "x@y.example")
        + record("R", "z@y.example") + record("M", "") + record("N", "Subject: hi") + record("N", "")
        + record("L", String(repeating: "x", count: 2048)) + record("N", "end") + record("N", ".dot")
        + record("X", "") + record("E", "")

    @Test func ordinaryFileIsRead() throws {
        let file = try PostfixQueueFile(Self.ordinary)
        #expect(file.sender == "a@b.example")
        #expect(file.arrival?.microseconds == 1_795_624_650_019_347)
        #expect(file.recipients == [.init("x@y.example", isDone: true), .init("z@y.example")])
        #expect(file.origin == .init(account: "joe", client: "192.0.2.7"))
        let text = "Subject: hi\n\n" + String(repeating: "x", count: 2048) + "end\n.dot\n"
        #expect(file.content == Array(text.utf8))
    }

    @Test func everyCutIsAnErrorNotAGuess() {
        for length in 0..<Self.ordinary.count {
            #expect(throws: PostfixQueueFile.Malformed.self) { try PostfixQueueFile(Array(Self.ordinary[..<length])) }
        }
    }

    /// Milters add header lines at the file's end, with pointers there and back.
    @Test func pointersAreFollowed() throws {
        let head =
            Self.record("T", "1 0") + Self.record("S", "") + Self.record("R", "r@x.example") + Self.record("M", "")
        let pointer = { (target: Int) in
            Self.record("p", String(repeating: " ", count: 15 - "\(target)".count) + "\(target)")
        }
        let size = pointer(0).count
        let rest = Self.record("N", "") + Self.record("N", "body") + Self.record("X", "") + Self.record("E", "")
        let added = head.count + size + rest.count
        let bytes = head + pointer(added) + rest + Self.record("N", "X-Added: 1") + pointer(head.count + size)
        #expect(try PostfixQueueFile(bytes).content == Array("X-Added: 1\n\nbody\n".utf8))
        let placeholder = head + pointer(0) + rest
        #expect(try PostfixQueueFile(placeholder).content == Array("\nbody\n".utf8))
    }

    @Test func pointersInACircleEnd() {
        let head =
            Self.record("T", "1 0") + Self.record("S", "") + Self.record("R", "r@x.example") + Self.record("M", "")
        for text in ["", "line"] {
            let loop = head + Self.record("N", text) + Self.record("p", "\(head.count)") + Self.record("E", "")
            #expect(throws: PostfixQueueFile.Malformed.self) { try PostfixQueueFile(loop) }
        }
    }

    @Test(arguments: [
        record("p", "99999999"), record("p", "-1"), [0x4e, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], record("Z", "?"),
    ])
    func strangeRecordsInTheContentAreErrors(_ record: [UInt8]) {
        let bytes =
            Self.record("T", "1 0") + Self.record("S", "") + Self.record("R", "r@x.example") + Self.record("M", "")
            + record + Self.record("X", "") + Self.record("E", "")
        #expect(throws: PostfixQueueFile.Malformed.self) { try PostfixQueueFile(bytes) }
    }

    @Test func withoutRecipientsOrTimeIsAnError() {
        let end = Self.record("M", "") + Self.record("X", "") + Self.record("E", "")
        #expect(throws: PostfixQueueFile.Malformed.self) {
            try PostfixQueueFile(Self.record("T", "1 0") + Self.record("S", "") + end)
        }
        #expect(throws: PostfixQueueFile.Malformed.self) {
            try PostfixQueueFile(Self.record("S", "") + Self.record("R", "r@x.example") + end)
        }
    }
}
