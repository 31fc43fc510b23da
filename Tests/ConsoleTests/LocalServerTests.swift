import ControlStore
import Enforcement
import Foundation
import MailTypes
import NIOCore
import NIOPosix
import Testing

@testable import Console

/// The socket for commands of this machine.
@Suite(.timeLimit(.minutes(5)))
struct LocalServerTests {
    private static func ask(
        _ console: TestConsole, _ method: String, _ path: String, _ name: String, _ body: String = ""
    )
        async throws -> TestConsole.Answer
    {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: LocalServer.path(in: console.directory)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(
                ByteBuffer(
                    string: "\(method) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nSluice-Operator: \(name)\r\n"
                        + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"))
            var text = ""
            for try await part in inbound { text += String(buffer: part) }
            return try TestConsole.parse(text)
        }
    }

    @Test func whoActsIsNamedAndOthersCannotReachIt() async throws {
        let console = try TestConsole()
        let id = try console.makeCase()
        try await console.serve(isLocal: true) { console in
            var found = stat()
            #expect(stat(LocalServer.path(in: console.directory), &found) == 0 && found.st_mode & 0o777 == 0o600)
            let note = try await Self.ask(
                console, "POST", "/api/v1/cases/\(id)/notes", "ann", "{\"text\": \"called\"}")
            #expect(note.status == 200)
            #expect(try console.control.notes(of: id, limit: 5).map(\.author) == ["person:ann"])
            // A name that would draw on a terminal is no header at all.
            #expect(try await Self.ask(console, "GET", "/api/v1/spool", "ann\u{1b}[2J").status == 400)
            #expect(try await Self.ask(console, "POST", "/api/v1/audit/verify", "").status == 200)
            let stop = try await Self.ask(console, "GET", "/api/v1/stops/account:acme%2Fjoe", "ann")
            #expect(try stop.json["case"] as? String == id.description)
            // The API only: no pages, no login.
            for path in ["/operator", "/cases/\(id)", "/style.css"] {
                #expect(try await Self.ask(console, "GET", path, "ann").status == 404)
            }
        }
        #expect(access(LocalServer.path(in: console.directory), F_OK) != 0)
    }

    @Test func aSocketThatWasLeftBehindIsReplaced() async throws {
        let console = try TestConsole()
        let path = LocalServer.path(in: console.directory)
        let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(left, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        close(left)
        try await console.serve(isLocal: true) { console in
            let answer = try await Self.ask(console, "GET", "/api/v1/spool", "ann")
            #expect(answer.status == 200)
        }
    }

    /// The same request by a socket and without one: the same answer, the same entry in the log.
    @Test func withoutAGatewayTheAnswersAreTheSame() async throws {
        let console = try TestConsole()
        let (first, second) = (try console.quietCase("a"), try console.quietCase("b"))
        let api = LocalAPI(stores: console.stores, name: "ann", baseURL: nil) {
            var generator = SystemRandomNumberGenerator()
            return CapabilityToken(using: &generator)
        }
        @Sendable func direct(_ request: APIRequest) throws -> APIReply { try api.answer(request, at: console.now) }
        try await console.serve(isLocal: true) { console in
            for path in ["cases", "cases/\(first)", "stops", "held", "audit", "customers", "nothing", "cases/case-99"] {
                let asked = try await Self.ask(console, "GET", "/api/v1/\(path)", "ann")
                let done = try direct(APIRequest(.get, path.split(separator: "/").map(String.init)))
                #expect(asked.status == done.status && asked.body == String(decoding: done.body, as: UTF8.self))
            }
            let body = "{\"reason\":\"it was nothing\"}"
            let asked = try await Self.ask(console, "POST", "/api/v1/cases/\(first)/false-alarm", "ann", body)
            let done = try direct(
                APIRequest(.post, ["cases", second.description, "false-alarm"], body: Array(body.utf8)))
            #expect(asked.status == 200 && done.status == 200)
            let (one, two) = (
                try console.control.caseTimeline(first, limit: 50), try console.control.caseTimeline(second, limit: 50)
            )
            #expect(one.map(\.author) == two.map(\.author) && one.map(\.act) == two.map(\.act))
            #expect(one.last?.detail == "it was nothing")
        }
    }

    @Test(arguments: [
        (["stops", "account:acme/joe ü%"], "/api/v1/stops/account:acme%2Fjoe%20%C3%BC%25"),
        (["held"], "/api/v1/held?customer=a%26b"),
    ]) func requestsAreWrittenSafely(path: [String], target: String) {
        let request = APIRequest(.get, path, query: path == ["held"] ? [("customer", "a&b"), ("case", nil)] : [])
        #expect(request.target == target)
    }
}
