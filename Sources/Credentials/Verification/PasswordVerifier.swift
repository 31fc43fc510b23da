import Crypto
package import MailTypes
import NIOConcurrencyHelpers
package import SMTPProtocol

/// Checks logins: at once where the answer is known, else in a bounded queue on threads of its own.
///
/// Never blocks the caller. An unknown user takes as long as a known one. Answers are remembered for minutes under an HMAC
/// with a key that lives as long as the process; passwords themselves are kept nowhere. Failures are counted by site and by
/// user: beyond the limits nothing is checked and the answer is `unavailable`.
package final class PasswordVerifier: Sendable {
    package enum Answer: Hashable, Sendable {
        case accepted(CustomerID, AccountName)
        /// Wrong user or wrong password: nobody is told which.
        case rejected
        case unavailable(Reason)

        package enum Reason: String, Hashable, Sendable {
            /// Too many checks wait.
            case busy
            /// Too many failures of this site, or for this user.
            case tooManyFailures
            /// The check could not be made: no memory.
            case failed
            case stopping
        }
    }

    package enum ScramAnswer: Hashable, Sendable {
        case found(ScramCredential, CustomerID, AccountName)
        /// Stable for the name, and nothing fits it.
        case unknown(ScramCredential)
        case unavailable
    }

    /// What happened so far, for metrics.
    package struct Counters: Hashable, Sendable {
        package internal(set) var accepted = 0
        package internal(set) var rejected = 0
        package internal(set) var unavailable = 0
        /// Of these, answered from memory.
        package internal(set) var remembered = 0
        /// Hashes computed.
        package internal(set) var computed = 0
    }

    typealias Completion = @Sendable (Answer) -> Void

    /// Longer than any that a person or a program uses, and than the protocol lets through.
    private static let maximumPassword = 4096

    let settings: VerifierSettings
    let state: NIOLockedValueBox<VerifierState>
    private let queue: WorkQueue
    private let now: @Sendable () -> Timestamp
    /// Lives as long as the process.
    private let memoryKey = SymmetricKey(size: .bits256)
    /// The same after a restart, so that decoys do not change with it.
    private let decoyKey: SymmetricKey

    /// Starts the threads.
    ///
    /// `decoySecret`: at least 16 random bytes that are the same after each restart (a file in the state directory): what
    /// unknown users are shown in SCRAM is derived from them, and would give them away if it changed. `now` need not be the
    /// time of day; it should not step back.
    package init(
        _ store: CredentialStore, settings: VerifierSettings = VerifierSettings(), decoySecret: [UInt8],
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.settings = settings
        self.now = now
        decoyKey = SymmetricKey(data: decoySecret)
        state = NIOLockedValueBox(VerifierState(store, settings))
        queue = WorkQueue(
            name: "password", threads: max(1, settings.threads), capacity: settings.queue,
            heavySlots: max(1, settings.heavyChecks))
    }

    deinit { queue.stop() }

    /// Other accounts from now on, after a reload. Remembered answers are forgotten, counted failures are not.
    package func replace(_ store: CredentialStore) { state.withLockedValue { $0.replace(store) } }

    /// Answers what waits with `unavailable` and ends the threads; blocks for as long as one check takes.
    package func stop() {
        queue.stop()
        queue.join()
    }

    package var counters: Counters { state.withLockedValue { $0.counters } }
    /// Checks that wait for a thread.
    package var waiting: Int { queue.waiting }
    package var servesSCRAM: Bool { state.withLockedValue { $0.store.servesSCRAM } }

    /// Checks a password. `completion` is called exactly once: on this thread if the answer is at hand, else on one of the
    /// verifier's own, which it must not block.
    package func verify(
        user: String, password: [UInt8], from address: IPAddress, _ completion: @escaping @Sendable (Answer) -> Void
    ) {
        guard password.count <= Self.maximumPassword else { return completion(.rejected) }
        let attempt = Attempt(
            user: Self.folded(user), site: Self.site(address),
            digest: Digest(HMAC<SHA256>.authenticationCode(for: Self.framed(user, password), using: memoryKey)))
        let step = state.withLockedValue { $0.begin(attempt, at: now(), completion) }
        switch step {
        case .answer(let answer): completion(answer)
        case .wait: break
        case .compute:
            let store = state.withLockedValue { $0.store }
            let account = store[user]
            guard let hash = (account ?? store.decoy(number(attempt.user, "check")))?.hash else {
                return finish(attempt, nil, .made(.differs))
            }
            let isQueued = queue.submit(isHeavy: hash.memory > settings.lightMemory) { [self] isCancelled in
                guard !isCancelled else { return finish(attempt, account, .refused(.stopping)) }
                let check = hash.check(password)
                // The decoy's own password is not the unknown user's.
                finish(attempt, account, .made(check == .matches && account == nil ? .differs : check))
            }
            if !isQueued { finish(attempt, account, .refused(.busy)) }
        }
    }

    /// What is stored for SCRAM. Computes no password hash and never blocks.
    ///
    /// Users whose password is stored otherwise are as unknown here: offer SCRAM only where `servesSCRAM`.
    package func scramCredential(user: String, from address: IPAddress) -> ScramAnswer {
        let (name, site) = (Self.folded(user), Self.site(address))
        return state.withLockedValue { state in
            guard !state.isBlocked(name, site, at: now()) else {
                state.counters.unavailable += 1
                return .unavailable
            }
            if let account = state.store[user], let credential = account.hash.scram {
                return .found(credential, account.customer, account.name)
            }
            let model = state.store.scramDecoy(number(name, "model"))?.hash.scram
            return .unknown(decoy(name, like: model))
        }
    }

    /// A SCRAM exchange came to its end: counts toward the same limits as passwords do.
    package func scramFinished(user: String, from address: IPAddress, succeeded: Bool) {
        state.withLockedValue { $0.note(Self.folded(user), Self.site(address), succeeded, at: now()) }
    }

    // MARK: -

    private func finish(_ attempt: Attempt, _ account: CredentialStore.Account?, _ outcome: VerifierState.Outcome) {
        let (answer, completions) = state.withLockedValue { $0.finish(attempt, account, outcome, at: now()) }
        for completion in completions { completion(answer) }
    }

    /// A credential that nothing fits, the same whenever the name is asked for.
    private func decoy(_ name: String, like model: ScramCredential?) -> ScramCredential {
        func bytes(_ purpose: String) -> [UInt8] {
            Array(HMAC<SHA256>.authenticationCode(for: Self.framed(purpose, Array(name.utf8)), using: decoyKey))
        }
        return ScramCredential(
            salt: Array((bytes("salt") + bytes("more salt")).prefix(model?.salt.count ?? 16)),
            iterations: model?.iterations ?? PasswordHash.scramIterations, storedKey: bytes("stored key"),
            serverKey: bytes("server key"))
    }

    private func number(_ name: String, _ purpose: String) -> UInt64 {
        HMAC<SHA256>.authenticationCode(for: Self.framed(purpose, Array(name.utf8)), using: decoyKey).prefix(8)
            .reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Both in one, so that no other pair gives the same bytes.
    private static func framed(_ name: String, _ rest: [UInt8]) -> [UInt8] {
        let name = Array(folded(name).utf8)
        return [UInt8(truncatingIfNeeded: name.count >> 8), UInt8(truncatingIfNeeded: name.count)] + name + rest
    }

    /// The user as accounts are compared.
    private static func folded(_ user: String) -> String {
        ASCII.lowercased(user.utf8.count > 1024 ? String(decoding: user.utf8.prefix(1024), as: UTF8.self) : user)
    }

    /// Who answers for failures: an address, or an IPv6 network of the size that one user gets.
    private static func site(_ address: IPAddress) -> IPNetwork {
        IPNetwork(address: address, prefixLength: address.isIPv4 ? 32 : 64)
    }
}
