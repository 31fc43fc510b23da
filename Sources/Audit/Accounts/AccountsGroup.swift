package import Posture

/// `sluice check accounts`
package struct AccountsGroup: AuditGroup {
    package let group = CheckGroup.accounts
    package var sources: [FactSource] { given.isEmpty ? AccountFacts.sources : [] }
    private let given: [AccountExport]

    /// - Parameter given: exports instead of what this host or a folder tells.
    package init(_ given: [AccountExport] = []) { self.given = given }

    package func findings(_ request: AuditRequest) async throws -> [Finding] {
        let exports = given.isEmpty ? try AccountFacts.exports(request.facts) : AccountExport.merged(given)
        guard !exports.isEmpty else { return AccountChecks.findings([], target: request.target) }
        return exports.flatMap { AccountChecks.findings($0.accounts, target: $0.name) }
    }
}
