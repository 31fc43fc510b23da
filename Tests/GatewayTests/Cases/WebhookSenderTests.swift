import ControlStore
import Crypto
import Enforcement
import Foundation
import Logging
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import SluiceConfiguration
import TLSContexts
import TestSupport
import Testing

@testable import Gateway

/// Notices to a real web server on loopback: signed, in order, tried again, and what goes wrong on the way.
struct WebhookSenderTests {
    private static let start = Timestamp(seconds: 1_795_000_000)
    private let directory: String
    private let control: ControlDatabase
    private let workers: NIOThreadPool
    private let id: CaseID
    private let clock = NIOLockedValueBox(Self.start)

    init() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("hooks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        directory = path.path
        control = try ControlDatabase(directory: directory)
        workers = NIOThreadPool(numberOfThreads: 1)
        workers.start()
        let source = SourceID.account(try #require(AccountName("joe")), try #require(CustomerID("acme")))
        id = try control.suspect(source, evidence: [], author: "detector", at: Self.start).id
    }

    private func close() async throws {
        try await workers.shutdownGracefully()
        try control.close()
        try FileManager.default.removeItem(atPath: directory)
    }

    private func hooks(_ urls: String...) throws -> [Configuration.Webhook] {
        let secret = directory + "/secret"
        try "s3cret".write(toFile: secret, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
        let lines = urls.map { "    - {url: \"\($0)\", secret-file: \(secret)}" }.joined(separator: "\n")
        let reading = Configuration.parse(text: "notices:\n  webhooks:\n\(lines)\n", files: .system)
        return try #require(reading.configuration, "\(reading.problems)").notices.webhooks
    }

    private func keep(_ body: String, for url: String) throws {
        try control.keepSent(
            Array(body.utf8), channel: .webhook, stage: "stopped", audience: "operator", target: url, of: id,
            at: Self.start)
    }

    private func send(_ hooks: [Configuration.Webhook]) async throws {
        let clock = clock
        try await WebhookSender(
            control: control, group: MultiThreadedEventLoopGroup.singleton, tls: ClientTLSContexts().verifying,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            blocking: CaseKeeper.Blocking(pool: workers), timeout: .seconds(3)
        ).send(to: hooks, now: { clock.withLockedValue { $0 } })
    }

    /// What became of the notices, oldest first.
    private func outcomes() throws -> [String] { try control.sent(of: id, limit: 100).reversed().map(\.outcome) }

    @Test func noticesArriveSignedAndInOrder() async throws {
        let server = try await HookServer([.status(200), .status(204), .continued(202)])
        let url = "http://127.0.0.1:\(server.port)/hook?a=b"
        for body in ["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"] { try keep(body, for: url) }
        try await send(try hooks(url))
        #expect(server.requests.map { String(decoding: $0.body, as: UTF8.self) } == (1...3).map { "{\"n\":\($0)}" })
        #expect(server.requests.allSatisfy { $0.path == "/hook?a=b" })
        for request in server.requests {
            let code = HMAC<SHA256>.authenticationCode(
                for: Array("\(Self.start.seconds).".utf8) + request.body,
                using: SymmetricKey(data: Array("s3cret".utf8)))
            let hex = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(request.signature == "t=\(Self.start.seconds),v1=\(hex)")
        }
        #expect(try outcomes() == ["HTTP 200", "HTTP 204", "HTTP 202"])
        #expect(try control.sent(of: id, limit: 9).allSatisfy { $0.state == .delivered })
        // Nothing is sent twice.
        try await send(try hooks(url))
        #expect(server.requests.count == 3)
        try await server.stop()
        try await close()
    }

    /// The first that is not taken stays the first: later ones wait for it, and it waits longer each time.
    @Test func whatIsNotTakenIsTriedAgainLaterAndBeforeTheOthers() async throws {
        let server = try await HookServer([.status(500), .status(503), .status(200)])
        let url = "http://127.0.0.1:\(server.port)/"
        try keep("1", for: url)
        try keep("2", for: url)
        var hits: [Int] = []
        for wait in [0, 59, 1, 119, 1, 0] as [Int64] {
            clock.withLockedValue { $0 = $0 + .seconds(wait) }
            try await send(try hooks(url))
            hits.append(server.requests.count)
        }
        #expect(hits == [1, 1, 2, 2, 4, 4])
        #expect(server.requests.map { String(decoding: $0.body, as: UTF8.self) } == ["1", "1", "1", "2"])
        #expect(try control.sent(of: id, limit: 9).reversed().map(\.attempts) == [3, 1])
        try await server.stop()
        try await close()
    }

    @Test func aRedirectionIsNotFollowed() async throws {
        let other = try await HookServer([.status(200)])
        let server = try await HookServer([.redirect("http://127.0.0.1:\(other.port)/")])
        let url = "http://127.0.0.1:\(server.port)/"
        try keep("1", for: url)
        try await send(try hooks(url))
        #expect(server.requests.count == 1 && other.requests.isEmpty)
        #expect(try outcomes() == ["HTTP 302"])
        #expect(try control.sent(of: id, limit: 9).map(\.state) == [.deferred])
        try await server.stop()
        try await other.stop()
        try await close()
    }

    @Test func silenceHangingUpAndNobodyThereAreFailures() async throws {
        let silent = try await HookServer([.silence])
        let rude = try await HookServer([.hangUp])
        let gone = try await HookServer([.status(200)])
        try await gone.stop()
        let urls = [silent.port, rude.port, gone.port].map { "http://127.0.0.1:\($0)/" }
        for url in urls { try keep("1", for: url) }
        try await send(try hooks(urls[0], urls[1], urls[2]))
        let sent = try control.sent(of: id, limit: 9)
        #expect(sent.allSatisfy { $0.attempts == 1 && $0.ended == nil && !$0.outcome.isEmpty }, "\(sent)")
        try await silent.stop()
        try await rude.stop()
        try await close()
    }

    /// One that says nothing keeps no other waiting, and an address that is named twice is asked once.
    @Test func hooksDoNotWaitForEachOther() async throws {
        let silent = try await HookServer([.silence])
        let quick = try await HookServer([.status(200)])
        let urls = [silent.port, quick.port].map { "http://127.0.0.1:\($0)/" }
        for url in urls { try keep("1", for: url) }
        try await send(try hooks(urls[0], urls[1], urls[1]))
        #expect(quick.requests.count == 1 && silent.requests.count == 1)
        try await silent.stop()
        try await quick.stop()
        try await close()
    }

    /// A certificate that nobody vouches for, and a server without TLS at all.
    @Test func secretsGoToNobodyWithoutAGoodCertificate() async throws {
        let (chain, key) = (directory + "/chain.pem", directory + "/key.pem")
        try #require(
            ChildProcess.run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                    "30",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
                    "-out", chain,
                ]))
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(chain).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))))
        let unknown = try await HookServer([.status(200)], tls: context)
        let plain = try await HookServer([.status(200)])
        let urls = ["https://127.0.0.1:\(unknown.port)/", "https://127.0.0.1:\(plain.port)/"]
        for url in urls { try keep("1", for: url) }
        try await send(try hooks(urls[0], urls[1]))
        #expect(unknown.requests.isEmpty && plain.requests.isEmpty)
        #expect(try control.sent(of: id, limit: 9).allSatisfy { $0.attempts == 1 && $0.state == .deferred })
        try await unknown.stop()
        try await plain.stop()
        try await close()
    }
}
