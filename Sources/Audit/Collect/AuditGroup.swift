package import Posture

/// One part of `sluice check`: says what it wants gathered, and judges it. What a group needs beyond the facts (ranges, words,
/// a resolver) are its own stored properties. To add a group, make one of these and name it in `CheckGroups`.
package protocol AuditGroup: Sendable {
    /// What its checks are called.
    var group: CheckGroup { get }
    /// What is gathered for it.
    var sources: [FactSource] { get }
    /// - Throws: when something given cannot be read: the command says so, and each check of the group is `unknown`.
    func findings(_ request: AuditRequest) async throws -> [Finding]
}

extension AuditGroup {
    package var sources: [FactSource] { [] }
}

/// What a group is asked with.
package struct AuditRequest: Sendable {
    package enum Origin: Sendable, Hashable {
        /// This host, now.
        case host
        /// A folder that `sluice collect` wrote, elsewhere perhaps.
        case folder(String)
    }

    package var origin: Origin
    /// The host's name, for findings.
    package var target: String
    package var facts: CollectedFacts
    /// Told how far the group is, 0…1; from any thread.
    package var progress: @Sendable (Double) -> Void

    package init(
        origin: Origin, target: String, facts: CollectedFacts, progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) {
        self.origin = origin
        self.target = target
        self.facts = facts
        self.progress = progress
    }
}
