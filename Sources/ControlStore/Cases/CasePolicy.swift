package import Enforcement
package import MailTypes

/// What a confirmed stop asks of its customer: the policy, and what there is to look at. Gateway and commands give it to the
/// database when they open it; without one nothing is required.
package struct CasePolicy: Hashable, Sendable {
    /// How long an ended incident counts as an earlier one.
    static let memory = Duration.seconds(365 * 86_400)

    package var checks: CheckPolicy
    /// Customers with servers of their own.
    package var serverOwners: Set<CustomerID>
    /// Customers who agreed to outside probes, where the gateway can make them.
    package var probed: Set<CustomerID>
    /// Whether blocklists are watched.
    package var watchesLists: Bool
    /// What customers see of the damage.
    package var damageDetail: CaseDamage.Detail

    package init(
        checks: CheckPolicy = CheckPolicy(), serverOwners: Set<CustomerID> = [], probed: Set<CustomerID> = [],
        watchesLists: Bool = false, damageDetail: CaseDamage.Detail = .domains
    ) {
        self.checks = checks
        self.serverOwners = serverOwners
        self.probed = probed
        self.watchesLists = watchesLists
        self.damageDetail = damageDetail
    }

    /// What is asked for these kinds, and how long probation will be.
    func requirement(_ kinds: Set<IncidentKind>, of customer: CustomerID, earlier: Int) -> IncidentCase.Event {
        let circumstances = CheckPolicy.Circumstances(
            hasServers: serverOwners.contains(customer), mayProbe: probed.contains(customer),
            watchesLists: watchesLists, earlier: earlier)
        return .classified(
            kinds, checks.checks(kinds, circumstances), checks.plan.stretched(by: 1 + min(earlier, 10)),
            earlier: earlier)
    }
}
