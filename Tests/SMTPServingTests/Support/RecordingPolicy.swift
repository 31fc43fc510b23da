import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import SMTPProtocol
import SMTPServing

/// One message as the receiver got it.
struct Taken: Equatable, Sendable {
    var envelope: Envelope
    var identity: SubmissionIdentity
    var content: [UInt8] = []
    var largestPiece = 0
    var isFinished = false
    var isAborted = false

    var text: String { String(decoding: content, as: UTF8.self) }
}

/// A policy that writes everything down. Customers are known by network; what it refuses can be chosen.
final class RecordingPolicy: SubmissionPolicy {
    struct Answers: Sendable {
        var sender: Reply?
        var recipient: Reply?
        var open: Reply?
        var finish = Reply(.ok, EnhancedStatusCode(2, 0, 0), "taken")
        /// Sender domains of logins; nobody else's may be used.
        var ownDomain: String?
        var customerLimit: Int?
        /// Receivers answer `finish` only when ``release()`` is called.
        var holdsFinish = false
        /// Receivers want to be waited for at each piece, until ``release()``.
        var holdsPieces = false
        var failsPieces: Reply?
    }

    private struct State {
        var networks: [(IPNetwork, CustomerID)]
        var answers = Answers()
        var taken: [Taken] = []
        var events: [IntakeEvent] = []
        var held: [@Sendable () -> Void] = []
        var refusedPeers: [IPNetwork] = []
    }

    private let state: NIOLockedValueBox<State>

    init(_ networks: [(String, String)] = [("127.0.0.0/8", "acme"), ("::1", "acme"), ("192.0.2.0/24", "acme")]) {
        state = NIOLockedValueBox(
            State(
                networks: networks.compactMap { network, customer in
                    guard let network = IPNetwork(network), let customer = CustomerID(customer) else { return nil }
                    return (network, customer)
                }))
    }

    var taken: [Taken] { state.withLockedValue { $0.taken } }
    var events: [IntakeEvent] { state.withLockedValue { $0.events } }
    /// Messages that were answered with 2xx.
    var accepted: [Taken] { taken.filter { $0.isFinished && !$0.isAborted } }

    func set(_ change: (inout Answers) -> Void) { state.withLockedValue { change(&$0.answers) } }
    func refusePeers(_ network: String) {
        state.withLockedValue { if let network = IPNetwork(network) { $0.refusedPeers.append(network) } }
    }

    /// Answers whatever was held.
    func release() {
        let held = state.withLockedValue { state in
            defer { state.held = [] }
            return state.held
        }
        for answer in held { answer() }
    }

    // MARK: - SubmissionPolicy

    func admit(_ peer: PeerInfo) -> Admission {
        state.withLockedValue { state in
            if state.refusedPeers.contains(where: { $0.contains(peer.address) }) {
                return .refuse(Reply(.transactionFailed, EnhancedStatusCode(5, 7, 1), "go away"))
            }
            return state.networks.first { $0.0.contains(peer.address) }.map { .customer($0.1) } ?? .stranger
        }
    }

    func connectionLimit(_ customer: CustomerID) -> Int? { state.withLockedValue { $0.answers.customerLimit } }

    func sender(_ path: ReversePath, _ identity: SubmissionIdentity, _ session: SessionInfo) -> Reply? {
        let answers = state.withLockedValue { $0.answers }
        if identity.evidence == .login, let own = answers.ownDomain, let address = path.address,
            address.domain.description != own
        {
            return Reply(.mailboxUnavailable, EnhancedStatusCode(5, 7, 1), "not your domain")
        }
        return answers.sender
    }

    func recipient(
        _ address: EmailAddress, _ identity: SubmissionIdentity, _ session: SessionInfo, count: Int
    ) -> Reply? { state.withLockedValue { $0.answers.recipient } }

    func open(
        _ envelope: Envelope, _ identity: SubmissionIdentity, _ session: SessionInfo, on loop: any EventLoop
    ) -> Result<any SubmissionReceiver, ReplyError> {
        let (index, refusal) = state.withLockedValue { state in
            state.taken.append(Taken(envelope: envelope, identity: identity))
            return (state.taken.count - 1, state.answers.open)
        }
        if let refusal { return .failure(ReplyError(refusal)) }
        return .success(Receiver(self, index, loop))
    }

    func note(_ event: IntakeEvent, _ session: SessionInfo) { state.withLockedValue { $0.events.append(event) } }

    // MARK: - Receiver

    fileprivate var answers: Answers { state.withLockedValue { $0.answers } }
    fileprivate func change(_ index: Int, _ change: (inout Taken) -> Void) {
        state.withLockedValue { change(&$0.taken[index]) }
    }
    fileprivate func hold(_ answer: @escaping @Sendable () -> Void) {
        state.withLockedValue { $0.held.append(answer) }
    }

    private final class Receiver: SubmissionReceiver {
        private let policy: RecordingPolicy
        private let index: Int
        private let loop: any EventLoop

        init(_ policy: RecordingPolicy, _ index: Int, _ loop: any EventLoop) {
            self.policy = policy
            self.index = index
            self.loop = loop
        }

        func receive(_ bytes: ByteBuffer) -> EventLoopFuture<Void>? {
            let answers = policy.answers
            policy.change(index) {
                $0.content += bytes.readableBytesView
                $0.largestPiece = max($0.largestPiece, bytes.readableBytes)
            }
            if let reply = answers.failsPieces { return loop.makeFailedFuture(ReplyError(reply)) }
            guard answers.holdsPieces else { return nil }
            let promise = loop.makePromise(of: Void.self)
            policy.hold { promise.succeed() }
            return promise.futureResult
        }

        func finish() -> EventLoopFuture<Reply> {
            policy.change(index) { $0.isFinished = true }
            let answers = policy.answers
            guard answers.holdsFinish else { return loop.makeSucceededFuture(answers.finish) }
            let promise = loop.makePromise(of: Reply.self)
            policy.hold { promise.succeed(answers.finish) }
            return promise.futureResult
        }

        func abort() {
            policy.change(index) {
                precondition(!$0.isAborted, "abort was called twice")
                $0.isAborted = true
            }
        }
    }
}
