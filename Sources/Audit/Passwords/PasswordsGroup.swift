import Foundation
import NIOPosix
package import Posture

/// `sluice check passwords`
package struct PasswordsGroup: AuditGroup {
    package let group = CheckGroup.passwords
    package var sources: [FactSource] { given.isEmpty ? AccountFacts.sources : [] }
    private let given: [AccountExport]
    package let guesses: GuessList
    /// Logins that are tried, too; `nil`: none.
    package var trial: OnlineTrial?
    private let budget: Duration
    private let threads: Int

    /// - Parameters:
    ///   - given: exports instead of what this host or a folder tells.
    ///   - budget: for all accounts together.
    package init(_ given: [AccountExport] = [], guesses: GuessList, budget: Duration, threads: Int) {
        self.given = given
        self.guesses = guesses
        self.budget = budget
        self.threads = threads
    }

    package func findings(_ request: AuditRequest) async throws -> [Finding] {
        let exports = given.isEmpty ? try AccountFacts.exports(request.facts) : AccountExport.merged(given)
        var findings: [Finding] = []
        if let trial {
            let accounts = exports.flatMap(\.accounts)
            let results = try await trial.run(accounts, on: MultiThreadedEventLoopGroup.singleton) {
                request.progress($0 / 2)
            }
            findings.append(OnlineTrial.finding(results, target: request.target))
        }
        let stored = exports.filter { $0.accounts.contains { $0.stored != nil } }
        guard !stored.isEmpty else { return findings + PasswordAudit.findings([], target: request.target) }
        let deadline = ContinuousClock.now + budget
        let audit = PasswordAudit(guesses: guesses) { ContinuousClock.now > deadline }
        let pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
        defer { pool.shutdownGracefully { _ in } }
        for (index, export) in stored.enumerated() {
            let results = try await audit.run(export.accounts, on: pool) { share in
                request.progress((Double(index) + share) / Double(stored.count))
            }
            if results.isEmpty {
                // What is stored are locks only.
                let evidence = ["none of \(export.accounts.count) accounts has a password that can be used"]
                findings += [CheckID.weakSchemes, .guessedPasswords, .plainStrength].map {
                    Finding($0, target: export.name, .pass, evidence: evidence)
                }
            } else {
                findings += PasswordAudit.findings(results, target: export.name)
            }
        }
        return findings
    }
}
