import ControlStore
import Detection
import Enforcement
import Foundation
import Logging
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import ServiceLifecycle
import Spool
import Testing

@testable import Console

/// A console on a live socket, with databases of its own and a clock that the test moves.
final class TestConsole: Sendable {
    static let start = Timestamp(seconds: 1_790_000_000)

    let directory: String
    let control: ControlDatabase
    let spool: Spool
    let stores: ConsoleStores
    let clock = NIOLockedValueBox(TestConsole.start)
    let port = NIOLockedValueBox(0)
    let tokens: [Role: CapabilityToken]
    let operators = OperatorBook()
    /// What was learnt: ids, and whether they are spam.
    let lessons: NIOLockedValueBox<[(ids: [SubmissionID], isSpam: Bool)]>
    /// What customers' servers reported.
    let reports: NIOLockedValueBox<[ReportedEvent]>
    private let proxies: [IPNetwork]

    init(proxies: [IPNetwork] = [], language: PageLanguage? = nil) throws {
        self.proxies = proxies
        let lessons = NIOLockedValueBox<[(ids: [SubmissionID], isSpam: Bool)]>([])
        self.lessons = lessons
        let reports = NIOLockedValueBox<[ReportedEvent]>([])
        self.reports = reports
        var template = Array((NSTemporaryDirectory() + "console-XXXXXX").utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.flatMap { mkdtemp($0) } }
        directory = String(cString: try #require(made))
        control = try ControlDatabase(directory: directory)
        spool = try Spool(directory: directory, settings: .init(minimumFree: ByteCount(0)))
        let acme = try #require(CustomerID("acme"))
        stores = ConsoleStores(
            control: try ControlDatabase(directory: directory),
            spool: try Spool(directory: directory, role: .command),
            customers: {
                [
                    .init(
                        id: acme, name: "Acme <Ltd>", servers: ["192.0.2.0/24"], domains: ["acme.example"],
                        contacts: [],
                        language: language)
                ]
            }, learn: { ids, isSpam in lessons.withLockedValue { $0.append((ids, isSpam)) } },
            live: {
                .init(
                    unreadiness: nil,
                    metrics: [
                        MetricFamily(
                            "sluice_deliveries", .gauge, "", [.init(3, labels: [("state", "ready")])])
                    ], listings: ["Own address 192.0.2.25 is on the list bl.example."], watchesLists: true)
            },
            report: { events in
                reports.withLockedValue { $0 += events }
                return true
            })
        var generator = SystemRandomNumberGenerator()
        tokens = Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, CapabilityToken(using: &generator)) })
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var now: Timestamp { clock.withLockedValue { $0 } }

    func pass(_ duration: Duration) { clock.withLockedValue { $0 = $0 + duration } }

    /// Serves while `work` runs.
    ///
    /// - Parameters:
    ///   - tls: the certificate; `nil`: plain HTTP.
    ///   - isLocal: on the socket in the state directory instead.
    func serve(
        tls: HTTPCertificate? = nil, isLocal: Bool = false,
        _ work: @escaping @Sendable (TestConsole) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (ports, found) = AsyncStream<Int>.makeStream()
        let entries = tokens.map { OperatorTokens.Entry(name: $0.key.rawValue, role: $0.key, digest: $0.value.digest) }
        operators.use(OperatorTokens(entries))
        let routes = ConsoleRoutes(
            operators: operators, stores: stores,
            settings: .init(baseURL: "https://console.example", proxies: proxies), logger: logger,
            newToken: {
                var generator = SystemRandomNumberGenerator()
                return CapabilityToken(using: &generator)
            }, formKey: Array(repeating: 7, count: 32), now: { [clock] in clock.withLockedValue { $0 } })
        let server: any Service =
            isLocal
            ? LocalServer(directory: directory, console: routes, logger: logger, onRunning: { found.yield(0) })
            : ConsoleServer(
                host: "127.0.0.1", port: 0, console: routes, tls: tls, logger: logger,
                onRunning: { if let port = $0 { found.yield(port) } })
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let number = try #require(await iterator.next())
            port.withLockedValue { $0 = number }
            let outcome: Result<Void, any Error>
            do {
                try await work(self)
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try outcome.get()
        }
    }

    // MARK: - What is in it

    func source(_ text: String) throws -> SourceID { try #require(SourceID(text)) }

    /// A case with a stop, evidence and a sample.
    func makeCase(_ source: String = "account:acme/joe", evidence: [String] = ["40 times the usual"]) throws -> CaseID {
        let stop = try control.stop(
            .init(
                source: try self.source(source), reason: "This account is stopped", certainty: .confirmed,
                author: .detector, evidence: evidence), at: now)
        return stop.incident.id
    }

    /// A link of the case.
    func link(_ id: CaseID, lifetime: Duration = .seconds(86_400)) throws -> CapabilityToken {
        var generator = SystemRandomNumberGenerator()
        let token = CapabilityToken(using: &generator)
        _ = try control.mintCaseToken(token, for: id, lifetime: lifetime, author: "person:test", at: now)
        return token
    }

    func path(_ id: CaseID, _ token: CapabilityToken) -> String { "/cases/\(id)/\(token.text)" }

    /// Held messages of the case, `count` of them.
    func hold(_ count: Int, in id: CaseID?) async throws -> [SubmissionID] {
        let sender = try #require(EmailAddress("joe@acme.example"))
        let recipient = try #require(EmailAddress("someone@example.org"))
        let customer = try #require(CustomerID("acme"))
        let server = try #require(IPAddress("192.0.2.1"))
        var last: SubmissionID?
        var ids: [SubmissionID] = []
        for _ in 0..<count {
            let number = SubmissionID.next(after: last, at: now)
            last = number
            let message = SpooledMessage(
                id: number, kind: .submission,
                identity: .init(
                    customer: customer, server: server, account: AccountName("joe"), evidence: .login),
                envelope: Envelope(sender: .mailbox(sender), recipients: [.init(address: recipient)]),
                size: ByteCount(30), chunkCount: 1, received: now, state: .held(until: now + .seconds(86_400)),
                action: .hold, logOdds: 4, reasons: "many <new> recipients\nunusual text", caseID: id,
                expires: now + .seconds(86_400))
            try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
                spool.commit(message, chunks: [Array("Subject: <b>x</b>\r\n\r\nHello\r\n".utf8)]) {
                    done.resume(with: $0.mapError { $0 as any Error })
                }
            }
            ids.append(number)
        }
        return ids
    }

    // MARK: - Asking

    struct Answer: Sendable {
        var status: Int
        var fields: [String: String]
        var body: String

        var json: [String: Any] {
            get throws {
                try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
            }
        }
    }

    /// One request on a connection of its own.
    func ask(
        _ method: String, _ path: String, fields: [(String, String)] = [], body: [UInt8] = [], role: Role? = nil
    ) async throws -> Answer {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        if let role, let token = tokens[role] { head += "Authorization: Bearer \(token.text)\r\n" }
        if method != "GET" { head += "Content-Length: \(body.count)\r\n" }
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        let text = try await exchange(Array((head + "\r\n").utf8) + body) { _ in false }
        return try Self.parse(text)
    }

    func post(_ path: String, _ json: String, role: Role? = .act, key: String? = nil) async throws -> Answer {
        try await ask(
            "POST", path,
            fields: [("Content-Type", "application/json")] + (key.map { [("Idempotency-Key", $0)] } ?? []),
            body: Array(json.utf8), role: role)
    }

    /// Sends bytes and reads until the end, or until `isEnough` of what came.
    func exchange(_ bytes: [UInt8], until isEnough: @escaping @Sendable (String) -> Bool) async throws -> String {
        let number = port.withLockedValue { $0 }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: number) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            // A server that refuses a large body may close before it has all of it.
            try? await outbound.write(ByteBuffer(bytes: bytes))
            var answer: [UInt8] = []
            do {
                for try await part in inbound {
                    answer += part.readableBytesView
                    if isEnough(String(decoding: answer, as: UTF8.self)) { break }
                }
            } catch  where !answer.isEmpty {}
            return String(decoding: answer, as: UTF8.self)
        }
    }

    static func parse(_ text: String) throws -> Answer {
        let end = try #require(text.range(of: "\r\n\r\n"))
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let status = try #require(Int(lines[0].split(separator: " ")[1]))
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return Answer(status: status, fields: fields, body: String(text[end.upperBound...]))
    }
}

/// A form as a browser sends it.
struct TestForm {
    static let type = "multipart/form-data; boundary=xyz123"

    static func multipart(_ fields: [(String, [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in fields {
            let file = name == "report" ? "; filename=\"r.json\"" : ""
            bytes += Array("--xyz123\r\nContent-Disposition: form-data; name=\"\(name)\"\(file)\r\n\r\n".utf8)
            bytes += value + [0x0d, 0x0a]
        }
        return bytes + Array("--xyz123--\r\n".utf8)
    }

    /// The code of the form for that act, as it stands in the page.
    static func code(_ page: String, act: String) throws -> String {
        let form = try #require(page.range(of: "/\(act)\"") ?? page.range(of: "/\(act)?lang="))
        let mark = try #require(page[form.upperBound...].range(of: "name=\"form\" value=\""))
        return String(page[mark.upperBound...].prefix { $0 != "\"" })
    }
}
