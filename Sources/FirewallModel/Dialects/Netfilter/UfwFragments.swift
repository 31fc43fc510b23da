/// ufw keeps its rules in files of their own (before, user, after), without the chains that call them. Given alone, they are
/// read as ufw would load them: called from the built-in chain, whose policy is then ufw's default.
enum UfwFragments {
    static func complete(
        _ chains: inout [IptablesReader.Key: Int],
        _ policies: inout [IptablesReader.Key: (policy: Policy, origin: RuleOrigin)], _ rules: inout RuleSet,
        families: Set<AddressFamily>
    ) {
        for family in families {
            let prefix = family == .ipv4 ? "ufw" : "ufw6"
            for (name, builtIn) in [("input", "INPUT"), ("forward", "FORWARD"), ("output", "OUTPUT")] {
                let own = IptablesReader.Key(family: family, table: "filter", chain: builtIn)
                let parts = ["before", "user", "after"].compactMap {
                    chains[.init(family: family, table: "filter", chain: "\(prefix)-\($0)-\(name)")]
                }
                guard !parts.isEmpty, chains[own] == nil else { continue }
                let chain = rules.addChain(builtIn)
                chains[own] = chain
                let origin = RuleOrigin(file: 0, line: 0, text: "ufw's default for \(name)")
                rules.chains[chain].rules += parts.map { Rule([], .jump($0), origin) }
                let closed = builtIn != "OUTPUT"
                policies[own] = (closed ? .drop : .accept, origin)
                rules.note(
                    "only ufw's own rule files are given: its default (\(closed ? "deny" : "allow") \(name)) is assumed"
                )
            }
        }
    }
}
