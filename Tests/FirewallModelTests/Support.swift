import FirewallModel
import MailTypes
import Testing

/// The answer to a question about rules in a text, as blocks.
func reach(
    _ text: String, name: String = "rules", as dialect: Dialect? = nil,
    _ question: FirewallQuestion = FirewallQuestion()
) throws -> FirewallReach {
    try RuleSetReader.reach(RuleSetReader.read([SourceFile(name: name, text)], as: dialect), question)
}

func blocks(_ set: AddressSet) -> [String] { set.networks.map(\.description) }

func set(_ blocks: String...) -> AddressSet { AddressSet(blocks.compactMap { IPNetwork($0) }) }

/// The error that reading a text ends in.
func failure(_ text: String, as dialect: Dialect? = nil) -> FirewallError? {
    do {
        _ = try RuleSetReader.read([SourceFile(name: "rules", text)], as: dialect)
        return nil
    } catch {
        return error
    }
}
