/// ufw keeps its users' rules in files of their own, without the chains that call them. Given alone, they are read as ufw
/// would load them: called from the built-in chain, whose policy is then ufw's default.
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
                guard let user = chains[.init(family: family, table: "filter", chain: "\(prefix)-user-\(name)")],
                    chains[own] == nil
                else { continue }
                let chain = rules.addChain(builtIn)
                chains[own] = chain
                let origin = RuleOrigin(file: 0, line: 0, text: "ufw's default for \(name)")
                rules.chains[chain].rules.append(Rule([], .jump(user), origin))
                let closed = builtIn != "OUTPUT"
                policies[own] = (closed ? .drop : .accept, origin)
                rules.note(
                    "only ufw's user rules are given: its default (\(closed ? "deny" : "allow") \(name)) is assumed")
            }
        }
    }
}
