import MailTypes
import NIOCore
import NIOPosix
import NIOSSL
import SMTPProtocol
import SMTPServing

/// A real server on loopback, on free ports, with three listeners: `relay`, `submission`, `submissions`.
struct LiveServer {
    let server: SMTPServer
    let policy: RecordingPolicy
    let accounts: TestAccounts
    let certificate: TestCertificate
    private let bound: [BoundListener]

    static func run(
        _ policy: RecordingPolicy = RecordingPolicy(), limits: IntakeLimits = IntakeLimits(),
        proxies: [String] = [], _ body: (LiveServer) async throws -> Void
    ) async throws {
        let certificate = try await TestCertificate.shared.value
        let accounts = TestAccounts()
        guard let loopback = IPAddress("127.0.0.1") else { throw TestError.badFixture("loopback") }
        let context = certificate.server
        let listeners = [("relay", ListenerKind.relay), ("submission", .submission), ("submissions", .submissions)].map
        {
            SMTPListener(
                name: $0.0, addresses: [.ip(loopback, port: 0)], kind: $0.1, hostName: "relay.example.net",
                tls: { context }, offersAuthentication: true, proxyNetworks: proxies.compactMap { IPNetwork($0) })
        }
        let server = SMTPServer(
            listeners: listeners, limits: limits, policy: policy, authenticator: accounts,
            group: MultiThreadedEventLoopGroup.singleton)
        let bound = try await server.start()
        do {
            try await body(
                LiveServer(
                    server: server, policy: policy, accounts: accounts, certificate: certificate, bound: bound))
        } catch {
            policy.release()
            await server.stop(grace: .zero)
            throw error
        }
        policy.release()
        await server.stop(grace: .zero)
    }

    func port(_ name: String) -> Int { Int(bound.first { $0.name == name }?.port ?? 0) }

    /// A client that has connected; on `submissions` its TLS is up.
    func client(_ name: String) async throws -> LiveClient {
        let client = try await LiveClient.connect(port: port(name))
        if name == "submissions" { try await client.startTLS(certificate.client) }
        return client
    }

    /// A client on `name` under TLS, greeted, EHLO said.
    func encrypted(_ name: String = "submission") async throws -> LiveClient {
        let client = try await client(name)
        _ = try await client.reply()
        if name != "submissions" {
            _ = try await client.ask("EHLO c")
            _ = try await client.ask("STARTTLS")
            try await client.startTLS(certificate.client)
        }
        _ = try await client.ask("EHLO c")
        return client
    }
}
