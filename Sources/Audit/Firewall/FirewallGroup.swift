import FirewallModel
package import Posture

/// `sluice check firewall`
package struct FirewallGroup: AuditGroup {
    package let group = CheckGroup.firewall
    package let sources = FirewallFacts.sources
    private let policy: FirewallChecks.Policy

    package init(_ policy: FirewallChecks.Policy) { self.policy = policy }

    package func findings(_ request: AuditRequest) async throws -> [Finding] {
        let (facts, policy) = (request.facts, policy)
        let files = FirewallFacts.files(facts)
        guard !files.isEmpty else {
            let reasons = sources.map { facts.reason($0.name) }
            return [CheckID.portReach, .forwardedReach].map {
                Finding($0, target: request.target, .unknown("the rules (is this root?)"), evidence: reasons)
            }
        }
        // Rule sets of megabytes take a second: not on the cooperative pool.
        return try await FactGatherer.onThread {
            Result {
                try FirewallChecks.findings(
                    RuleSetReader.read(files), policy, forwards: FirewallFacts.forwards(facts),
                    local: FirewallFacts.localAddresses(facts), target: request.target)
            }
        }.get()
    }
}
