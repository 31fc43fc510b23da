import MailTypes
import Testing

@testable import Posture

struct ListeningTests {
    static let heading =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

    static func finding(_ lines: [String]) -> Finding? {
        var facts = MTAFacts(target: "host")
        facts.parts[.listening] = .init(
            name: "/proc/net/tcp", text: heading + lines.joined(separator: "\n") + "\n" + heading)
        return MTAChecks.findings(facts).first { $0.check == .mtaListening }
    }

    @Test(arguments: [
        ("   0: 00000000:0019 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1", "pass"),
        ("   0: 0100007F:2729 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1", "pass"),
        ("   0: 00000000:2729 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1", "fail"),
        // Not listening: an open connection.
        ("   0: 00000000:2729 00000000:0000 01 00000000:00000000 00:00000000 00000000     0        0 1 1", "pass"),
        (
            "   0: 00000000000000000000000001000000:2729 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1",
            "pass"
        ),
        (
            "   0: 00000000000000000000000000000000:2729 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1",
            "fail"
        ),
        ("   0: 0000:2729 00000000:0000 0A", "unknown"), ("rubbish", "unknown"),
    ]) func judges(line: String, expected: String) {
        #expect(Self.finding([line])?.result.word == expected)
    }

    @Test func readsAddresses() throws {
        let sockets = try ListeningSocket.read(
            .init(
                name: "tcp",
                text: "0: 0100007F:0019 0:0 0A\n1: B80D0120000000000000000001000000:024B 0:0 0A"))
        #expect(sockets.map { "\($0.address):\($0.port)" } == ["127.0.0.1:25", "2001:db8::1:587"])
    }
}
