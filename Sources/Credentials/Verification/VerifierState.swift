import Crypto
import MailTypes

/// One login attempt, without its password.
struct Attempt: Hashable, Sendable {
    /// Folded.
    var user: String
    var site: IPNetwork
    /// Of user and password.
    var digest: Digest
}

/// An HMAC as a key of tables.
struct Digest: Hashable, Sendable {
    private let words: SIMD4<UInt64>

    init(_ code: HMAC<SHA256>.MAC) {
        words = code.withUnsafeBytes { bytes in
            var words = SIMD4<UInt64>()
            for index in 0..<4 { words[index] = bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self) }
            return words
        }
    }
}

/// What the verifier knows and counts. Pure: time is an argument.
struct VerifierState: Sendable {
    enum Step: Equatable {
        case answer(PasswordVerifier.Answer)
        /// The same check is under way; the completion will be called with its answer.
        case wait
        /// The caller has the hash computed and then calls `finish`.
        case compute
    }

    enum Outcome: Hashable, Sendable {
        case made(PasswordHash.Check)
        case refused(PasswordVerifier.Answer.Reason)
    }

    private struct Remembered: Sendable {
        var answer: PasswordVerifier.Answer
        var until: Timestamp
    }

    private struct Pair: Hashable, Sendable {
        var user: String
        var site: IPNetwork
    }

    /// Logins that wait for one and the same check.
    private static let maximumWaiting = 256

    private let settings: VerifierSettings
    private(set) var store: CredentialStore
    var counters = PasswordVerifier.Counters()
    /// Apart, so that guessing never drives out what is known of honest logins.
    private var successes: RecentTable<Digest, Remembered>
    private var rejections: RecentTable<Digest, Remembered>
    private var siteFailures: FailureLimiter<IPNetwork>
    private var userFailures: FailureLimiter<String>
    private var trusted: RecentTable<Pair, Timestamp>
    private var underWay: [Digest: [PasswordVerifier.Completion]] = [:]
    private var pending: [IPNetwork: Int] = [:]

    init(_ store: CredentialStore, _ settings: VerifierSettings) {
        self.store = store
        self.settings = settings
        successes = RecentTable(capacity: settings.remembered)
        rejections = RecentTable(capacity: settings.remembered)
        siteFailures = FailureLimiter(
            most: settings.failuresPerSite, recovery: settings.siteRecovery, capacity: settings.tracked)
        userFailures = FailureLimiter(
            most: settings.failuresPerUser, recovery: settings.userRecovery, capacity: settings.tracked)
        trusted = RecentTable(capacity: settings.tracked)
    }

    mutating func replace(_ store: CredentialStore) {
        self.store = store
        successes.removeAll()
        rejections.removeAll()
    }

    mutating func begin(
        _ attempt: Attempt, at now: Timestamp, _ completion: @escaping PasswordVerifier.Completion
    ) -> Step {
        if siteFailures.isBlocked(attempt.site, at: now) { return refuse(.tooManyFailures) }
        if let known = successes.value(for: attempt.digest), now < known.until {
            counters.remembered += 1
            counters.accepted += 1
            trust(attempt.user, attempt.site, at: now)
            return .answer(known.answer)
        }
        if let known = rejections.value(for: attempt.digest), now < known.until {
            // A device with an old password asks the same again and again, and learns nothing new: no failure more.
            counters.remembered += 1
            counters.rejected += 1
            return .answer(known.answer)
        }
        if isBlocked(attempt.user, attempt.site, at: now) { return refuse(.tooManyFailures) }
        if let waiting = underWay[attempt.digest] {
            guard waiting.count < Self.maximumWaiting else { return refuse(.busy) }
            underWay[attempt.digest]?.append(completion)
            return .wait
        }
        guard pending[attempt.site, default: 0] < settings.pendingPerSite else { return refuse(.busy) }
        pending[attempt.site, default: 0] += 1
        underWay[attempt.digest] = [completion]
        return .compute
    }

    mutating func finish(
        _ attempt: Attempt, _ account: CredentialStore.Account?, _ outcome: Outcome, at now: Timestamp
    ) -> (PasswordVerifier.Answer, [PasswordVerifier.Completion]) {
        if let count = pending[attempt.site] { pending[attempt.site] = count > 1 ? count - 1 : nil }
        let completions = underWay.removeValue(forKey: attempt.digest) ?? []
        if case .made = outcome { counters.computed += 1 }
        let answer = answer(attempt, account, outcome)
        let remembered = Remembered(answer: answer, until: now + settings.memory)
        switch answer {
        case .accepted:
            counters.accepted += completions.count
            successes.set(remembered, for: attempt.digest)
            note(attempt.user, attempt.site, true, at: now)
        case .rejected:
            counters.rejected += completions.count
            rejections.set(remembered, for: attempt.digest)
            note(attempt.user, attempt.site, false, at: now)
        case .unavailable: counters.unavailable += completions.count
        }
        return (answer, completions)
    }

    /// True if nothing is to be checked for the user from there.
    mutating func isBlocked(_ user: String, _ site: IPNetwork, at now: Timestamp) -> Bool {
        if siteFailures.isBlocked(site, at: now) { return true }
        guard userFailures.isBlocked(user, at: now) else { return false }
        guard let until = trusted.value(for: Pair(user: user, site: site)) else { return true }
        return now >= until
    }

    mutating func note(_ user: String, _ site: IPNetwork, _ succeeded: Bool, at now: Timestamp) {
        if succeeded { return trust(user, site, at: now) }
        siteFailures.failed(site, at: now)
        userFailures.failed(user, at: now)
    }

    private mutating func trust(_ user: String, _ site: IPNetwork, at now: Timestamp) {
        trusted.set(now + settings.trust, for: Pair(user: user, site: site))
    }

    private func answer(
        _ attempt: Attempt, _ account: CredentialStore.Account?, _ outcome: Outcome
    ) -> PasswordVerifier.Answer {
        switch outcome {
        case .refused(let reason): return .unavailable(reason)
        case .made(.failed): return .unavailable(.failed)
        case .made(let check):
            // The accounts were replaced meanwhile, and this one is another now, new or gone: the client may ask again.
            guard store[attempt.user] == account else { return .unavailable(.busy) }
            guard check == .matches, let account else { return .rejected }
            return .accepted(account.customer, account.name)
        }
    }

    private mutating func refuse(_ reason: PasswordVerifier.Answer.Reason) -> Step {
        counters.unavailable += 1
        return .answer(.unavailable(reason))
    }
}
