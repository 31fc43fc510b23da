import Audit
import MailTypes
import NIOPosix
import Posture
import Testing

/// Against a real Postfix that asks a real Dovecot.
@Suite(.serialized) struct OnlineTrialTests {
    static let loopback = IPAddress.v4(0x7f00_0001)

    private func outcomes(_ password: String, tries: Int) async throws -> [OnlineTrial.Result] {
        let server = try await TestPostfix(settings: "", login: (name: "ann", password: password))
        let trial = try OnlineTrial(
            Self.loopback, port: server.port, tries: tries, pause: .zero, guesses: GuessList(year: 2026))
        let results = try await trial.run([Account(name: "ann", line: 1)], on: MultiThreadedEventLoopGroup.singleton)
        await server.stop()
        return results
    }

    @Test func findsTheLikeliest() async throws {
        let results = try await outcomes("ann1", tries: 3)
        #expect(results.map(\.outcome) == [.guessed(.name)] && results[0].tries == 3)
        let finding = OnlineTrial.finding(results, target: "x")
        #expect(finding.result == .fail(.critical) && !"\(finding)".contains("ann1"))
    }

    @Test func triesNoMoreThanAsked() async throws {
        let results = try await outcomes("kV9-tram-olive", tries: 2)
        #expect(results.map(\.outcome) == [.withstood] && results[0].tries == 2)
        #expect(OnlineTrial.finding(results, target: "x").result == .pass)
    }

    @Test func staysOnItsOwnHost() {
        for address in [IPAddress.v4(0xc000_0207), .v6(high: 0x2001_0db8_0000_0000, low: 7)] {
            #expect(throws: AuditError.self) {
                try OnlineTrial(address, port: 587, tries: 3, pause: .zero, guesses: GuessList(year: 2026))
            }
        }
        #expect(throws: AuditError.self) {
            try OnlineTrial(Self.loopback, port: 587, tries: 50, pause: .zero, guesses: GuessList(year: 2026))
        }
    }

    @Test func isUnknownWithoutAServer() async throws {
        // Port 1 of loopback: nobody listens there.
        let trial = try OnlineTrial(Self.loopback, port: 1, tries: 1, pause: .zero, guesses: GuessList(year: 2026))
        await #expect(throws: AuditError.self) {
            try await trial.run([Account(name: "ann", line: 1)], on: MultiThreadedEventLoopGroup.singleton)
        }
        let stopped = OnlineTrial.Result(account: Account(name: "ann", line: 1), outcome: .stopped("421 bye"), tries: 1)
        #expect(OnlineTrial.finding([stopped], target: "x").result.word == "unknown")
        #expect(OnlineTrial.finding([], target: "x").result.word == "unknown")
    }
}
