import Detection
import Foundation
import MailTypes
import NIOCore
import Spool
import Testing

@testable import Relay

@Suite("The relay with real DNS and real receivers", .enabled(if: RealParts.areInstalled), .timeLimit(.minutes(10)))
struct RealPartsTests {
    private static let zone = [
        "a.example. 300 IN MX 10 dead.example.", "a.example. 300 IN MX 20 mx.example.",
        "dead.example. 300 IN A 127.0.0.9", "mx.example. 300 IN A 127.0.0.2",
        "null.example. 300 IN MX 0 .", "loop.example. 300 IN MX 10 gw.example.net.",
        "direct.example. 300 IN A 127.0.0.2", "sender.example. 300 IN MX 10 back.example.",
        "back.example. 300 IN A 127.0.0.3", "smart.example. 300 IN A 127.0.0.4",
    ]

    private func parts(
        clean: String? = nil, risky: String? = nil, _ routes: @escaping (UInt16) throws -> [Route] = { _ in [] }
    ) async throws -> RealParts {
        let helo = try domain("gw.example.net")
        let clean = EgressPool(sourceIPv4: clean.flatMap { IPAddress($0) }, helo: helo)
        let risky = EgressPool(sourceIPv4: risky.flatMap { IPAddress($0) }, helo: helo)
        return try await RealParts(zone: Self.zone) { port in
            RoutingTable(routes: (try? routes(port)) ?? [], clean: clean, risky: risky)
        }
    }

    @Test("MX by preference past a dead host, no MX, a literal; failures come back as reports") func mx() async throws {
        let parts = try await parts()
        try await parts.sink("127.0.0.2")
        try await parts.sink("127.0.0.3")
        parts.relay.start()
        try await parts.submit(to: ["u@a.example", "u@direct.example", "u@[127.0.0.2]"])
        try await parts.submit(to: ["u@null.example"]) {
            $0.envelope.envelopeID = "id+2B1"
            $0.envelope.recipients[0].originalRecipient = "rfc822;someone@else.example"
        }
        try await parts.submit(to: ["u@loop.example"])
        try await parts.submit(to: ["u@missing.example"])
        // Nobody is told of this one.
        try await parts.submit(to: ["u@missing.example"]) { $0.envelope.recipients[0].notify = .never }
        try await parts.submit(to: ["u@missing.example"]) { $0.envelope.sender = .null }
        #expect(try await parts.completed(9))
        let taken = try parts.received(at: "127.0.0.2")
        #expect(taken.count == 3)
        for recipient in ["<u@a.example>", "<u@direct.example>", "<u@[127.0.0.2]>"] {
            #expect(taken.count { $0.contains("X-Rcpt-Args: \(recipient)\n") } == 1)
        }
        let reports = try parts.received(at: "127.0.0.3")
        #expect(reports.count == 3)
        #expect(reports.allSatisfy { $0.contains("X-Mail-Args: <>") && $0.contains("Action: failed\n") })
        #expect(reports.count { $0.contains("Status: 5.1.10\n") && $0.contains("Original-Envelope-Id: id+1\n") } == 1)
        #expect(reports.count { $0.contains("Status: 5.4.6\n") } == 1)
        #expect(reports.count { $0.contains("Status: 5.1.2\n") } == 1)
        #expect(reports.count { $0.contains("Original-Recipient: rfc822;someone@else.example\n") } == 1)
        #expect(try parts.spool.queued(after: nil, limit: 10).isEmpty)
        try await parts.end()
    }

    @Test("Pools leave from their own addresses, held and doubtful mail by the risky one only") func pools()
        async throws
    {
        let parts = try await parts(clean: "127.0.0.21", risky: "127.0.0.22")
        try await parts.sink("127.0.0.2")
        parts.relay.start()
        try await parts.submit(to: ["clean@direct.example"])
        try await parts.submit(to: ["risky@direct.example"], pool: .risky)
        let held = try await parts.submit(to: ["held@direct.example"]) {
            $0.state = .held(until: .distantFuture)
            $0.action = .hold
        }
        #expect(try await parts.completed(2))
        try await parts.relay.act(.release, on: held, author: "person:ann")
        #expect(try await parts.completed(3))
        let lines = try parts.received(at: "127.0.0.2")
        #expect(lines.count == 3)
        for (user, address) in [("clean", 21), ("risky", 22), ("held", 22)] {
            #expect(
                lines.contains {
                    $0.contains("X-Client-Addr: 127.0.0.\(address)\n")
                        && $0.contains("X-Rcpt-Args: <\(user)@direct.example>")
                }, "\(user)")
        }
        #expect(try parts.spool.fates(held).map(\.fate) == [.released])
        try await parts.end()
    }

    @Test("Hold and delete: what is queued stays away, and a second time is an error") func holds() async throws {
        let parts = try await parts()
        parts.relay.start()
        // Nobody listens at 127.0.0.9: the messages wait.
        let first = try await parts.submit(to: ["u@[127.0.0.9]"])
        let second = try await parts.submit(to: ["u@[127.0.0.9]"])
        try await parts.relay.act(.hold(until: .distantFuture), on: first, author: "stop:case-1")
        await #expect(throws: SpoolError.self) {
            try await parts.relay.act(.hold(until: .distantFuture), on: first, author: "x")
        }
        try await parts.relay.act(.delete, on: second, author: "person:ann")
        await #expect(throws: SpoolError.self) { try await parts.relay.act(.delete, on: second, author: "x") }
        #expect(await parts.relay.snapshot()?.queued == 0)
        #expect(try parts.spool.held(after: nil, limit: 10).map(\.id) == [first])
        try await parts.relay.act(.delete, on: first, author: "person:ann")
        #expect(try parts.spool.held(after: nil, limit: 10).isEmpty)
        try await parts.end()
    }

    @Test("Routes to smart hosts by domain and customer; DSN parameters pass; own mail by its own route")
    func smartHosts() async throws {
        let parts = try await parts { port in
            let smart = Route.Next.smartHosts([SmartHost(.host(try domain("smart.example")), port: port)])
            let direct = Route.Next.smartHosts([SmartHost(.address(.v4(0x7f00_0002)), port: port)])
            return [
                Route(onlyOwnMail: true, next: .mx, tls: .none),
                Route(domains: [.below(try domain("corp.example"))], next: smart),
                Route(customers: [try #require(CustomerID("acme"))], next: direct),
            ]
        }
        for address in ["127.0.0.2", "127.0.0.4"] { try await parts.sink(address) }
        try await parts.sink("127.0.0.3")
        parts.relay.start()
        try await parts.submit(to: ["u@x.corp.example"]) {
            $0.envelope.returnContent = .headers
            $0.envelope.envelopeID = "q1"
            $0.envelope.recipients[0].notify = [.success, .failure]
            $0.envelope.recipients[0].originalRecipient = "rfc822;u@x"
        }
        try await parts.submit(to: ["u@anything.example"])
        #expect(try await parts.completed(2))
        let received = try parts.received(at: "127.0.0.4")
        #expect(received.count == 1, "\(parts.attempts)")
        let smart = try #require(received.first)
        #expect(smart.contains("X-Mail-Args: <ann@sender.example> RET=HDRS ENVID=q1\n"))
        #expect(smart.contains("X-Rcpt-Args: <u@x.corp.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;u@x\n"))
        #expect(try parts.received(at: "127.0.0.2").count == 1)
        // The server took over NOTIFY: we say nothing.
        #expect(try parts.received(at: "127.0.0.3").isEmpty)
        try await parts.end()
    }

    @Test("A large message is streamed from the spool byte by byte as it was", arguments: [[], ["-p"], ["-8"]])
    func large(options: [String]) async throws {
        let parts = try await parts()
        try await parts.sink("127.0.0.2", options)
        parts.relay.start()
        var text = "Subject: large\r\n\r\n"
        for number in 0..<40_000 {
            text += number % 7 == 0 ? ".\(number)\r\n" : "line \(number) of the large message\r\n"
        }
        text += "."
        try await parts.submit(to: ["u@direct.example"], text) { $0.envelope.body = .eightBitMIME }
        #expect(try await parts.completed(1))
        let taken = try #require(try parts.received(at: "127.0.0.2").first)
        let start = try #require(taken.range(of: "Subject: large"))
        // The sink ends each message with an empty line of its own; the end of the last line is ours.
        let expected = text.replacingOccurrences(of: "\r\n", with: "\n") + "\n"
        #expect(taken[start.lowerBound...].hasPrefix(expected))
        #expect(taken[start.lowerBound...].utf8.count <= expected.utf8.count + 1)
        #expect(await parts.relay.snapshot()?.memory == ByteCount(0))
        try await parts.end()
    }

    @Test("A refusing receiver: at once for 5xx, later for 4xx", arguments: ["-f", "-r"])
    func refused(option: String) async throws {
        let parts = try await parts()
        try await parts.sink("127.0.0.2", [option, "RCPT"])
        try await parts.sink("127.0.0.3")
        parts.relay.start()
        let id = try await parts.submit(to: ["u@direct.example"])
        if option == "-f" {
            #expect(try await parts.completed(2))
            let report = try #require(try parts.received(at: "127.0.0.3").first, "\(parts.attempts)")
            #expect(report.contains("Remote-MTA: dns; direct.example\n"))
            #expect(report.contains("Diagnostic-Code: smtp; 5"))
        } else {
            var state: RecipientState?
            for _ in 0..<10_000 where state?.attempts != 1 {
                try await RealParts.loop.scheduleTask(in: .milliseconds(5)) {}.futureResult.get()
                state = try parts.spool.message(id)?.recipients.first
            }
            #expect(state?.attempts == 1)
            #expect(state?.lastReply.hasPrefix("4") == true)
            #expect(try parts.received(at: "127.0.0.3").isEmpty)
        }
        try await parts.end()
    }
}
