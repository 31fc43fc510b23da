import MailTypes
import MilterProtocol
import MilterServing
import NIOConcurrencyHelpers
import NIOCore
import SMTPProtocol
import SMTPServing
import SluiceConfiguration

/// The milter's way into the gateway: what a mail server tells of its clients becomes a submission like any other.
///
/// Mail is looked after that one of the server's logins sends, a customer's host, or a user on the server itself. All other
/// mail is on its way in and passes unseen. What is clean stays with the mail server; what is doubtful is kept here, and
/// the mail server forgets it.
final class MilterGate: MilterPolicy {
    /// Logins of connections under way, so that each is told of once.
    private static let rememberedLogins = 10_000

    private let policy: GatewayPolicy
    private let listener: String
    private let hostName: String
    private let customer: NIOLockedValueBox<CustomerID?>
    private let logins = NIOLockedValueBox<[UInt64: AccountName]>([:])

    init(_ policy: GatewayPolicy, _ milter: Configuration.Milter, hostName: DomainName) {
        self.policy = policy
        self.hostName = hostName.description
        listener = "milter \(milter.address)"
        customer = NIOLockedValueBox(milter.customer)
    }

    /// Takes another configuration for what comes from now on.
    func use(_ milter: Configuration.Milter) { customer.withLockedValue { $0 = milter.customer } }

    func identify(_ client: MilterSession.Client) -> SubmissionIdentity? {
        let directory = policy.settings.directory
        let standard = customer.withLockedValue { $0 }.flatMap { directory[$0]?.id }
        let address = client.address
        let host = directory.customer(at: address)?.id
        if let account = client.login.flatMap({ AccountName($0) }) {
            if let owner = directory.owner(of: account) {
                return SubmissionIdentity(customer: owner, server: address, account: account, evidence: .login)
            }
            // The mail server says so, as another server does by a header that is trusted.
            return (host ?? standard).map {
                SubmissionIdentity(customer: $0, server: address, account: account, evidence: .header)
            }
        }
        if let host { return SubmissionIdentity(customer: host, server: address, account: nil, evidence: .address) }
        guard client.isLocal else { return nil }
        return standard.map { SubmissionIdentity(customer: $0, server: address, account: nil, evidence: .address) }
    }

    func sender(_ path: ReversePath, _ source: MilterSource) -> Reply? {
        let session = session(source)
        if let account = source.identity.account, isNew(account, source.connection) {
            policy.note(.authenticated, session)
        }
        return policy.sender(path, source.identity, session)
    }

    func recipient(_ address: EmailAddress, _ source: MilterSource, count: Int) -> Reply? { nil }

    func open(
        _ envelope: Envelope, _ source: MilterSource, on loop: any EventLoop
    ) -> Result<any MilterReceiver, MilterRefusal> {
        policy.intake(envelope, source.identity, session(source), .leave, on: loop)
            .map { MilterIntake($0) }.mapError { MilterRefusal($0.reply) }
    }

    private func isNew(_ account: AccountName, _ connection: UInt64) -> Bool {
        logins.withLockedValue { logins in
            if logins.count >= Self.rememberedLogins { logins = [:] }
            return logins.updateValue(account, forKey: connection) != account
        }
    }

    private func session(_ source: MilterSource) -> SessionInfo {
        var port: UInt16 = 0
        if case .internet(_, let number) = source.client.peer { port = number }
        return SessionInfo(
            // Apart from the numbers of SMTP connections.
            connection: ConnectionID(rawValue: 1 << 32 | source.connection),
            peer: PeerInfo(address: source.client.address, port: port, listener: listener, kind: .relay),
            hostName: hostName, helloName: source.client.helloName, isESMTP: true, identity: source.identity)
    }
}

extension MilterSession.Client {
    /// What comes without the network comes from the machine itself.
    var address: IPAddress {
        if case .internet(let address, _) = peer { return address }
        return .v4(0x7f00_0001)
    }

    var isLocal: Bool {
        switch peer {
        case .internet(let address, _): address.isLoopback
        case .local: true
        // A mail server that does not say who it is that connects is not talking of its own users.
        case .unknown: false
        }
    }
}

/// One message that a mail server tells of, as the gateway takes it in.
private final class MilterIntake: MilterReceiver {
    private let intake: SubmissionIntake

    init(_ intake: SubmissionIntake) { self.intake = intake }

    func receive(_ bytes: ByteBuffer) -> EventLoopFuture<Void>? { intake.receive(bytes) }
    func abort() { intake.abort() }

    func finish() -> EventLoopFuture<MilterSession.Fate> {
        let (answer, intake) = (intake.finish(), intake)
        return answer.assumeIsolated().map { reply in
            guard reply.code.isPositive else { return .refused(reply) }
            if intake.isKept { return .kept }
            return .accepted([MilterSession.Field(intake.reference.name, intake.reference.value)])
        }.nonisolated()
    }
}

extension MilterSettings {
    init(_ milter: Configuration.Milter, hostName: DomainName, limits: IntakeLimits) {
        self.init(
            address: milter.address.address, port: milter.address.port, networks: milter.networks,
            hostName: hostName.description, limits: limits, connections: milter.connections)
    }
}
