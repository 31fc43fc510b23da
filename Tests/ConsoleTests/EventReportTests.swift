import Foundation
import MailTypes
import NIOConcurrencyHelpers
import Testing

@testable import Console

/// What customers' servers report, on a live socket.
@Suite(.timeLimit(.minutes(5)))
struct EventReportTests {
    private static func login(_ time: String, _ account: String = "Joe@acme.example", _ address: String = "203.0.113.8")
        -> String
    {
        "{\"time\": \"\(time)\", \"event\": \"login\", \"account\": \"\(account)\", \"address\": \"\(address)\", \"success\": true}"
    }

    private static func body(_ events: [String], customer: String = "acme") -> String {
        "{\"customer\": \"\(customer)\", \"server\": \"192.0.2.1\", \"events\": [\(events.joined(separator: ","))]}"
    }

    @Test func loginsAndOutcomesReachTheGatewayAndNothingElseDoes() async throws {
        let console = try TestConsole()
        try await console.serve { console in
            let now = String(TestConsole.start.iso8601.prefix(19)) + "Z"
            let outcome =
                "{\"time\": \"\(now)\", \"event\": \"outcome\", \"account\": \"joe@acme.example\", \"outcome\": \"unknown-recipient\", \"receiver\": \"far.example\"}"
            let taken = try await console.post(
                "/api/v1/events",
                Self.body([
                    Self.login(now), outcome, Self.login("2001-01-01T00:00:00Z"), Self.login("2099-01-01T00:00:00Z"),
                    Self.login("yesterday"), Self.login(now, "a\\u0000b"), Self.login(now, "joe", "300.1.1.1"),
                    "{\"time\": \"\(now)\", \"event\": \"flow\"}",
                ]))
            #expect(taken.status == 200)
            #expect(try taken.json["taken"] as? Int == 2 && taken.json["ignored"] as? Int == 6)
            let got = console.reports.withLockedValue { $0 }
            let joe = try #require(AccountName("joe@acme.example"))
            #expect(got.map(\.account) == [joe, joe] && got.allSatisfy { $0.customer.description == "acme" })
            #expect(got.first?.kind == .login(address: .v4(0xcb00_7108), succeeded: true))
            #expect(got.last?.kind == .outcome(.unknownRecipient, receiver: DomainName("far.example")))
            #expect(got.first?.time == TestConsole.start && got.first?.server == IPAddress("192.0.2.1"))
        }
    }

    @Test func whoMayNotActOrNamesNobodyIsRefused() async throws {
        let console = try TestConsole()
        try await console.serve { console in
            let now = String(TestConsole.start.iso8601.prefix(19)) + "Z"
            let body = Self.body([Self.login(now)])
            let statuses = [
                try await console.post("/api/v1/events", body, role: .read).status,
                try await console.post("/api/v1/events", body, role: nil).status,
            ]
            #expect(statuses == [403, 401])
            let wrong = [
                Self.body([Self.login(now)], customer: "nobody"), Self.body([]), "[]", "{\"customer\": \"acme\"}",
                Self.body(Array(repeating: Self.login(now), count: 1001)),
                "{\"customer\": \"acme\", \"server\": \"x\", \"events\": [\(Self.login(now))]}",
            ]
            for body in wrong {
                #expect(try await console.post("/api/v1/events", body, role: .act).status == 422)
            }
            #expect(console.reports.withLockedValue { $0.isEmpty })
        }
    }
}
