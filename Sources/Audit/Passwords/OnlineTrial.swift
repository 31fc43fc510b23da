package import MailTypes
package import NIOCore
package import Posture
import SMTPProtocol

/// Tries a few guesses against a server's own login, for accounts whose stored password cannot be read.
///
/// Only this host's own addresses, a few tries an account, a pause before each, and no further try for an account as soon as a
/// reply sounds like a lock-out. Passwords go over TLS, on loopback also without; they are never shown.
package struct OnlineTrial: Sendable {
    package enum Outcome: Sendable, Hashable {
        case guessed(GuessList.Origin)
        case withstood
        /// With the reply that ended it.
        case stopped(String)
    }

    package struct Result: Sendable, Hashable {
        package var account: Account
        package var outcome: Outcome
        package var tries: Int

        package init(account: Account, outcome: Outcome, tries: Int) {
            self.account = account
            self.outcome = outcome
            self.tries = tries
        }
    }

    /// Lock-outs begin at five to ten.
    package static let maximumTries = 4
    /// Accounts in one run.
    package static let maximumAccounts = 5000

    private let address: IPAddress
    private let port: Int
    private let tries: Int
    private let pause: Duration
    private let guesses: GuessList

    /// - Throws: `.input` when `address` is none of this host's.
    package init(
        _ address: IPAddress, port: Int, tries: Int, pause: Duration, guesses: GuessList
    ) throws(AuditError) {
        guard address.isLoopback || KernelAddress.own().contains(address) else {
            throw AuditError(.input, "\(address) is no address of this host: logins are tried on the own host only")
        }
        guard (1...Self.maximumTries).contains(tries) else {
            throw AuditError(.input, "an account is tried 1 to \(Self.maximumTries) times")
        }
        self.address = address
        self.port = port
        self.tries = tries
        self.pause = pause
        self.guesses = guesses
    }

    /// Accounts without the right to log in are left out.
    package func run(
        _ accounts: [Account], on group: any EventLoopGroup, progress: (Double) -> Void = { _ in }
    ) async throws(AuditError) -> [Result] {
        let wanted = accounts.filter(\.canLogIn)
        guard wanted.count <= Self.maximumAccounts else {
            throw AuditError(.input, "\(wanted.count) accounts; at most \(Self.maximumAccounts) are tried")
        }
        var results: [Result] = []
        for (index, account) in wanted.enumerated() {
            progress(Double(index) / Double(wanted.count))
            results.append(try await trial(account, group))
        }
        return results
    }

    private func trial(_ account: Account, _ group: any EventLoopGroup) async throws(AuditError) -> Result {
        var result = Result(account: account, outcome: .withstood, tries: 0)
        let connection = try await open(group)
        for guess in guesses.likeliest(account, count: tries) {
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw AuditError(.timeout, "broken off")
            }
            result.tries += 1
            let reply: Reply
            do throws(AuditError) {
                let plain = Base64.encode([0] + Array(account.name.utf8) + [0] + Array(guess.text.utf8))
                reply = try await connection.command("AUTH PLAIN \(plain)")
            } catch {
                result.outcome = .stopped(error.message)
                break
            }
            if reply.code.value == 235 {
                result.outcome = .guessed(guess.origin)
                break
            }
            let text = "\(ProbeReply(reply))"
            guard reply.code.value == 535, !Self.soundsLocked(text) else {
                result.outcome = .stopped(text)
                break
            }
        }
        await connection.close()
        return result
    }

    private func open(_ group: any EventLoopGroup) async throws(AuditError) -> ProbeConnection {
        let connection = try await ProbeConnection.open(
            host: "\(address)", port: port, isSecure: port == 465, timeout: .seconds(60), on: group)
        do throws(AuditError) {
            _ = try await connection.greeting()
            var hello = try await connection.command("EHLO localhost")
            if port != 465, "\(hello)".uppercased().contains("STARTTLS") {
                guard try await connection.command("STARTTLS").code.value == 220 else {
                    throw AuditError(.tls, "STARTTLS is refused")
                }
                try await connection.handshake("\(address)")
                hello = try await connection.command("EHLO localhost")
            } else if port != 465, !address.isLoopback {
                throw AuditError(.tls, "no login is tried without TLS")
            }
            guard "\(hello)".uppercased().contains("AUTH"), "\(hello)".uppercased().contains("PLAIN") else {
                throw AuditError(.malformed, "port \(port) offers no AUTH PLAIN")
            }
            return connection
        } catch {
            await connection.close()
            throw error
        }
    }

    private static func soundsLocked(_ text: String) -> Bool {
        let text = text.lowercased()
        return ["lock", "too many", "disabled", "blocked", "suspended", "try again later"].contains {
            text.contains($0)
        }
    }

    /// PW-04.
    package static func finding(_ results: [Result], target: String) -> Finding {
        guard !results.isEmpty else { return Finding(.triedPasswords, target: target, .unknown("accounts to try")) }
        func name(_ result: Result) -> String { SafeText.printable(result.account.name, limit: 100) }
        var guessed: [String] = []
        var stopped: [String] = []
        for result in results {
            switch result.outcome {
            case .guessed(let origin): guessed.append("\(name(result)): \(origin.rawValue)")
            case .stopped(let reply): stopped.append("\(name(result)): ended after \(result.tries) tries: \(reply)")
            case .withstood: break
            }
        }
        let count = "\(results.reduce(0) { $0 + $1.tries }) tries for \(results.count) accounts"
        if !guessed.isEmpty {
            return Finding(.triedPasswords, target: target, .fail(.critical), evidence: guessed + stopped + [count])
        }
        if let first = stopped.first {
            return Finding(.triedPasswords, target: target, .unknown(first), evidence: stopped + [count])
        }
        return Finding(.triedPasswords, target: target, .pass, evidence: [count])
    }
}

extension GuessList {
    /// The few guesses that are worth a login each: of the account's own and of everybody's in turn.
    package func likeliest(_ account: Account, count: Int) -> [Guess] {
        let own = own(account).filter { !$0.text.isEmpty }
        let shared = shared().prefix(count + 1).filter { !$0.text.isEmpty }
        var result: [Guess] = []
        for index in 0..<count {
            if index < own.count { result.append(own[index]) }
            if index < shared.count { result.append(shared[index]) }
        }
        return Array(result.prefix(count))
    }
}
