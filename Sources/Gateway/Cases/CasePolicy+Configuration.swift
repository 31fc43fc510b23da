package import ControlStore
package import SluiceConfiguration

extension CasePolicy {
    /// What the configuration asks of whom; the same for the gateway and for commands beside it.
    package init(_ configuration: Configuration) {
        self.init(
            checks: configuration.cases.checks,
            serverOwners: Set(configuration.customers.filter { !$0.servers.isEmpty }.map(\.id)),
            probed: Set(configuration.customers.filter { $0.probeConsent != nil && !$0.servers.isEmpty }.map(\.id)),
            watchesLists: !configuration.cases.reputation.lists.isEmpty,
            damageDetail: configuration.cases.damageDetail)
    }
}
