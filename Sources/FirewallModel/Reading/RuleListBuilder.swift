import MailTypes

/// Puts lists of rules of the simpler dialects into a rule set.
struct RuleListBuilder {
    var rules: RuleSet

    init(_ rules: RuleSet) { self.rules = rules }

    /// A base chain of these rules in this order.
    mutating func base(
        _ name: String, _ hook: Hook, _ list: [Rule], policy: Policy, why: String, families: Set<AddressFamily>,
        priority: Int = 0, file: Int = 0
    ) {
        let chain = rules.addChain(name)
        rules.chains[chain].rules = list
        rules.bases.append(
            BaseChain(
                chain: chain, hook: hook, priority: priority, policy: policy, families: families,
                origin: RuleOrigin(file: file, line: 0, text: why)))
    }

    /// A chain to jump to.
    mutating func chain(_ name: String, _ list: [Rule]) -> Int {
        let chain = rules.addChain(name)
        rules.chains[chain].rules = list
        return chain
    }

    static let both: Set<AddressFamily> = [.ipv4, .ipv6]
}

/// JSON of PowerShell and of the clouds' tools spells names in more than one case.
extension JSONNode {
    /// The member of that name, whatever its case.
    func field(_ name: String) -> JSONNode? {
        guard let members else { return nil }
        if let exact = self[name] { return exact.isNull ? nil : exact }
        let wanted = name.lowercased()
        return members.first { $0.key.lowercased() == wanted && !$0.value.isNull }?.value
    }

    /// The texts of a member that is a list, or one value.
    func texts(_ names: String...) -> [String] {
        names.flatMap { field($0)?.list.compactMap(\.text) ?? [] }.filter { !$0.isEmpty }
    }

    func origin(_ file: Int, _ text: String) -> RuleOrigin { RuleOrigin(file: file, line: line, text: text) }
}
