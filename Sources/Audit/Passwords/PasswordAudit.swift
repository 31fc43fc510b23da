import MailTypes
package import NIOPosix
package import Posture

/// Tries guesses against stored passwords, on all cores, until done or out of time. The password is never kept or shown.
package struct PasswordAudit: Sendable {
    /// What came of one account.
    package enum Outcome: Sendable, Hashable {
        case guessed(GuessList.Origin)
        case withstood
        /// Time was up after so many of the guesses.
        case unfinished(Int)
        case unsupported
    }

    package struct Result: Sendable {
        package var account: Account
        package var scheme: String
        package var isWeak: Bool
        /// Of a password stored in plain text: what is wrong with it, without it.
        package var weakness: String?
        /// Stored as it is.
        package var isPlain: Bool
        package var outcome: Outcome
        package var tries: Int
        package var duration: Duration
    }

    package var guesses: GuessList
    /// Asked before each guess.
    package var isTimeUp: @Sendable () -> Bool

    package init(guesses: GuessList, isTimeUp: @escaping @Sendable () -> Bool) {
        self.guesses = guesses
        self.isTimeUp = isTimeUp
    }

    /// Guesses of the first round: the likeliest for everybody come before the rest for anybody.
    private static let firstRound = 100

    /// One account's way through its guesses.
    private struct Progress: Sendable {
        var account: Account
        var stored: StoredPassword?
        var tries = 0
        var hasFailed = false
        var isCut = false
        var guessed: GuessList.Origin?
        var duration = Duration.zero

        var result: Result {
            let outcome: Outcome =
                if stored == nil {
                    .unsupported
                } else if let guessed {
                    .guessed(guessed)
                } else if isCut {
                    .unfinished(tries)
                } else {
                    hasFailed ? .unsupported : .withstood
                }
            return Result(
                account: account, scheme: stored?.scheme ?? "unknown", isWeak: stored?.isWeak ?? false,
                weakness: stored?.plain.flatMap { PasswordStrength.weakness($0, account: account.shortName) },
                isPlain: stored?.plain != nil,
                outcome: outcome,
                tries: tries, duration: duration)
        }
    }

    /// Accounts whose text is a lock are left out. `pool` decides how many cores are used.
    ///
    /// - Parameter progress: told how far it is, 0…1.
    package func run(
        _ accounts: [Account], on pool: NIOThreadPool, progress: (Double) -> Void = { _ in }
    ) async throws -> [Result] {
        let shared = guesses.shared()
        var states = accounts.filter { $0.stored?.isEmpty == false && $0.canLogIn && !$0.isLocked }.map { account in
            Progress(account: account, stored: account.stored.flatMap { StoredPassword($0, account: account.name) })
        }
        // The first round is a small part of the way: some hundred guesses of some thousands.
        let part = Double(Self.firstRound) / Double(max(shared.count, 2 * Self.firstRound))
        for round in [0..<Self.firstRound, Self.firstRound..<Int.max] {
            let (begin, share) = round.lowerBound == 0 ? (0, part) : (part, 1 - part)
            var finished = 0
            func tell() {
                finished += 1
                progress(begin + share * Double(finished) / Double(states.count))
            }
            try await withThrowingTaskGroup(of: (Int, Progress).self) { group in
                var running = 0
                for index in states.indices where states[index].guessed == nil && states[index].stored != nil {
                    // No more jobs wait than keep the threads busy.
                    if running == 256, let (done, state) = try await group.next() {
                        states[done] = state
                        running -= 1
                        tell()
                    }
                    let state = states[index]
                    group.addTask { (index, try await pool.runIfActive { check(state, round, shared) }) }
                    running += 1
                }
                for try await (done, state) in group {
                    states[done] = state
                    tell()
                }
            }
        }
        return states.map(\.result)
    }

    private func check(_ state: Progress, _ round: Range<Int>, _ shared: [GuessList.Guess]) -> Progress {
        guard let stored = state.stored else { return state }
        var state = state
        let clock = ContinuousClock()
        let start = clock.now
        let own = guesses.own(state.account)
        // The first round takes half of its guesses from each list.
        let half = Self.firstRound / 2
        let lists =
            round.lowerBound == 0
            ? [own.prefix(half), shared.prefix(half)] : [own.dropFirst(half), shared.dropFirst(half)]
        search: for list in lists {
            for guess in list {
                if isTimeUp() {
                    state.isCut = true
                    break search
                }
                state.tries += 1
                switch stored.matches(guess.text) {
                case true?:
                    state.guessed = guess.origin
                    break search
                case false?: break
                case nil: state.hasFailed = true
                }
            }
        }
        state.duration += clock.now - start
        return state
    }

    /// From results to findings.
    package static func findings(_ results: [Result], target: String) -> [Finding] {
        guard !results.isEmpty else {
            return [CheckID.weakSchemes, .guessedPasswords, .plainStrength].map {
                Finding($0, target: target, .unknown("the export holds no stored password"))
            }
        }
        let unsupported = results.filter { $0.outcome == .unsupported }.map(describe)
        let weak = results.filter(\.isWeak).map { "\(describe($0)): \($0.scheme)" }
        var findings: [Finding] = []
        if !weak.isEmpty {
            findings.append(Finding(.weakSchemes, target: target, .fail(.medium), evidence: weak))
        } else if !unsupported.isEmpty {
            let missing = "\(unsupported.count) stored passwords are of no scheme that is known here"
            findings.append(Finding(.weakSchemes, target: target, .unknown(missing), evidence: unsupported))
        } else {
            findings.append(Finding(.weakSchemes, target: target, .pass, evidence: rates(results)))
        }
        var guessed: [String] = []
        var unfinished = 0
        for result in results {
            if case .guessed(let origin) = result.outcome { guessed.append("\(describe(result)): \(origin.rawValue)") }
            if case .unfinished = result.outcome { unfinished += 1 }
        }
        if !guessed.isEmpty {
            findings.append(
                Finding(.guessedPasswords, target: target, .fail(.critical), evidence: guessed + rates(results)))
        } else if unfinished > 0 || !unsupported.isEmpty {
            let missing =
                "\(unfinished) accounts were not tried to the end, \(unsupported.count) have an unknown scheme"
            findings.append(Finding(.guessedPasswords, target: target, .unknown(missing), evidence: rates(results)))
        } else {
            findings.append(Finding(.guessedPasswords, target: target, .pass, evidence: rates(results)))
        }
        findings.append(strength(results, target: target))
        return findings
    }

    private static func strength(_ results: [Result], target: String) -> Finding {
        let plain = results.filter(\.isPlain)
        guard !plain.isEmpty else {
            return Finding(.plainStrength, target: target, .pass, evidence: ["none is stored in plain text"])
        }
        let dictionary = PasswordStrength.hasDictionary ? [] : ["without cracklib's dictionary (cracklib-runtime)"]
        let weak = plain.compactMap { result in result.weakness.map { "\(describe(result)): \($0)" } }
        let result: CheckResult = weak.isEmpty ? .pass : .fail(.high)
        return Finding(
            .plainStrength, target: target, result, evidence: ["\(plain.count) in plain text"] + weak + dictionary)
    }

    private static func describe(_ result: Result) -> String {
        "line \(result.account.line): \(SafeText.printable(result.account.name, limit: 100))"
    }

    /// Guesses a second of one core, by scheme.
    static func rates(_ results: [Result]) -> [String] {
        var sums: [String: (accounts: Int, tries: Int, time: Duration)] = [:]
        for result in results {
            let old = sums[result.scheme] ?? (0, 0, .zero)
            sums[result.scheme] = (old.accounts + 1, old.tries + result.tries, old.time + result.duration)
        }
        return sums.keys.sorted().compactMap { scheme in
            guard let sum = sums[scheme] else { return nil }
            let seconds = Double(sum.time / .microseconds(1)) / 1e6
            let rate = seconds > 0 ? Int(Double(sum.tries) / seconds) : 0
            return "\(scheme): \(sum.accounts) accounts, \(sum.tries) guesses, \(rate) a second and core"
        }
    }
}
